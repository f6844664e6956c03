/**
 * Where an axis of whole indexes has its marks.
 *
 * @module
 */

/**
 * Indexes at even distances, at least `least` pixels apart.
 *
 * @param from the first index
 * @param step from one element to the next
 * @param count elements
 * @param px how long the axis is
 * @returns indexes, and where the middle of their elements is, in px
 */
export function ticksOf(
  { from, step, count }: { from: number; step: number; count: number },
  px: number,
  least = 56,
): [index: number, at: number][] {
  const perElement = px / count;
  const wanted = (least / perElement) * step;
  const power = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, wanted))));
  const nice = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= wanted) ?? 10 * power;
  const ticks: [number, number][] = [];
  const last = from + (count - 1) * step;
  for (let index = Math.ceil(from / nice) * nice; index <= last; index += nice)
    ticks.push([index, ((index - from) / step + 0.5) * perElement]);
  return ticks;
}
