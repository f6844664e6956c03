/**
 * A dataset of a file that is written.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import { abortable } from '../../util/abort.ts';
import type { Hdf5Attributes } from '../file/attributes.ts';
import { readBlocks, type BlockOptions, type Cut, type Hdf5Block } from '../file/blocks.ts';
import type { ReadOptions } from '../file/dataset-reading.ts';
import { Hdf5Dataset, type DatasetFacts, type Hdf5Filter } from '../file/dataset.ts';
import { normaliseSelection, type Hdf5Range } from '../values/selection.ts';
import type { Hdf5Type, Hdf5Value, Hdf5Values } from '../values/type.ts';
import { shown, unfit } from './encode/unfit.ts';
import { deleteAttribute, setAttribute, type SetAttributeOptions } from './set-attribute.ts';
import { inTurn, type WriteState } from './state.ts';
import { checkedShape, layOut, shapeOf, type Hdf5Data } from './types/lay-out.ts';
import { writeValues } from './write-values.ts';

/** What is kept of a dataset; its layout is looked for anew when it is read. */
export type WritableDatasetFacts = Omit<DatasetFacts, 'layout' | 'path' | 'shape'> & { readonly shape: readonly number[] | null };

/**
 * A dataset of a file that is written: what it is, its values, and ways to change them. Changes are made in the order in which they were asked for,
 * and values are read between them.
 *
 * @example
 * const log = await file.createDataset('/log', { dtype: '<f8', shape: [0, 3], maxShape: [null, 3] });
 * for await (const rows of source) await log.append(rows); // Float64Array of any number of rows
 */
export class Hdf5WritableDataset {
  readonly kind = 'dataset';
  /** Its absolute path. */
  readonly path: string;
  readonly #state: WriteState;
  readonly #facts: WritableDatasetFacts;
  #shape: readonly number[] | null;

  /** @internal */
  constructor(state: WriteState, path: string, facts: WritableDatasetFacts) {
    this.#state = state;
    this.path = path;
    this.#facts = facts;
    this.#shape = facts.shape;
  }

  /** Its extent along each axis, as this object last saw it; `[]` for a single value, `null` for none at all. */
  get shape(): readonly number[] | null {
    return this.#shape;
  }

  /** How far each axis can grow; `null` where there is no limit. */
  get maxShape(): readonly (number | null)[] | null {
    return this.#facts.maxShape;
  }

  /** The shape of its chunks, `null` when it is not in chunks. */
  get chunks(): readonly number[] | null {
    return this.#facts.chunks;
  }

  /** What its values are, in short: `<f4`, `bool`, `string` … */
  get dtype(): string {
    return this.#reader().dtype;
  }

  /** What its values are, in full. */
  get type(): Hdf5Type {
    return this.#facts.type;
  }

  get filters(): readonly Hdf5Filter[] {
    return this.#facts.filters;
  }

  /** How many values there are. */
  get size(): number {
    return this.#reader().size;
  }

  /** All attributes, by name. */
  attrs(options: AbortOptions = {}): Promise<Hdf5Attributes> {
    return this.#reader().attrs(options);
  }

  /** One attribute's value; `undefined` when there is none of this name. */
  attr(name: string, options: AbortOptions = {}): Promise<Hdf5Value | undefined> {
    return this.#reader().attr(name, options);
  }

  /** All values, as {@link Hdf5Dataset.read}. */
  read(options: ReadOptions = {}): Promise<Hdf5Value> {
    return this.#read(options, (now) => now.read(options));
  }

  /** Some of the values, as {@link Hdf5Dataset.slice}. */
  slice(ranges: readonly Hdf5Range[], options: ReadOptions = {}): Promise<Hdf5Values> {
    return this.#read(options, (now) => now.slice(ranges, options));
  }

  /** The shape of what {@link slice} gives. */
  sliceShape(ranges: readonly Hdf5Range[]): number[] {
    return this.#reader().sliceShape(ranges);
  }

  /**
   * The values in blocks, as {@link Hdf5Dataset.blocks}: of the extent that it has when the first is asked for.
   *
   * @throws Hdf5Error it was made smaller meanwhile, and a block is gone
   */
  async *blocks(options: BlockOptions & ReadOptions = {}): AsyncGenerator<Hdf5Block, void, undefined> {
    const begun = await this.#read(options, (now) => now);
    const { shape, chunks, type } = begun;
    const slice: Cut['slice'] = (ranges, its) => this.#read(its, () => begun.slice(ranges, its));
    yield* readBlocks({ shape, chunks, type, slice }, options);
  }

