/**
 * All values of a file in plain JavaScript, and what a slice of them must be.
 *
 * @module
 */
import type { Hdf5File } from '../../src/hdf5.ts';

/** What a file holds, by path; read once without faults. */
export interface Known {
  paths: string[];
  kinds: Map<string, string>;
  keys: Map<string, string[]>;
  attrs: Map<string, Record<string, unknown>>;
  values: Map<string, unknown>;
  shapes: Map<string, readonly number[] | null>;
}

/** Reads everything of a file. Datasets that cannot be read are left out. */
export async function readAll(file: Hdf5File): Promise<Known> {
  const known: Known = { paths: [], kinds: new Map(), keys: new Map(), attrs: new Map(), values: new Map(), shapes: new Map() };
  for await (const [path, item] of file.walk()) {
    if (item.kind === 'unreadable') throw item.error;
    if (item.kind === 'link') continue;
    if (item.kind === 'dataset') {
      const values = await item.read().catch(() => undefined);
      if (values === undefined) continue;
      known.values.set(path, values);
      known.shapes.set(path, item.shape);
    }
    if (item.kind === 'group') known.keys.set(path, await item.keys());
    known.paths.push(path);
    known.kinds.set(path, item.kind);
    known.attrs.set(path, await item.attrs());
  }
  return known;
}

/** One axis of a slice. */
export type Range = [start: number, stop: number, step: number];

/** Takes a slice out of values that lie flat, in the plainest way. */
export function sliceOf(values: ArrayLike<unknown>, shape: readonly number[], ranges: readonly Range[]): unknown[] {
  const elements = shape.reduce((product, n) => product * n, 1);
  const per = elements ? values.length / elements : 1;
  let places = [0];
  for (const [axis, n] of shape.entries()) {
    const [start, stop, step] = ranges[axis]!;
    const picked: number[] = [];
    for (let i = start; i < Math.min(stop, n); i += step) picked.push(i);
    places = places.flatMap((place) => picked.map((i) => place * n + i));
  }
  return places.flatMap((place) => Array.from({ length: per }, (_, i) => values[place * per + i]));
}
