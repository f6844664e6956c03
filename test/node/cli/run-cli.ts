/**
 * Runs the command in process and keeps what it prints.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { run } from '../../../src/cli/run.ts';
import type { ClientOptions } from '../../../src/index.ts';
import type { S3Server } from '../../env.ts';

/** What a run left behind. */
export interface CliResult {
  status: number;
  stdout: string;
  bytes: Uint8Array;
  stderr: string;
  /** The lines of stdout. */
  lines: string[];
  /** stderr, one error a line. */
  errors: string[];
}

/** Options of {@link cli}. */
export interface CliRunOptions {
  stdin?: string | readonly (string | Uint8Array)[] | undefined;
  clientOptions?: ClientOptions | undefined;
  signal?: AbortSignal | undefined;
  isTTY?: boolean | undefined;
  env?: Record<string, string | undefined> | undefined;
  /** Instead of the one that keeps everything. */
  stdout?: Writable | undefined;
}

/** Retries that do not make a test wait. */
export const fast: ClientOptions['retry'] = { attempts: 2, minDelayMs: 1, maxDelayMs: 2 };

/** A stream that keeps what is written to it. */
export class Kept extends Writable {
  readonly chunks: Uint8Array[] = [];
  isTTY = false;
  columns = 100;

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.chunks.push(Uint8Array.from(chunk));
    done();
  }

  get bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.chunks));
  }
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/** Run the command with these arguments. */
export async function cli(argv: readonly string[], options: CliRunOptions = {}): Promise<CliResult> {
  const kept = new Kept();
  const stderr = new Kept();
  stderr.isTTY = options.isTTY ?? false;
  const { stdin = [], clientOptions, signal, env = {} } = options;
  async function* input(): AsyncGenerator<string | Uint8Array> {
    yield* typeof stdin === 'string' ? [stdin] : stdin;
  }
  const status = await run(argv, {
    stdout: options.stdout ?? kept,
    stderr,
    stdin: input(),
    env,
    isTTY: options.isTTY,
    signal,
    version: () => '1.2.3-test',
    clientOptions: { retry: fast, ...clientOptions },
  });
  const stdout = new TextDecoder().decode(kept.bytes);
  const errors = new TextDecoder().decode(stderr.bytes);
  return { status, stdout, bytes: kept.bytes, stderr: errors, lines: linesOf(stdout), errors: linesOf(errors) };
}

/** The client's options for an S3 server of the runner. */
export function optionsOf({ endpoint, region, accessKeyId, secretAccessKey }: S3Server): ClientOptions {
  return { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
}

/** Run a test's body with a folder of its own, which is gone afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'anyfile-cli-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Write files: path → content. */
export function plant(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** The files below a folder, sorted; `undefined` when there is no such folder. */
export function tree(folder: string): string[] | undefined {
  try {
    return (
      readdirSync(folder, { recursive: true, withFileTypes: true }) as {
        name: string;
        parentPath?: string;
        path?: string;
        isFile(): boolean;
      }[]
    )
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path ?? '', entry.name).slice(folder.length + 1))
      .sort();
  } catch {
    return undefined;
  }
}

/** A file's text. */
export const textOf = (...path: string[]): string => readFileSync(join(...path), 'utf8');
