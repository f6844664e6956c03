/**
 * The Retry-After header, RFC 9110 section 10.2.3.
 *
 * @module
 */

/**
 * How long the server asks to wait, in ms; never negative.
 *
 * @param value seconds or an HTTP date
 * @param now the time to count a date from, in ms since the epoch
 * @returns undefined when absent or malformed
 */
export function parseRetryAfter(value: string | null | undefined, now: number): number | undefined {
  const text = value?.trim();
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  // Only what begins with a weekday: Date.parse takes nearly anything for a date.
  const date = /^[A-Z][a-z]+,? /.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
