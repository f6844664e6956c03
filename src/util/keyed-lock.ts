/**
 * One at a time for each name, within this thread.
 *
 * @module
 */
import type { AbortOptions } from '../types.ts';
import { abortable, throwIfAborted } from './abort.ts';

/** Runs a task when all earlier ones of the same name have ended. */
export type KeyedLock = <T>(name: string, task: () => Promise<T>, options?: AbortOptions) => Promise<T>;

/** Make a set of locks; names that nobody waits for take no room. An abort while waiting rejects with `signal.reason`. */
export function createKeyedLock(): KeyedLock {
  const tails = new Map<string, Promise<void>>();
  return async (name, task, options = {}) => {
    throwIfAborted(options.signal);
    const before = tails.get(name);
    let release = (): void => {};
    const mine = new Promise<void>((resolve) => (release = resolve));
    // Whoever leaves the queue early still keeps those behind waiting for those before.
    const tail = before ? before.then(() => mine) : mine;
    tails.set(name, tail);
    try {
      if (before) await abortable(before, options.signal);
      return await task();
    } finally {
      release();
      if (tails.get(name) === tail) tails.delete(name);
    }
  };
}
