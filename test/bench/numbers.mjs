// Medians, and ratios within rounds.

/** The middle of the sorted values; NaN of none. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median, least and most. */
export const spread = (values) => ({ median: median(values), min: Math.min(...values), max: Math.max(...values) });

/**
 * Compares two peers round by round: what the machine does in one round happens to both.
 *
 * @param rounds one object per round: peer → result
 * @param compare of two results of one round
 * @returns undefined when no round has both
 */
export function within(rounds, subject, beside, compare) {
  const values = rounds
    .filter((round) => round[subject]?.rate && round[beside]?.rate)
    .map((round) => compare(round[subject], round[beside]));
  return values.length ? spread(values) : undefined;
}

/** Results of a peer in all rounds in which it came to its end. */
export const resultsOf = (rounds, peer) => rounds.map((round) => round[peer]).filter((result) => result?.rate);
