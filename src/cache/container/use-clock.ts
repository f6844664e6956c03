/**
 * When values were used, in order.
 *
 * @module
 */

/** Make a clock in ms since 1970 that never gives the same time twice: in one ms much is used. */
export function createUseClock(): () => number {
  let last = 0;
  return () => (last = Math.max(Date.now(), last + 1 / 256));
}
