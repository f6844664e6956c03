/**
 * What h5py says of files that tests have written.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Oracle } from '../conformance/hdf5-oracle.ts';
import { need } from '../env.ts';
import { equal } from '../harness.ts';

/** Runs Python with h5py. @returns what it printed */
async function runPython(args: readonly string[]): Promise<string> {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', HDF5_USE_FILE_LOCKING: 'FALSE' };
  const child = spawn(need('hdf5').python, args, { env });
  let printed = '';
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  equal(code, 0, said.trim().slice(-2000));
  return printed;
}

/** Every object and value of files, as test/tools/hdf5/README.md says it. */
export async function describeByH5py(...paths: readonly string[]): Promise<Oracle[]> {
  let root = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(root, 'package-lock.json'))) root = dirname(root);
  const printed = await runPython([join(root, 'test', 'tools', 'hdf5', 'oracle.py'), ...paths]);
  return printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Oracle);
}

/** What an expression is, as JSON; `f` is the file, opened by h5py. */
export async function askH5py(path: string, expression: string): Promise<unknown> {
  const script = `import json, h5py, hdf5plugin, numpy as np\nwith h5py.File(${JSON.stringify(path)}, 'r') as f: print(json.dumps(${expression}))`;
  return JSON.parse(await runPython(['-c', script])) as unknown;
}

/** Runs a task with a folder of its own. */
export async function inFolder(task: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'anyfile-hdf5-'));
  try {
    await task(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
