/**
 * Octue's own SDK in a Python process of its own (test/parity/octue_peer.py), asked over its pipes.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { need } from '../env.ts';

/** What the SDK says of a datafile; timestamp, tags and labels as typed JSON. */
export interface ShownDatafile {
  id: string;
  name: string;
  extension: string;
  cloud_path: string | null;
  timestamp: string;
  tags: string;
  labels: string;
  hash: string;
  cloud_hash: string | null;
  size: number | null;
  metadata_hash: string;
  preimage: string;
  /** Base64, when asked for. */
  content?: string;
}

/** What it says of a dataset; files by name. */
export interface ShownDataset {
  id: string;
  name: string;
  path: string;
  tags: string;
  labels: string[];
  hash: string;
  metadata_hash: string;
  files: ShownDatafile[];
}

/** What it says of a manifest. */
export interface ShownManifest {
  id: string;
  name: string | null;
  hash: string;
  metadata_hash: string;
  in_cloud: boolean;
  text: string;
  datasets: Record<string, ShownDataset>;
}

/** What it makes of a record `{timestamp, tags, labels}`. */
export interface ShownHashes {
  text: string;
  indented: string;
  /** In that process, with its order of sets. */
  hash: string;
  /** With sorted sets. */
  sorted_repr: string;
  sorted_hash: string;
  /** After it was stored and read. */
  stored_text: string;
  stored_hash: string;
}

/** An object as it is stored. */
export interface ShownObject {
  text: string;
  type: string;
  metadata: Record<string, string> | null;
}

interface Answers {
  about: { octue: string; unicode: string };
  hashes: ShownHashes[];
  write_datafile: ShownDatafile;
  read_datafile: ShownDatafile;
  change_datafile: ShownDatafile;
  append_datafile: ShownDatafile;
  serialise_datafile: string;
  deserialise_datafile: ShownDatafile;
  save_dataset: ShownDataset;
  read_dataset: ShownDataset;
  download_dataset: string;
  sign_dataset: string;
  serialise_dataset: string;
  deserialise_dataset: ShownDataset;
  make_manifest: ShownManifest;
  read_manifest: ShownManifest;
  read_object: ShownObject;
}

/** Asks for one thing; the arguments are those of the function of that name in octue_peer.py. */
export type Ask = <Name extends keyof Answers>(name: Name, args?: Record<string, unknown>) => Promise<Answers[Name]>;

/** An exception of Python's. */
export class PeerError extends Error {
  /** Its class. */
  readonly type: string;

  constructor(type: string, message: string) {
    super(`${type}: ${message}`);
    this.type = type;
  }
}

/** Where a peer runs. */
export interface PeerOptions {
  /** The machine's zone, as Python is told. @default 'UTC' */
  zone?: string;
  /** Where its gs:// is: the server's endpoint. @default nowhere */
  endpoint?: string;
}

const peers = new Map<string, Ask>();

/** The peer of that kind: one process for all tests of this process, ended with it. */
export function peer({ zone = 'UTC', endpoint = '' }: PeerOptions = {}): Ask {
  const name = `${zone} ${endpoint}`;
  const ask = peers.get(name) ?? start(zone, endpoint);
  peers.set(name, ask);
  return ask;
}

function start(zone: string, endpoint: string): Ask {
  const { python } = need('octue');
  let root = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(root, 'package-lock.json'))) root = dirname(root);
  const { STORAGE_EMULATOR_HOST: _, GOOGLE_APPLICATION_CREDENTIALS: __, ...rest } = process.env;
  const own = { TZ: zone, PYTHONHASHSEED: '0', PYTHONWARNINGS: 'ignore', ...(endpoint && { STORAGE_EMULATOR_HOST: endpoint }) };
  const child = spawn(python, [join(root, 'test', 'parity', 'octue_peer.py')], {
    env: { ...rest, ...own },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  let half = '';
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (half + chunk).split('\n');
    half = lines.pop() ?? '';
    for (const line of lines) waiting.shift()?.resolve(line);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said = (said + chunk).slice(-2000)));
  const end = (why: string): void => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`Octue's peer: ${why}: ${said.trim()}`));
  };
  child.once('error', (error) => end(error.message)).once('close', (code) => end(`ended with ${code}`));
  child.stdin.on('error', (error) => end(error.message));
  return async (name, args = {}) => {
    const line = await new Promise<string>((resolve, reject) => {
      if (child.exitCode !== null) return reject(new Error(`Octue's peer has ended: ${said.trim()}`));
      waiting.push({ resolve, reject });
      child.stdin.write(`${JSON.stringify({ do: name, ...args })}\n`);
    });
    const answer = JSON.parse(line) as { ok: never; error?: string; message?: string };
    if (answer.error !== undefined) throw new PeerError(answer.error, answer.message ?? '');
    return answer.ok;
  };
}
