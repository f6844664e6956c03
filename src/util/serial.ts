/**
 * One after another.
 *
 * @module
 */

/** Runs a task when all earlier ones have ended, however they ended. */
export type Serial = <T>(task: () => Promise<T>) => Promise<T>;

/** Make a queue of tasks. */
export function createSerial(): Serial {
  let tail: Promise<void> = Promise.resolve();
  const nothing = (): void => {};
  return (task) => {
    const run = tail.then(task);
    tail = run.then(nothing, nothing);
    // Another promise, so that a failure that nobody looks at is told as such.
    return run.then((value) => value);
  };
}
