/**
 * One at a time for each name.
 *
 * @module
 */

/** Runs a task when all earlier ones of the same name have ended. */
export interface Lock {
  <T>(name: string, task: () => Promise<T>): Promise<T>;
  /** Waits for the turn, and keeps it until the function that it gives is called. */
  hold(name: string): Promise<() => void>;
}

/** Make a set of locks; names that nobody waits for take no room. */
export function createLocks(): Lock {
  const tails = new Map<string, Promise<void>>();
  const hold = async (name: string): Promise<() => void> => {
    const before = tails.get(name);
    let release = (): void => {};
    const mine = new Promise<void>((resolve) => (release = resolve));
    tails.set(name, mine);
    await before;
    return () => {
      release();
      if (tails.get(name) === mine) tails.delete(name);
    };
  };
  const run = async <T>(name: string, task: () => Promise<T>): Promise<T> => {
    const release = await hold(name);
    try {
      return await task();
    } finally {
      release();
    }
  };
  return Object.assign(run, { hold });
}
