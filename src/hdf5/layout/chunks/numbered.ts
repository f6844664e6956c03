/**
 * Wanted chunks by their numbers in an array.
 *
 * @module
 */

/** A wanted chunk, and its number in an array or in a part of it. */
export type Numbered = readonly [number: number, index: readonly number[]];

/** The entry of a map, made when there is none. */
export function groupOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let group = map.get(key);
  if (group === undefined) map.set(key, (group = make()));
  return group;
}

/** Sorts chunks into pages; their numbers are then those within the page. */
export function inPages(numbers: readonly Numbered[], pageElements: number): Map<number, Numbered[]> {
  const pages = new Map<number, Numbered[]>();
  for (const [number, index] of numbers) {
    const page = Math.floor(number / pageElements);
    groupOf(pages, page, (): Numbered[] => []).push([number - page * pageElements, index]);
  }
  return pages;
}
