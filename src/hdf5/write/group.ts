/**
 * A group of a file that is written.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { AbortOptions } from '../../types.ts';
import { readAttributes, type Hdf5Attributes } from '../file/attributes.ts';
import { openItem, listKeys } from '../file/items.ts';
import { absolutePath } from '../file/paths.ts';
import type { Hdf5Unreadable } from '../file/unreadable.ts';
import { walk, type Hdf5WalkItem, type WalkOptions } from '../file/walk.ts';
import { Hdf5Dataset } from '../file/dataset.ts';
import { Hdf5Group, type Hdf5Datatype, type Hdf5Link } from '../file/group.ts';
import type { FileId, H5Module } from '../library/module.ts';
import { memoryTypeOf } from '../values/memory-type.ts';
import { Hdf5Reference } from '../values/reference.ts';
import type { Hdf5Value } from '../values/type.ts';
import { createDataset, type CreateDatasetOptions } from './create-dataset.ts';
import { Hdf5WritableDataset, type WritableDatasetFacts } from './dataset.ts';
import { makeGroups, requireObject, roomFor } from './names.ts';
import { deleteAttribute, setAttribute, type SetAttributeOptions } from './set-attribute.ts';
import { inTurn, notFound, type WriteState } from './state.ts';
import type { Hdf5Data } from './types/lay-out.ts';

/** What can stand at a path of a file that is written. */
export type Hdf5WritableItem = Hdf5WritableGroup | Hdf5WritableDataset | Hdf5Datatype | Hdf5Link | Hdf5Unreadable;

const factsOf = ({ type, shape, maxShape, chunks, filters }: Hdf5Dataset): WritableDatasetFacts => {
  const elementBytes = memoryTypeOf(type).sizeBytes;
  return { type, elementBytes, shape, maxShape, chunks, filters };
};

/** The same, to be changed. */
function writable(state: WriteState, item: Hdf5WalkItem): Hdf5WritableItem {
  if (item instanceof Hdf5Group) return new Hdf5WritableGroup(state, item.path);
  return item instanceof Hdf5Dataset ? new Hdf5WritableDataset(state, item.path, factsOf(item)) : item;
}

/**
 * A group of a file that is written. Names are relative to it, unless they begin with a slash; groups that are missing above them are made.
 *
 * @example
 * const entry = await file.createGroup('/entry');
 * await entry.setAttr('NX_class', 'NXentry');
 * await entry.createDataset('data/counts', { data: new Uint32Array(1024), compression: 'gzip' });
 */
export class Hdf5WritableGroup {
  readonly kind = 'group';
  /** Its absolute path. */
  readonly path: string;
  protected readonly state: WriteState;

  /** @internal */
  constructor(state: WriteState, path: string) {
    this.path = path;
    this.state = state;
    // not to be seen when an object is printed
    Object.defineProperty(this, 'state', { enumerable: false });
  }

