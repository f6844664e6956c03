/**
 * The dataspace message (IV.A.2.b, versions 1 and 2).
 *
 * @module
 */
import type { Cursor } from '../cursor.ts';
import type { DatasetLayout } from '../types.ts';

/** What the format allows. */
const MAX_RANK = 32;
const SPACES = ['scalar', 'simple', 'null'] as const;

/** Reads how many values there are. */
export function readDataspace(cursor: Cursor): Pick<DatasetLayout, 'space' | 'shape' | 'maxShape'> {
  const version = cursor.version(1, 2);
  const rank = cursor.u8();
  if (rank > MAX_RANK) throw cursor.bad(`has ${rank} dimensions`);
  const flags = cursor.u8();
  let space: DatasetLayout['space'] | undefined = rank ? 'simple' : 'scalar';
  if (version === 1) cursor.skip(5);
  else space = SPACES[cursor.u8()];
  if (!space) throw cursor.bad('is of a kind that is not known');
  if (rank && space !== 'simple') throw cursor.bad('has dimensions, and none');
  const shape = Array.from({ length: rank }, () => cursor.length());
  const maxShape = flags & 1 ? shape.map(() => cursor.limit()) : shape;
  if (maxShape.some((max, i) => max < shape[i]!)) throw cursor.bad('is larger than it may become');
  return { space, shape, maxShape };
}
