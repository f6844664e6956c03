/**
 * What the process is and what it was told.
 *
 * @module
 */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import process from 'node:process';
import type { MessagePortLike } from '../message-port.ts';
import type { RuntimeName } from '../types.ts';

/** Which of the runtimes with a disk this is. */
export function runtime(): RuntimeName {
  return 'Bun' in globalThis ? 'bun' : 'Deno' in globalThis ? 'deno' : 'node';
}

/** What a worker was started through: the port of `node:worker_threads`, or in a web worker of Deno its scope. */
export function ownPort(): MessagePortLike | undefined {
  // not imported: that would cost every program time
  const { parentPort } = process.getBuiltinModule('node:worker_threads');
  return parentPort ?? ('WorkerGlobalScope' in globalThis ? (globalThis as unknown as MessagePortLike) : undefined);
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
