/**
 * When a failed request is made again, and how long to wait before.
 *
 * @module
 */
import type { HttpRequest, StreamBody } from '../types.ts';

/** How failed requests are made again. */
export interface RetryOptions {
  /** Attempts in all, the first included. @default 7 */
  attempts?: number | undefined;
  /** Longest wait before the second attempt, in ms; doubled for each further one. @default 500 */
  minDelayMs?: number | undefined;
  /** No wait is longer, not even one that the server asks for, in ms. @default 60_000 */
  maxDelayMs?: number | undefined;
}

/**
 * The wait before the next attempt, in ms: full jitter, so that clients that failed together do not come back together.
 *
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 *
 * @param failures attempts that failed so far, at least 1
 * @param leastMs what the server asked for, in ms
 */
export function backOff(failures: number, options: RetryOptions, random: () => number, leastMs = 0): number {
  const { minDelayMs = 500, maxDelayMs = 60_000 } = options;
  return Math.max(random() * Math.min(maxDelayMs, minDelayMs * 2 ** (failures - 1)), Math.min(leastMs, maxDelayMs));
}

/** A request's body as the attempts see it. */
export interface TrackedBody {
  body: HttpRequest['body'];
  /** Bytes sent in the attempt that is under way. */
  sent(): number;
  /** Whether another attempt can have the same body. */
  replayable(): boolean;
}

/** Watches a body being sent. One that can be read only once may still be sent again as long as nobody opened it. */
export function trackBody(body: HttpRequest['body']): TrackedBody {
  if (!body || !('open' in body)) {
    const size = !body ? 0 : body instanceof Uint8Array ? body.length : body.size;
    return { body, sent: () => size, replayable: () => true };
  }
  let opened = false;
  let sent = 0;
  async function* count(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of (body as StreamBody).open()) {
      sent += chunk.length;
      yield chunk;
    }
  }
  const open = (): AsyncIterable<Uint8Array> => {
    opened = true;
    sent = 0;
    return count();
  };
  return { body: { ...body, open }, sent: () => sent, replayable: () => body.replayable || !opened };
}
