/**
 * One after another.
 *
 * @module
 */

/** Runs a task when all earlier ones have ended, however they ended. */
export type Serial = <T>(task: () => Promise<T>) => Promise<T>;

/** Make a queue of tasks. */
export function createSerial(): Serial {
  let tail: Promise<unknown> = Promise.resolve();
  return (task) => {
    const run = tail.then(task);
    tail = run.catch(() => {});
    return run;
  };
}
