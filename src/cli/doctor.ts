/**
 * `anyfile doctor`: what is wrong with a URL, these credentials, this bucket, and what to do about it.
 *
 * @module
 */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { redactUrl, type DiagnosisCheck } from '../index.ts';
import type { Task } from './io.ts';
import type { Start } from './run.ts';

interface DoctorOptions {
  origin?: string;
  write?: boolean;
}

function parseOrigin(text: string): string {
  const found = /^https?:\/\/[^/?#@\s]+(?=\/?$)/i.exec(text)?.[0];
  if (found === undefined) throw new InvalidArgumentError('Write scheme and host of a page, such as https://app.example.');
  return found;
}

/** Colours for a terminal's three words. */
const COLORS: Readonly<Record<string, number>> = { ok: 32, WRONG: 31, '-': 90 };

const wordOf = ({ ok }: DiagnosisCheck): string => (ok === null ? '-' : ok ? 'ok' : 'WRONG');

/** One finding as lines. */
function linesOf(check: DiagnosisCheck, color: boolean): string {
  const { name, what, fix, snippet } = check;
  const word = wordOf(check);
  const painted = color ? `\x1b[${COLORS[word]}m${word.padEnd(5)}\x1b[39m` : word.padEnd(5);
  const lines = [`${painted}  ${name.padEnd(11)}  ${what}`];
  if (fix !== undefined) lines.push(`       fix:         ${fix}`);
  if (snippet) lines.push('', `       ${snippet.label}`, ...snippet.text.split('\n').map((line) => `         ${line}`), '');
  return lines.join('\n');
}

async function examine({ client, io, options, out, signal }: Task, url: string, { origin, write }: DoctorOptions): Promise<number> {
  const checks = await client.diagnose(url, { origin, write, signal });
  // the report is on stdout, whatever stderr is
  const color = options.color && (io.stdout as { isTTY?: boolean }).isTTY === true && !io.env['NO_COLOR'];
  if (!options.json) await out.data(redactUrl(url), {});
  for (const check of checks) await out.data(linesOf(check, color), { path: redactUrl(url), ...check });
  const wrong = checks.filter(({ ok }) => ok === false);
  // without a URL or an answer nothing of the store was seen
  if (wrong.some(({ name }) => name === 'url' || name === 'connection')) return 3;
  return wrong.length > 0 ? 1 : 0;
}

/** Add the command. */
export function addDoctor(program: Command, start: Start): void {
  program
    .command('doctor')
    .description('what is wrong with a URL, these credentials, this bucket or its CORS rules, and the fix')
    .argument('<url>')
    .addOption(new Option('--origin <origin>', 'look at CORS for a page of this origin, e.g. https://app.example').argParser(parseOrigin))
    .option('--write', 'write a small probe, read it and delete it')
    .action((url: string, options: DoctorOptions, command: Command) => start(command, (task) => examine(task, url, options)));
}
