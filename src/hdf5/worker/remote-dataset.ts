/**
 * A dataset that a worker reads.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { AbortOptions } from '../../types.ts';
import { readBlocks, type BlockOptions, type Hdf5Block } from '../file/blocks.ts';
import type { ReadOptions } from '../file/dataset-reading.ts';
import type { Hdf5Dataset, Hdf5Filter } from '../file/dataset.ts';
import type { ChunkPlace } from '../layout/types.ts';
import { normaliseSelection, type Hdf5Range } from '../values/selection.ts';
import type { Hdf5Type, Hdf5Value, Hdf5Values } from '../values/type.ts';
import type { PostedItem } from './messages.ts';
import { unpackValues } from './packed-values.ts';
import { RemoteWithAttributes } from './remote-attributes.ts';
import type { RemoteContext } from './remote-call.ts';

/**
 * A dataset of a file that is open in a worker: the same as `Hdf5Dataset`. Values are unpacked there and given to the page without being copied;
 * only records, texts and arrays below 1 KiB are copies, so large compounds are best read as columns.
 *
 * @example
 * const image = await file.dataset('/entry/detector/img');
 * for await (const { ranges, values } of image.blocks()) draw(ranges, values);
 */
export class RemoteHdf5Dataset extends RemoteWithAttributes implements Pick<Hdf5Dataset, keyof Hdf5Dataset> {
  readonly kind = 'dataset';
  /** Its extent along each axis; `[]` for a single value, `null` for none at all. */
  readonly shape: readonly number[] | null;
  /** How far each axis can grow; `null` where there is no limit. */
  readonly maxShape: readonly (number | null)[] | null;
  /** The shape of its chunks, `null` when it is not in chunks. */
  readonly chunks: readonly number[] | null;
  /** What its values are, in short: `<f4`, `>i2`, `S8`, `string`, `compound` … */
  readonly dtype: string;
  /** What its values are, in full. */
  readonly type: Hdf5Type;
  readonly filters: readonly Hdf5Filter[];

  /** @internal */
  constructor(context: RemoteContext, facts: PostedItem & { kind: 'dataset' }) {
    super(context, facts.path, facts.attributes);
    this.shape = facts.shape;
    this.maxShape = facts.maxShape;
    this.chunks = facts.chunks;
    this.dtype = facts.dtype;
    this.type = facts.type;
    this.filters = facts.filters;
  }

  /** How many values there are. */
  get size(): number {
    return this.shape ? this.shape.reduce((product, extent) => product * extent, 1) : 0;
  }

  /**
   * All values, flat, the last axis fastest; the one value of a scalar dataset; `null` where there are none.
   *
   * @throws what `Hdf5Dataset.read` throws; CloudError `Network` when the worker is gone
   */
  async read({ as, signal }: ReadOptions = {}): Promise<Hdf5Value> {
    return unpackValues(await this.context.ask('read', { path: this.path, as }, { signal }));
  }

  /**
   * Some of the values, flat, the last axis fastest.
   *
   * @param ranges one for each axis, in numpy's way: `[start, stop]` or `[start, stop, step]`, negative from the end, clipped to the extent; `null`
   *   or left out for all
   * @throws what `Hdf5Dataset.slice` throws; CloudError `Network` when the worker is gone
   */
  async slice(ranges: readonly Hdf5Range[], { as, signal }: ReadOptions = {}): Promise<Hdf5Values> {
    return unpackValues(await this.context.ask('slice', { path: this.path, ranges, as }, { signal }));
  }

  /** The shape of what {@link slice} gives. */
  sliceShape(ranges: readonly Hdf5Range[]): number[] {
    if (!this.shape) throw new CloudError(`${this.path} has no values`, { code: 'InvalidArgument', operation: 'read' });
    return normaliseSelection(this.shape, ranges).map(({ count }) => count);
  }

  /**
   * The values in blocks, one after the other, each of whole chunks where that is possible. The next one is read while one is worked on.
   *
   * @param options `maxBytes` of one block. @default 8 MiB
   */
  blocks(options: BlockOptions & ReadOptions = {}): AsyncGenerator<Hdf5Block, void, undefined> {
    return readBlocks(this, options);
  }

  /**
   * Where the chunks of a selection are stored, those that are, in the order of the grid.
   *
   * @throws Hdf5Error it is not in chunks, or its index cannot be made out
   */
  chunkMap(ranges: readonly Hdf5Range[] = [], { signal }: AbortOptions = {}): Promise<readonly ChunkPlace[]> {
    return this.context.ask('chunkMap', { path: this.path, ranges }, { signal });
  }
}
