/**
 * What the process is and what it was told.
 *
 * @module
 */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import process from 'node:process';
import type { RuntimeName } from '../types.ts';

/** Which of the runtimes with a disk this is. */
export function runtime(): RuntimeName {
  return 'Bun' in globalThis ? 'bun' : 'Deno' in globalThis ? 'deno' : 'node';
}

/** The environment's variables, each read when asked for: Deno refuses those it was given no permission for, which then are unset. */
export function environment(): Record<string, string | undefined> {
  return new Proxy(
    {},
    {
      get(_, name): string | undefined {
        try {
          return typeof name === 'string' ? process.env[name] : undefined;
        } catch {
          return undefined;
        }
      },
    },
  );
}

/**
 * The absolute, `/`-separated form of a plain or relative path; a leading `~` is the home folder, `.` and `..` are resolved as text.
 *
 * @example absolutePath('~/data/../x') // '/home/me/x'
 */
export function absolutePath(path: string): string {
  const full = path.replace(/^~(?=$|[/\\])/, () => homedir());
  if (process.platform !== 'win32') return resolve(full);
  return resolve(full.replace(/^\/(?=[a-z]:)/i, '')).replaceAll('\\', '/');
}
