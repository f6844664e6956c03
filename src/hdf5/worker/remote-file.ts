/**
 * An HDF5 file that is open in a worker.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { AbortOptions } from '../../types.ts';
import { onAbort, throwIfAborted } from '../../util/abort.ts';
import { asyncDispose } from '../../util/dispose.ts';
import type { Hdf5Attributes } from '../file/attributes.ts';
import type { Hdf5File, Hdf5Stats } from '../file/file.ts';
import { absolutePath } from '../file/paths.ts';
import type { WalkOptions } from '../file/walk.ts';
import type { Hdf5Reference } from '../values/reference.ts';
import type { Hdf5Values } from '../values/type.ts';
import { unpackValues } from './packed-values.ts';
import { readRemoteAttributes } from './remote-attributes.ts';
import type { RemoteCall, RemoteContext } from './remote-call.ts';
import type { RemoteHdf5Dataset } from './remote-dataset.ts';
import { checkHome } from '../file/foreign-references.ts';
import { getItem, itemOf, type RemoteHdf5Group, type RemoteHdf5Item } from './remote-items.ts';

/** Part of a dataset that a reference names. */
export interface RemoteHdf5Region {
  readonly kind: 'region';
  readonly dataset: RemoteHdf5Dataset;
  /** The extent along each axis where the part is a box or a grid of them, else the number of values. */
  readonly shape: readonly number[];
  readonly values: Hdf5Values;
}

/** What is given in other classes than by a file that is open here. */
type OfItems = 'get' | 'dataset' | 'group' | 'walk' | 'dereference';

/**
 * An HDF5 file that is open in a worker: used as `Hdf5File`, and to be closed as it is.
 */
export class RemoteHdf5File implements Pick<Hdf5File, Exclude<keyof Hdf5File, OfItems>> {
  /** `await using` closes it. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  /** The file's size. */
  readonly byteLength: number;
  readonly #call: RemoteCall;
  readonly #context: RemoteContext;
  readonly #onClose: () => Promise<void>;
  #stats: Hdf5Stats;
  #walks = 0;
  #closing: Promise<void> | undefined;

  /** @internal */
  constructor(call: RemoteCall, byteLength: number, stats: Hdf5Stats, onClose: () => Promise<void>) {
    this.#call = call;
    this.byteLength = byteLength;
    this.#stats = stats;
    this.#onClose = onClose;
    this.#context = {
      ask: async (name, args, options) => {
        const { value, stats: now } = await call(name, args, options);
        if (now) this.#stats = now;
        return value;
      },
    };
    // not a method: WebKit has no Symbol.asyncDispose to name one by
    Object.defineProperty(this, asyncDispose, { value: () => this.close() });
  }

  /**
   * Names in a group, in the file's order.
   *
   * @param path of the group. @default '/'
   * @throws CloudError `NotFound`, `InvalidArgument` when it is no group
   */
  async keys(path = '/', { signal }: AbortOptions = {}): Promise<string[]> {
    return this.#context.ask('keys', { path: absolutePath(path) }, { signal });
  }

  /** What is at a path, through soft and external links; null when there is nothing. */
  async get(path: string, options: AbortOptions = {}): Promise<RemoteHdf5Item | null> {
    return getItem(this.#context, absolutePath(path), options);
  }

  /** The dataset at a path. @throws CloudError `NotFound`, `InvalidArgument` when it is something else */
  async dataset(path: string, options: AbortOptions = {}): Promise<RemoteHdf5Dataset> {
    return this.#expect(path, 'dataset', await this.get(path, options));
  }

  /** The group at a path. @throws CloudError `NotFound`, `InvalidArgument` when it is something else */
  async group(path = '/', options: AbortOptions = {}): Promise<RemoteHdf5Group> {
    return this.#expect(path, 'group', await this.get(path, options));
  }

  /** Attributes of the root group. */
  attrs(options: AbortOptions = {}): Promise<Hdf5Attributes> {
    return readRemoteAttributes(this.#context, '/', options);
  }

  /**
   * Everything below a group, parents first: an object under each of its names. Each group is gone into once and through no link. Objects come
   * many at a time; who stops early ends the worker's walk.
   *
   * @example for await (const [path, item] of file.walk()) console.log(path, item.kind);
   */
  walk(options: WalkOptions & { path?: string | undefined } = {}): AsyncGenerator<[path: string, item: RemoteHdf5Item], void, undefined> {
    const { path = '/', ...rest } = options;
    return this.#walk(absolutePath(path), rest);
  }

  /**
   * What a reference leads to: an object, or for a reference to a region the values of that part of a dataset.
   *
   * @throws Hdf5Error it leads nowhere
   */
  async dereference(reference: Hdf5Reference, { signal }: AbortOptions = {}): Promise<RemoteHdf5Item | RemoteHdf5Region> {
    checkHome(reference);
    const { kind, bytes } = reference;
    const { item, region } = await this.#context.ask('dereference', { kind, bytes }, { signal });
    const found = itemOf(this.#context, item);
    if (!region || found.kind !== 'dataset') return found;
    return { kind: 'region', dataset: found, shape: region.shape, values: unpackValues(region.values) };
  }

  /** What the worker had asked for when it last answered. */
  stats(): Hdf5Stats {
    return { ...this.#stats };
  }

  /** Closes the file; what still runs ends with `InvalidArgument`. */
  close(): Promise<void> {
    this.#closing ??= this.#onClose();
    return this.#closing;
  }

  async *#walk(path: string, { signal, attributes, depth }: WalkOptions): AsyncGenerator<[string, RemoteHdf5Item], void, undefined> {
    const walk = ++this.#walks;
    const end = (): void => void this.#call('endWalk', { walk }).catch(() => {});
    const off = onAbort(signal, end);
    let isDone = false;
    try {
      while (!isDone) {
        const { items, done } = await this.#context.ask('walk', { walk, path, attributes, depth }, { signal });
        isDone = done;
        for (const [at, item] of items) {
          throwIfAborted(signal);
          yield [at, itemOf(this.#context, item)];
        }
      }
    } finally {
      off();
      if (!isDone) end();
    }
  }

  #expect<K extends RemoteHdf5Item['kind']>(path: string, kind: K, item: RemoteHdf5Item | null): Extract<RemoteHdf5Item, { kind: K }> {
    if (item?.kind === kind) return item as Extract<RemoteHdf5Item, { kind: K }>;
    const what = item ? `is a ${item.kind}, no ${kind}` : 'is not there';
    throw new CloudError(`${path} ${what}`, { code: item ? 'InvalidArgument' : 'NotFound', operation: 'read' });
  }
}
