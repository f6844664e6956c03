/**
 * Runs blocks of code as they stand: programs in Node, one after the other in one process, and command lines in a shell.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { Fence } from '../../markdown.ts';

/** What a block did. */
export interface Outcome {
  /** What it printed. */
  printed: string;
  /** Why it failed. */
  error?: string;
}

/** Where blocks run. */
export interface BlockPlace {
  dir: string;
  env: Record<string, string>;
  /** Code that runs before programs. */
  given: string;
}

const limitMs = 60_000;

/** Runs a program to its end. */
export function execute(
  command: string,
  args: string[],
  { dir, env }: Omit<BlockPlace, 'given'>,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: limitMs });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject).once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Written beside the programs; runs them and tells of each on a line. */
const runner = `
const { readFileSync } = await import('node:fs');
const { given, files } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
let printed = '';
const { write } = process.stdout;
const tell = (outcome) => write.call(process.stdout, JSON.stringify(outcome) + '\\n');
const { format } = await import('node:util');
for (const name of ['log', 'info', 'warn', 'error']) console[name] = (...values) => void (printed += format(...values) + '\\n');
process.stdout.write = (text) => ((printed += text), true);
await import(given);
for (const file of files) {
  printed = '';
  try {
    await import(file);
    tell({ printed });
  } catch (error) {
    tell({ printed, error: String(error?.stack ?? error) });
    break;
  }
}
process.exit(0);
`;

let runs = 0;

/**
 * Runs programs in one process of Node; the first that fails is the last.
 *
 * @param modules what they import or start by name, as `file=worker.js` says
 */
export async function runPrograms(blocks: readonly Fence[], modules: readonly Fence[], place: BlockPlace): Promise<Outcome[]> {
  const home = join(place.dir, `.run-${++runs}`);
  mkdirSync(home);
  const { transform } = await import('esbuild');
  const save = async (name: string, text: string, loader: 'js' | 'ts'): Promise<string> => {
    const path = join(home, `${name}.mjs`);
    // Nothing is changed in what is JavaScript already.
    writeFileSync(path, loader === 'ts' ? (await transform(text, { loader, format: 'esm' })).code : text);
    return path;
  };
  const files = await Promise.all(blocks.map(({ text, language, line }) => save(`line-${line}`, text, language === 'ts' ? 'ts' : 'js')));
  for (const { about, text } of modules) writeFileSync(join(home, about['file'] ?? ''), text);
  const given = await save('given', place.given, 'js');
  writeFileSync(join(home, 'runner.mjs'), runner);
  writeFileSync(join(home, 'blocks.json'), JSON.stringify({ given, files }));
  const { stdout, stderr, code } = await execute(process.execPath, [join(home, 'runner.mjs'), join(home, 'blocks.json')], place);
  const outcomes = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Outcome);
  if (outcomes.length < blocks.length && !outcomes.at(-1)?.error)
    outcomes.push({ printed: '', error: `the process ended with ${code} before it was done: ${stderr.slice(-2000)}` });
  return outcomes;
}

/** Runs command lines, the first that fails being the last. */
export async function runShell({ text }: Fence, place: BlockPlace): Promise<Outcome> {
  const { code, stdout, stderr } = await execute('bash', ['-euo', 'pipefail', '-c', text], place);
  return { printed: stdout, ...(code !== 0 && { error: `ended with ${code}: ${stderr.slice(-2000)}` }) };
}