  /**
   * Puts values in the place of those that are there.
   *
   * @param values one value, or as many as the ranges have, row by row; records or columns of a compound
   * @param ranges as of {@link slice}; a step may be more than 1. @default all
   * @throws CloudError `InvalidArgument` there are more values or fewer, or they do not fit: nothing was written
   * @example await dataset.write(new Float32Array(64), [[0, 8], [0, 8]])
   */
  write(values: Hdf5Data, ranges: readonly Hdf5Range[] | null = null, options: AbortOptions = {}): Promise<void> {
    return inTurn(this.#state, options, async () => {
      const { type } = this.#facts;
      const selection = normaliseSelection(this.#current(), ranges);
      const laid = layOut(values, type);
      shapeOf(
        laid,
        type,
        selection.map(({ count }) => count),
      );
      await writeValues(this.#state.engine, { ...this.#facts, path: this.path }, selection, laid.entries, options);
    });
  }

  /**
   * Puts values behind the last along axis 0, which grows by as many.
   *
   * @param values whole rows
   * @throws CloudError `InvalidArgument` there are parts of a row, they do not fit, or axis 0 cannot grow so far: nothing was written
   */
  append(values: Hdf5Data, options: AbortOptions = {}): Promise<void> {
    return inTurn(this.#state, options, async () => {
      const { type } = this.#facts;
      const shape = this.#current();
      if (shape.length === 0) throw unfit(`${this.path} is a single value, to which nothing can be appended`);
      const laid = layOut(values, type);
      const row = shape.slice(1).reduce((product, extent) => product * extent, 1);
      const count = shapeOf(laid, type).reduce((product, extent) => product * extent, 1);
      const rows = count / row;
      if (!Number.isInteger(rows)) throw unfit(`${count} values are no rows of ${row}`);
      const grown = [shape[0]! + rows, ...shape.slice(1)];
      this.#checkGrowth(grown);
      if (rows === 0) return;
      await writeValues(
        this.#state.engine,
        { ...this.#facts, path: this.path },
        normaliseSelection(grown, [[shape[0]!, null]]),
        laid.entries,
        { ...options, prepare: (module, file) => void module.resize_dataset(file, this.path, grown.map(BigInt)) },
      );
      this.#shape = grown;
    });
  }

  /**
   * Gives it another extent. What is cut off is gone, what is new is zeros.
   *
   * @throws CloudError `InvalidArgument` it cannot be that large, or is not in chunks
   */
  resize(shape: readonly number[], options: AbortOptions = {}): Promise<void> {
    return inTurn(this.#state, options, () => {
      if (checkedShape(shape).length !== this.#current().length)
        throw unfit(`${this.path} has another number of axes than [${shape.join(', ')}]`);
      this.#checkGrowth(shape);
      this.#state.engine.change((module, file) => module.resize_dataset(file, this.path, shape.map(BigInt)));
      this.#shape = [...shape];
    });
  }

  /**
   * Sets an attribute, in place of one that is there.
   *
   * @param value one value, values in a row, a record
   * @throws CloudError `InvalidArgument`; UnsupportedTypeError
   */
  setAttr(name: string, value: Hdf5Data, options: SetAttributeOptions = {}): Promise<void> {
    return inTurn(this.#state, options, () => setAttribute(this.#state.engine, this.path, name, value, options));
  }

  /** Removes an attribute. @returns false when there was none */
  deleteAttr(name: string, options: AbortOptions = {}): Promise<boolean> {
    return inTurn(this.#state, options, () => deleteAttribute(this.#state.engine, this.path, name));
  }

  #reader(): Hdf5Dataset {
    return new Hdf5Dataset(this.#state.context, { ...this.#facts, path: this.path, shape: this.#shape, layout: undefined });
  }

  /** Reads it as it is when its turn comes: no change comes between what is asked of it and what is read. */
  #read<T>(options: AbortOptions, act: (now: Hdf5Dataset) => T | Promise<T>): Promise<T> {
    const reading = inTurn(this.#state, options, () => {
      this.#look();
      return act(this.#reader());
    });
    // nothing is half done by who does not wait for his turn
    return abortable(reading, options.signal);
  }

  /** The extent that it has now; another object may have changed it. */
  #look(): readonly number[] | null {
    this.#shape = this.#state.engine.ask((module, file) => module.get_dataset_metadata(file, this.path)).shape;
    return this.#shape;
  }

  #current(): readonly number[] {
    const shape = this.#look();
    if (!shape) throw unfit(`${this.path} has no dataspace, and so no values`);
    return shape;
  }

  #checkGrowth(shape: readonly number[]): void {
    const { chunks, maxShape } = this.#facts;
    if (!chunks) throw unfit(`${this.path} is not in chunks, and cannot change its extent`);
    const odd = shape.find((extent, axis) => extent > (maxShape?.[axis] ?? Infinity));
    if (odd !== undefined) throw unfit(`${this.path} can be [${maxShape!.map(shown).join(', ')}] at most, not [${shape.join(', ')}]`);
  }
}
