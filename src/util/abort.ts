/**
 * Waiting that can be ended. Whoever waits is rejected with `signal.reason` itself, and nothing stays behind on the signal.
 *
 * @module
 */

/** Throws the signal's reason itself, when it was aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw signal.reason;
}

interface Entry {
  act: () => void;
}

/**
 * Who waits for which signal. One listener per signal serves them all: Node prints a warning at the eleventh listener, and adding to
 * a set is cheaper than adding a listener.
 */
const waiting = new WeakMap<AbortSignal, Set<Entry>>();

const nothing = (): void => {};

function fire(event: Event): void {
  const signal = event.target as AbortSignal;
  const entries = waiting.get(signal);
  waiting.delete(signal);
  for (const entry of entries ?? []) entry.act();
}

/**
 * Calls `act` when the signal is aborted, at once when it is already.
 *
 * @returns takes `act` back; when the last one is taken back the signal has no listener any more
 */
export function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (!signal) return nothing;
  if (signal.aborted) {
    act();
    return nothing;
  }
  let entries = waiting.get(signal);
  if (!entries) {
    waiting.set(signal, (entries = new Set()));
    signal.addEventListener('abort', fire, { once: true });
  }
  const mine = entries;
  const entry = { act };
  mine.add(entry);
  return () => {
    if (!mine.delete(entry) || mine.size || waiting.get(signal) !== mine) return;
    waiting.delete(signal);
    signal.removeEventListener('abort', fire);
  };
}

/**
 * The promise's result, or `signal.reason` when that comes first. What the promise does afterwards is ignored.
 */
export function abortable<T>(promise: PromiseLike<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return Promise.resolve(promise);
  return new Promise<T>((resolve, reject) => {
    const off = onAbort(signal, () => reject(signal.reason));
    promise.then(
      (value) => {
        off();
        resolve(value);
      },
      (error) => {
        off();
        reject(error);
      },
    );
  });
}

/**
 * Waits.
 *
 * @param ms may be 0: then one turn of the event loop
 */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    throwIfAborted(signal);
    const timer = setTimeout(() => {
      off();
      resolve();
    }, ms);
    const off = onAbort(signal, () => {
      clearTimeout(timer);
      reject(signal?.reason);
    });
  });
}

/** A signal made of others. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Aborts this signal alone. */
  abort(reason: unknown): void;
  /** Lets go of the others; must be called at the end of what the signal is for. */
  unlink(): void;
}

/**
 * Makes a signal that is aborted with the first of the given ones, with the same reason. Unlike `AbortSignal.any` nothing of it
 * outlives {@link LinkedSignal.unlink}.
 */
export function linkSignals(...signals: (AbortSignal | undefined)[]): LinkedSignal {
  const controller = new AbortController();
  const offs = signals.map((signal) => onAbort(signal, () => controller.abort(signal?.reason)));
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    unlink: () => {
      for (const off of offs) off();
    },
  };
}
