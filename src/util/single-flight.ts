/**
 * Equal work asked for at the same time is done once.
 *
 * @module
 */
import type { AbortOptions } from '../types.ts';
import { abortable, throwIfAborted } from './abort.ts';

/** Joins the work that is under way for this key, or starts it. */
export type SingleFlight<K, V> = (key: K, run: (signal: AbortSignal) => Promise<V>, options?: AbortOptions) => Promise<V>;

interface Flight<V> {
  promise: Promise<V>;
  controller: AbortController;
  waiters: number;
  settled: boolean;
}

/**
 * Makes a group of keyed work. Everybody who asks for a key while its work runs gets the same result or error. A caller that
 * aborts leaves alone; the work itself is aborted when the last one has left. Results are not kept.
 */
export function createSingleFlight<K, V>(): SingleFlight<K, V> {
  const flights = new Map<K, Flight<V>>();
  const forget = (key: K, flight: Flight<V>): void => {
    if (flights.get(key) === flight) flights.delete(key);
  };

  function start(key: K, run: (signal: AbortSignal) => Promise<V>): Flight<V> {
    const controller = new AbortController();
    const promise = (async () => run(controller.signal))();
    const flight: Flight<V> = { promise, controller, waiters: 0, settled: false };
    const end = (): void => {
      flight.settled = true;
      forget(key, flight);
    };
    promise.then(end, end);
    flights.set(key, flight);
    return flight;
  }

  return async (key, run, { signal } = {}) => {
    throwIfAborted(signal);
    const flight = flights.get(key) ?? start(key, run);
    flight.waiters++;
    try {
      return await abortable(flight.promise, signal);
    } finally {
      if (--flight.waiters === 0 && !flight.settled) {
        forget(key, flight);
        flight.controller.abort(signal?.reason);
      }
    }
  };
}