  /**
   * Names in a group, in the file's order.
   *
   * @param path of the group. @default this one
   * @throws CloudError `NotFound`, `InvalidArgument` when it is no group
   */
  keys(path = '.', options: AbortOptions = {}): Promise<string[]> {
    return listKeys(this.state.context, this.#absolute(path), options);
  }

  /** What is at a path, through soft links; null when there is nothing. */
  async get(path: string, options: AbortOptions = {}): Promise<Hdf5WritableItem | null> {
    const item = await openItem(this.state.context, this.#absolute(path), options);
    return item && writable(this.state, item);
  }

  /** The dataset at a path. @throws CloudError `NotFound`, `InvalidArgument` when it is something else */
  async dataset(path: string, options: AbortOptions = {}): Promise<Hdf5WritableDataset> {
    const item = await this.get(path, options);
    if (item?.kind !== 'dataset') throw notFound(path, 'dataset', item?.kind);
    return item;
  }

  /** The group at a path. @throws CloudError `NotFound`, `InvalidArgument` when it is something else */
  async group(path = '.', options: AbortOptions = {}): Promise<Hdf5WritableGroup> {
    const item = await this.get(path, options);
    if (item?.kind !== 'group') throw notFound(path, 'group', item?.kind);
    return item;
  }

  /** Everything below this group or another one, parents first, as {@link Hdf5File.walk}. */
  async *walk(
    options: WalkOptions & { path?: string | undefined } = {},
  ): AsyncGenerator<[path: string, item: Hdf5WritableItem | Hdf5Unreadable], void, undefined> {
    const { path = '.', ...rest } = options;
    for await (const [at, item] of walk(this.state.context, this.#absolute(path), rest))
      yield [at, item.kind === 'unreadable' ? item : writable(this.state, item)];
  }

  /** All attributes, by name. */
  attrs(options: AbortOptions = {}): Promise<Hdf5Attributes> {
    return readAttributes(this.state.context, this.path, options);
  }

  /** One attribute's value; `undefined` when there is none of this name. */
  async attr(name: string, options: AbortOptions = {}): Promise<Hdf5Value | undefined> {
    return (await readAttributes(this.state.context, this.path, { ...options, only: name }))[name];
  }

  /** Makes a group. @throws CloudError `AlreadyExists`, `InvalidArgument` when something above it is no group */
  createGroup(path: string, options: AbortOptions = {}): Promise<Hdf5WritableGroup> {
    const { state } = this;
    return inTurn(state, options, () => {
      const at = this.#absolute(path);
      const missing = roomFor(state.engine, at);
      state.engine.change((module, file) => makeGroups(module, file, [...missing, at], state.trackOrder));
      return new Hdf5WritableGroup(state, at);
    });
  }

  /**
   * Makes a dataset.
   *
   * @throws CloudError `InvalidArgument`, `AlreadyExists`; UnsupportedTypeError for values that cannot be written, MissingFilterError
   * @example await group.createDataset('image', { data: new Uint16Array(512 * 512), shape: [512, 512], chunks: [64, 64], compression: 'gzip' })
   */
  createDataset(path: string, options: CreateDatasetOptions): Promise<Hdf5WritableDataset> {
    const { state } = this;
    return inTurn(state, options, async () => {
      const at = this.#absolute(path);
      const about = { loadPlugin: state.context.loadPlugin, trackOrder: state.trackOrder };
      return new Hdf5WritableDataset(state, at, await createDataset(state.engine, at, options, about));
    });
  }

  /**
   * Makes a link that names a path, which need not be there.
   *
   * @param target absolute, or relative to the group that the link is in
   */
  createSoftLink(path: string, target: string, options: AbortOptions = {}): Promise<void> {
    const at = this.#absolute(path);
    checkTarget(target);
    return this.#link(at, options, (module, file) => module.create_soft_link(file, target, at));
  }

  /** Gives an object another name. @param target the object's path. @throws CloudError `NotFound`, `AlreadyExists` */
  createHardLink(path: string, target: string, options: AbortOptions = {}): Promise<void> {
    const [at, to] = [this.#absolute(path), this.#absolute(target)];
    const make = (module: H5Module, file: FileId): number => module.create_hard_link(file, to, at);
    return this.#link(at, options, make, () => requireObject(this.state.engine, to));
  }

  /**
   * Makes a link into another file, which need not be there.
   *
   * @param file its name, relative to the folder that this file is in
   * @param target an absolute path in it
   */
  createExternalLink(path: string, file: string, target: string, options: AbortOptions = {}): Promise<void> {
    const at = this.#absolute(path);
    checkTarget(file);
    checkTarget(target);
    return this.#link(at, options, (module, id) => module.create_external_link(id, file, target, at));
  }

  /** A reference to an object, to be written as a value of type `reference`. @throws CloudError `NotFound` */
  reference(path: string, options: AbortOptions = {}): Promise<Hdf5Reference> {
    const at = this.#absolute(path);
    const { engine } = this.state;
    return inTurn(this.state, options, () => {
      requireObject(engine, at);
      const bytes = engine.ask((module, file) => module.create_object_reference(file, at));
      return new Hdf5Reference('object', Uint8Array.from(bytes));
    });
  }

  /**
   * Sets an attribute, in place of one that is there.
   *
   * @param value one value, values in a row, a record
   * @throws CloudError `InvalidArgument`; UnsupportedTypeError
   */
  setAttr(name: string, value: Hdf5Data, options: SetAttributeOptions = {}): Promise<void> {
    return inTurn(this.state, options, () => setAttribute(this.state.engine, this.path, name, value, options));
  }

  /** Removes an attribute. @returns false when there was none */
  deleteAttr(name: string, options: AbortOptions = {}): Promise<boolean> {
    return inTurn(this.state, options, () => deleteAttribute(this.state.engine, this.path, name));
  }

  #absolute(path: string): string {
    return absolutePath(path, this.path);
  }

  #link(path: string, options: AbortOptions, make: (module: H5Module, file: FileId) => number, check?: () => void): Promise<void> {
    const { engine, trackOrder } = this.state;
    return inTurn(this.state, options, () => {
      check?.();
      const missing = roomFor(engine, path);
      engine.change((module, file) => {
        makeGroups(module, file, missing, trackOrder);
        make(module, file);
      });
    });
  }
}

function checkTarget(target: string): void {
  if (typeof target === 'string' && target !== '' && !target.includes('\0')) return;
  throw new CloudError('a link names a text of at least one character, without NUL', { code: 'InvalidArgument', operation: 'write' });
}
