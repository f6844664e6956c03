/**
 * Starts the programs of node/programs, each in a process of its own: what was compiled, given or measured in this one does not count there.
 *
 * @module
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { env } from '../env.ts';
import { equal } from '../harness.ts';

/** How to run one. */
export interface RunProgramOptions {
  args?: readonly string[];
  /** Of Node alone. */
  flags?: readonly string[];
  input?: Uint8Array;
  /** Variables beside those of this process. */
  env?: Readonly<Record<string, string>>;
}

/** What a runtime wants to be told besides the script. */
const runtimeArgs: Record<string, readonly string[]> = {
  bun: ['--no-install'],
  deno: ['run', '--quiet', '--allow-all', '--no-check', '--no-lock', '--node-modules-dir=manual'],
};

/** Starts a program. */
export function startProgram(
  name: string,
  { args = [], flags = [], env: more = {} }: RunProgramOptions = {},
): ChildProcessWithoutNullStreams {
  // It is built beside the tests.
  const script = join(dirname(process.argv[1] ?? ''), 'node', 'programs', `${name}.js`);
  const before = runtimeArgs[env().engine] ?? flags;
  return spawn(process.execPath, [...before, script, ...args], {
    env: { ...process.env, ...more, ANYFILE_TEST_ENV: JSON.stringify(env()) },
  });
}

/** Runs a program to its end, which must be a good one. @returns what it printed */
export async function runProgram(name: string, options: RunProgramOptions = {}): Promise<string> {
  const { args = [], input } = options;
  const child = startProgram(name, options);
  let printed = '';
  let said = '';
  child.stdout.on('data', (chunk: Uint8Array) => (printed += String(chunk)));
  child.stderr.on('data', (chunk: Uint8Array) => (said += String(chunk)));
  child.stdin.on('error', () => {});
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  child.stdin.end(input ?? new Uint8Array());
  equal(await ended, 0, `${name} ${args.join(' ')}: ${printed}${said}`.trim());
  return printed;
}
