/**
 * How far this machine's clock is from each server's. Learnt only from an error reply that came from the server itself: a cached
 * reply has an old `Date`, and one that is good needs no correction.
 *
 * @module
 */
import type { HttpHeaders } from '../types.ts';

/** What was learnt, per host. */
export interface SkewTable {
  /** What to add to the clock when signing for this host, in ms. */
  get(host: string): number;
  /**
   * Learns from the headers of a reply that refused the request's time.
   *
   * @param now this machine's clock, in ms since the epoch
   * @param signed the correction that the refused request was signed with; of requests at once only the first one learns
   * @returns whether the correction is another now, so that a new attempt makes sense
   */
  learn(host: string, headers: HttpHeaders, now: number, signed: number): boolean;
}

/** `Date` is exact to a second, and an answer takes its time: less is no skew. */
const noiseMs = 2000;

/** Makes an empty table. */
export function createSkewTable(): SkewTable {
  const offsets = new Map<string, number>();
  const get = (host: string): number => offsets.get(host) ?? 0;
  return {
    get,
    learn(host, headers, now, signed) {
      const offset = Date.parse(headers.get('date') ?? '') - now;
      if (headers.get('age') == null && Math.abs(offset - get(host)) > noiseMs) offsets.set(host, offset);
      return get(host) !== signed;
    },
  };
}
