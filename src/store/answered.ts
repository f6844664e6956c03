/**
 * Requests that leave something behind, and aborts that come while their answer is on its way.
 *
 * @module
 */
import { abortable, delay, linkSignals } from '../util/abort.ts';

/** How long an abort waits for the answer to what was sent already, in ms: without it nobody knows what there is to clean up. */
const graceMs = 5000;

/**
 * Waits for an answer that leaves something at the store. An abort while it is on its way waits a little longer for it, has `undo` clean up, and
 * rejects; nothing is sent after that.
 */
export async function answered<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  undo: (answer: T) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const own = linkSignals();
  const asking = ask(own.signal);
  try {
    return await abortable(asking, signal);
  } catch (error) {
    if (!signal?.aborted) throw error;
    const late = linkSignals();
    const waited = delay(graceMs, late.signal).catch(() => {});
    try {
      const answer = await Promise.race([asking.catch(() => undefined), waited]);
      if (answer !== undefined) await undo(answer);
    } finally {
      own.abort(signal.reason);
      late.abort(signal.reason);
      await asking.catch(() => {});
    }
    throw signal.reason;
  }
}
