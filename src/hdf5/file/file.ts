/**
 * An open HDF5 file.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { AbortOptions } from '../../types.ts';
import { asyncDispose } from '../../util/dispose.ts';
import type { Hdf5Reference } from '../values/reference.ts';
import type { FileContext } from './context.ts';
import type { Hdf5Dataset } from './dataset.ts';
import type { Hdf5Attributes } from './attributes.ts';
import { readAttributes } from './attributes.ts';
import type { Hdf5Group } from './group.ts';
import type { Hdf5Item } from './items.ts';
import { absolutePath } from './paths.ts';
import { dereference } from './dereference.ts';
import { walk, type Hdf5WalkItem, type WalkOptions } from './walk.ts';

/** What a file did, since it was opened. */
export interface Hdf5Stats {
  /** Requests, of whatever kind the source makes. */
  requests: number;
  bytesFetched: number;
  /** Bytes of the pages that were looked at. */
  bytesUsed: number;
  /** How often requests began while none was under way: so many times latency had to be waited for. */
  rounds: number;
}

/**
 * An HDF5 file that is read where it lies. Everything waits for the bytes that it needs, and nothing is read twice. To be closed, or kept by
 * `await using`.
 */
export class Hdf5File {
  /** `await using` closes it. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  /** The file's size. */
  readonly byteLength: number;
  readonly #context: FileContext;
  readonly #onClose: () => Promise<void>;

  /** @internal */
  constructor(context: FileContext, onClose: () => Promise<void>) {
    this.byteLength = context.engine.source.byteLength;
    this.#context = context;
    this.#onClose = onClose;
    // not a method: WebKit has no Symbol.asyncDispose to name one by
    Object.defineProperty(this, asyncDispose, { value: () => this.close() });
  }

  /**
   * Names in a group, in the file's order.
   *
   * @param path of the group. @default '/'
   * @throws CloudError `NotFound`, `InvalidArgument` when it is no group
   */
  async keys(path = '/', options: AbortOptions = {}): Promise<string[]> {
    return this.#context.objects.keys(absolutePath(path), options);
  }

  /** What is at a path, through soft and external links; null when there is nothing. */
  async get(path: string, options: AbortOptions = {}): Promise<Hdf5Item | null> {
    return this.#context.objects.open(absolutePath(path), options);
  }

  /** The dataset at a path. @throws CloudError `NotFound`, `InvalidArgument` when it is something else */
  async dataset(path: string, options: AbortOptions = {}): Promise<Hdf5Dataset> {
    return this.#expect(path, 'dataset', await this.get(path, options));
  }

  /** The group at a path. @throws CloudError `NotFound`, `InvalidArgument` when it is something else */
  async group(path = '/', options: AbortOptions = {}): Promise<Hdf5Group> {
    return this.#expect(path, 'group', await this.get(path, options));
  }

  /** Attributes of the root group. */
  attrs(options: AbortOptions = {}): Promise<Hdf5Attributes> {
    return readAttributes(this.#context, '/', options);
  }

  /**
   * Everything below a group, parents first: an object under each of its names. Each group is gone into once and through no link. The thread is
   * given away every few milliseconds.
   *
   * @example for await (const [path, item] of file.walk()) console.log(path, item.kind);
   */
  walk(options: WalkOptions & { path?: string | undefined } = {}): AsyncGenerator<[path: string, item: Hdf5WalkItem], void, undefined> {
    const { path = '/', ...rest } = options;
    return walk(this.#context, absolutePath(path), rest);
  }

  /**
   * What a reference leads to: an object, or for a reference to a region the values of that part of a dataset.
   *
   * @throws Hdf5Error it leads nowhere
   */
  dereference(reference: Hdf5Reference, options: AbortOptions = {}): ReturnType<typeof dereference> {
    return dereference(this.#context, reference, options);
  }

  /** What was asked for so far. */
  stats(): Hdf5Stats {
    return this.#context.engine.stats();
  }

  /** Closes the file; what still runs ends with `InvalidArgument`. */
  async close(): Promise<void> {
    try {
      await this.#context.engine.close();
    } finally {
      await this.#onClose();
    }
  }

  #expect<K extends Hdf5Item['kind']>(path: string, kind: K, item: Hdf5Item | null): Extract<Hdf5Item, { kind: K }> {
    if (item?.kind === kind) return item as Extract<Hdf5Item, { kind: K }>;
    const what = item ? `is a ${item.kind}, no ${kind}` : 'is not there';
    throw new CloudError(`${path} ${what}`, { code: item ? 'InvalidArgument' : 'NotFound', operation: 'read' });
  }
}
