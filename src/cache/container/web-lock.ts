/**
 * Web Locks that are taken when they are free and never waited for: whoever holds one may be frozen.
 *
 * @module
 */

/** What is used of `navigator.locks`. */
export type Locks = Pick<LockManager, 'request'>;

/** The browser's, where there are any. */
export const browserLocks = (): Locks | undefined => globalThis.navigator?.locks;

/**
 * Run a task under a lock, or not at all when another client has it. Without locks it runs.
 *
 * @returns undefined when another has it
 */
export async function ifFree<T>(locks: Locks | undefined, name: string, task: () => Promise<T>): Promise<T | undefined> {
  if (!locks) return await task();
  return (await locks.request(name, { ifAvailable: true }, async (lock) => (lock ? await task() : undefined))) as T | undefined;
}

/**
 * Take a lock for as long as this lives.
 *
 * @returns what lets it go, or undefined when another has it
 */
export async function holdIfFree(locks: Locks | undefined, name: string): Promise<(() => void) | undefined> {
  if (!locks) return () => {};
  return await new Promise<(() => void) | undefined>((resolve, reject) => {
    locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (!lock) return resolve(undefined);
        return new Promise<void>((release) => resolve(release));
      })
      .catch(reject);
  });
}
