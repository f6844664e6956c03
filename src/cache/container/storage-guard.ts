/**
 * Patience with storage that may never answer: each call is raced against a timer, and after two late ones in a row storage is left
 * alone for a while. An error is an answer: it does not count.
 *
 * @module
 */
import { abortable, throwIfAborted } from '../../util/abort.ts';

/** How often and how long. */
export interface GuardOptions {
  /** Called for each call that took too long. */
  onTimeout(): void;
  /** Pause after two late calls in a row, in ms. @default 30000 */
  restMs?: number | undefined;
}

/** See {@link createStorageGuard}. */
export interface StorageGuard {
  /** Whether calls are not to be made for now. */
  resting(): boolean;
  /**
   * Run one call.
   *
   * @param timeoutMs after which it counts as failed; what it does later is ignored
   * @returns what it gives, or undefined when that took too long
   * @throws what the call rejects with, or `signal.reason`
   */
  run<T>(task: () => Promise<T>, timeoutMs: number, signal?: AbortSignal): Promise<T | undefined>;
}

/** Timers that are due at the same time as a late answer come first when a page was busy: the answer gets this much more, in ms. */
const GRACE_MS = 25;

const LATE = Symbol('late');

/** Make a guard of one storage. */
export function createStorageGuard({ onTimeout, restMs = 30_000 }: GuardOptions): StorageGuard {
  let tardy = 0;
  let until = 0;
  return {
    resting: () => performance.now() < until,
    async run(task, timeoutMs, signal) {
      throwIfAborted(signal);
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<typeof LATE>((resolve) => {
        timer = setTimeout(() => {
          timer = setTimeout(resolve, GRACE_MS, LATE);
        }, timeoutMs);
      });
      try {
        const result = await abortable(Promise.race([task(), late]), signal);
        if (result !== LATE) {
          tardy = 0;
          return result;
        }
      } catch (error) {
        if (!signal?.aborted) tardy = 0;
        throw error;
      } finally {
        clearTimeout(timer);
      }
      if (++tardy === 2) {
        tardy = 0;
        until = performance.now() + restMs;
      }
      onTimeout();
      return undefined;
    },
  };
}
