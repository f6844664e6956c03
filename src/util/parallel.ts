/**
 * A bounded number of calls at a time over a sequence of any length.
 *
 * @module
 */
import type { AbortOptions } from '../types.ts';
import { linkSignals, onAbort, throwIfAborted } from './abort.ts';

/** Options of {@link mapParallel}. */
export interface ParallelOptions extends AbortOptions {
  /** Give the results in the order of the items, not as they come. @default false */
  ordered?: boolean | undefined;
}

/**
 * Calls `fn` for every item, at most `limit` at a time, and gives the results as they come. Items are taken from their source only
 * when there is room. The first error ends it and is thrown; that, an abort, and leaving the loop early abort the calls that are
 * still under way, through the signal that `fn` gets.
 *
 * @param limit calls at a time; as many results again may be waiting to be taken when they are ordered
 * @example for await (const size of mapParallel(keys, 8, (key, _, signal) => sizeOf(key, { signal }))) …
 */
export async function* mapParallel<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  fn: (item: T, index: number, signal: AbortSignal) => Promise<R> | R,
  options: ParallelOptions = {},
): AsyncGenerator<R, void, undefined> {
  const { signal, ordered = false } = options;
  throwIfAborted(signal);
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const link = linkSignals(signal);
  const room = ordered ? limit * 2 : limit;
  const ready = new Map<number, R>();
  let running = 0;
  let started = 0;
  let taken = 0;
  let pulling = false;
  let ended = false;
  let failure: { error: unknown } | undefined;
  let wake = (): void => {};

  const fail = (error: unknown): void => {
    failure ??= { error };
    wake();
  };
  const start = async (item: T): Promise<void> => {
    const index = started++;
    running++;
    try {
      ready.set(index, await fn(item, index, link.signal));
      running--;
      pump();
      wake();
    } catch (error) {
      fail(error);
    }
  };
  const take = (next: IteratorResult<T>): void => {
    if (next.done) ended = true;
    else if (!failure) void start(next.value);
  };
  const pull = async (next: Promise<IteratorResult<T>>): Promise<void> => {
    pulling = true;
    try {
      const result = await next;
      pulling = false;
      take(result);
      pump();
      wake();
    } catch (error) {
      pulling = false;
      ended = true;
      fail(error);
    }
  };
  const pump = (): void => {
    try {
      while (!pulling && !ended && !failure && running < limit && running + ready.size < room) {
        const next = iterator.next();
        if ('then' in next) void pull(next);
        else take(next);
      }
    } catch (error) {
      ended = true;
      fail(error);
    }
  };

  const off = onAbort(signal, () => fail(signal?.reason));
  try {
    for (;;) {
      pump();
      if (failure) throw failure.error;
      const index = ordered ? taken : ready.keys().next().value;
      if (index !== undefined && ready.has(index)) {
        const result = ready.get(index) as R;
        ready.delete(index);
        taken++;
        yield result;
      } else if (ended && !running) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    off();
    // made only where somebody hears of it
    if (running) link.abort(failure ? failure.error : new DOMException('the results are not wanted any more', 'AbortError'));
    failure ??= { error: undefined };
    link.unlink();
    // A source that is in the middle of giving an item could keep us waiting for ever.
    const closing = ended ? undefined : iterator.return?.();
    if (pulling) Promise.resolve(closing).catch(() => {});
    else await closing;
  }
}
