/**
 * Calls of the disk on the thread itself, while it answers at once: what the system has in memory comes in microseconds, and the way to
 * another thread and back takes ten times as long.
 *
 * @module
 */

/** What takes longer holds up the thread: then others ask for a while, for this many times as long. */
const slowMs = 1;
const pauses = 10;

/** When the disk may be asked on the thread again. What was measured last, and nothing else, is held between calls. */
let pausedUntil = 0;

/** Whether the disk has answered at once of late. */
export const isQuick = (): boolean => performance.now() >= pausedUntil;

/** Does something with the disk on this thread, without waiting, and sees how long it takes. */
export function timed<T>(task: () => T): T {
  const start = performance.now();
  try {
    return task();
  } finally {
    const end = performance.now();
    if (end - start > slowMs) pausedUntil = end + (end - start) * pauses;
  }
}

/**
 * Do something with the disk.
 *
 * @param now on this thread, without waiting
 * @param later the same on another thread
 */
export const atOnce = async <T>(now: () => T, later: () => Promise<T>): Promise<T> => (isQuick() ? timed(now) : later());
