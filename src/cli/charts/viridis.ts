/**
 * The colours of sizes: viridis, which is as light as the value is high and is told apart by people who do not see all colours.
 *
 * @module
 */

/** Some colours of the map, at even distances, as CSS takes them. */
export const VIRIDIS: readonly string[] = [
  '#440154',
  '#482878',
  '#3e4989',
  '#31688e',
  '#26828e',
  '#1f9e89',
  '#35b779',
  '#6ece58',
  '#b5de2b',
  '#fde725',
];

/** The colour of a value from 0 to 1. */
export function viridis(value: number): string {
  const at = Math.min(Math.max(value, 0), 1) * (VIRIDIS.length - 1);
  const lower = Math.min(Math.floor(at), VIRIDIS.length - 2);
  const channel = (index: number, place: number): number => Number.parseInt(VIRIDIS[index]!.slice(place, place + 2), 16);
  const mixed = [1, 3, 5].map((place) => {
    const [low, high] = [channel(lower, place), channel(lower + 1, place)];
    return Math.round(low + (high - low) * (at - lower))
      .toString(16)
      .padStart(2, '0');
  });
  return `#${mixed.join('')}`;
}
