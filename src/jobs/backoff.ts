/** How long a file that failed is left alone. @module */

const FIRST_MS = 1000;

/** The longest pause between attempts, in ms. */
export const LONGEST_PAUSE_MS = 60_000;

/**
 * The pause in front of the next attempt, in ms, by chance between half and all of 1 s, 2 s, 4 s …
 * @param attempts made so far, at least 1
 */
export const pauseAfter = (attempts: number): number =>
  Math.round(Math.min(LONGEST_PAUSE_MS, FIRST_MS * 2 ** (attempts - 1)) * (0.5 + Math.random() / 2));
