/**
 * A dataset: what it is, and its values.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { AbortOptions } from '../../types.ts';
import { abortable, throwIfAborted } from '../../util/abort.ts';
import { Hdf5Error } from '../errors.ts';
import { chunkMap } from '../layout/plan-selection.ts';
import type { ChunkPlace } from '../layout/types.ts';
import { dtypeOf } from '../values/dtype.ts';
import { decode, scalarOf } from '../values/decode.ts';
import { normaliseSelection, type Hdf5Range, type Selection } from '../values/selection.ts';
import type { Hdf5Type, Hdf5Value, Hdf5Values } from '../values/type.ts';
import { readAttributes, type Hdf5Attributes } from './attributes.ts';
import { readBlocks, type BlockOptions, type Hdf5Block } from './blocks.ts';
import type { FileContext } from './context.ts';
import { readSelection, type ReadableDataset, type ReadOptions } from './dataset-reading.ts';

export type { Hdf5Block } from './blocks.ts';

/** What a dataset is, as it was found. */
export interface DatasetFacts extends Omit<ReadableDataset, 'shape'> {
  /** `null`: it has no values. */
  readonly shape: readonly number[] | null;
  readonly maxShape: readonly (number | null)[] | null;
  readonly chunks: readonly number[] | null;
  readonly filters: readonly Hdf5Filter[];
}

/** A filter that a dataset is packed by. */
export interface Hdf5Filter {
  /** Its registered number, e.g. 1 for deflate. */
  readonly id: number;
  readonly name: string;
  /** Its parameters. */
  readonly values: readonly number[];
}

/**
 * A dataset of an open file. Nothing of its values is read before they are asked for.
 *
 * @example
 * const image = await file.dataset('/entry/detector/img');
 * const values = await image.slice([[0, 64], [128, 192]]); // Float32Array of 64 times 64, row by row
 */
export class Hdf5Dataset {
  readonly kind = 'dataset';
  /** Its absolute path. */
  readonly path: string;
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
  readonly #context: FileContext;
  readonly #facts: DatasetFacts;
  readonly #attributes: Hdf5Attributes | undefined;

  /** @internal */
  constructor(context: FileContext, facts: DatasetFacts, attributes?: Hdf5Attributes) {
    this.#context = context;
    this.#facts = facts;
    this.#attributes = attributes;
    this.path = facts.path;
    this.shape = facts.shape;
    this.maxShape = facts.maxShape;
    this.chunks = facts.chunks;
    this.type = facts.type;
    this.dtype = dtypeOf(facts.type);
    this.filters = facts.filters;
  }

  /** How many values there are. */
  get size(): number {
    return this.shape ? this.shape.reduce((product, extent) => product * extent, 1) : 0;
  }

  /** All attributes, by name. */
  attrs(options: AbortOptions = {}): Promise<Hdf5Attributes> {
    return this.#attributes ? Promise.resolve(this.#attributes) : readAttributes(this.#context, this.path, options);
  }

  /** One attribute's value; `undefined` when there is none of this name. */
  async attr(name: string, options: AbortOptions = {}): Promise<Hdf5Value | undefined> {
    const attributes = this.#attributes ?? (await readAttributes(this.#context, this.path, { ...options, only: name }));
    return attributes[name];
  }

  /**
   * All values, flat, the last axis fastest; the one value of a scalar dataset; `null` where there are none.
   *
   * @throws MissingFilterError, UnsupportedTypeError, Hdf5Error; CloudError `QuotaExceeded` for more than WebAssembly holds at a time,
   *   `ObjectChanged` and what else the source throws
   */
  async read(options: ReadOptions = {}): Promise<Hdf5Value> {
    throwIfAborted(options.signal);
    const { shape } = this.#facts;
    if (!shape) return null;
    const values = await this.#select(normaliseSelection(shape), options);
    return shape.length === 0 ? scalarOf(values, this.type) : values;
  }

  /**
   * Some of the values, flat, the last axis fastest.
   *
   * @param ranges one for each axis, in numpy's way: `[start, stop]` or `[start, stop, step]`, negative from the end, clipped to the extent; `null`
   *   or left out for all. `step` is 1 or more.
   * @throws CloudError `InvalidArgument` for more ranges than axes, and for what is no range; what {@link read} throws
   * @example await dataset.slice([[0, 10], [-5, null], null]) // the first ten of axis 0, the last five of axis 1, all of axis 2
   */
  async slice(ranges: readonly Hdf5Range[], options: ReadOptions = {}): Promise<Hdf5Values> {
    return this.#select(this.#selection(ranges), options);
  }

  /** The shape of what {@link slice} gives. */
  sliceShape(ranges: readonly Hdf5Range[]): number[] {
    return this.#selection(ranges).map(({ count }) => count);
  }

  /**
   * The values in blocks, one after the other, each of whole chunks where that is possible. The next one is fetched while one is worked on.
   *
   * @param options `maxBytes` of one block. @default 8 MiB
   */
  blocks(options: BlockOptions & ReadOptions = {}): AsyncGenerator<Hdf5Block, void, undefined> {
    return readBlocks(this, options);
  }

  /**
   * Where the chunks of a selection are stored, those that are, in the order of the grid; for readers that decode chunks by themselves.
   *
   * @throws Hdf5Error it is not in chunks, or its index cannot be made out
   */
  async chunkMap(ranges: readonly Hdf5Range[] = [], options: AbortOptions = {}): Promise<readonly ChunkPlace[]> {
    const { engine, superblock } = this.#context;
    const { layout } = this.#facts;
    if (layout?.kind !== 'chunked') throw new Hdf5Error(`${this.path} has no chunks that can be told of`, { code: 'NotSupported' });
    throwIfAborted(options.signal);
    const work = engine.begin();
    try {
      return await abortable(chunkMap(work.look, superblock, layout, this.#selection(ranges)), options.signal);
    } finally {
      work.end();
    }
  }

  #selection(ranges: readonly Hdf5Range[]): Selection {
    const { shape } = this.#facts;
    if (!shape) throw new CloudError(`${this.path} has no values`, { code: 'InvalidArgument', operation: 'read' });
    return normaliseSelection(shape, ranges);
  }

  async #select(selection: Selection, options: ReadOptions): Promise<Hdf5Values> {
    throwIfAborted(options.signal);
    const { shape } = this.#facts;
    if (!shape) return decode(new Uint8Array(0), this.type, 0, { heap: new Uint8Array(0) });
    return readSelection(this.#context, { ...this.#facts, shape }, selection, options);
  }
}
