/**
 * A Zarr hierarchy below a prefix of a store: groups and arrays, of which only the chunks are read that a slice touches.
 *
 * @module
 */
import {
  get,
  NotFoundError,
  open,
  root,
  slice,
  withMaybeConsolidatedMetadata,
  type AsyncReadable,
  type DataType,
  type Array as Zarr,
} from 'zarrita';
import type { Hdf5Attributes, Hdf5Range } from '../../hdf5.ts';
import { CloudError, type AbortOptions, type ObjectStore } from '../../index.ts';
import type { ArrayDataset, ArrayFile, ArrayGroup, ArrayItem } from '../array-file.ts';
import type { Used } from './file-source.ts';
import { typeOf, valuesOf } from './zarr-types.ts';

/** A folder of which zarrita reads. */
class Folder implements AsyncReadable {
  used: Used = { ranges: 0, bytes: 0 };
  readonly #store: ObjectStore;
  readonly #prefix: string;
  readonly #kept = new Map<string, Uint8Array>();

  constructor(store: ObjectStore, prefix: string) {
    this.#store = store;
    this.#prefix = prefix.replace(/\/$/, '');
  }

  async get(key: string, { signal }: AbortOptions = {}): Promise<Uint8Array | undefined> {
    const kept = this.#kept.get(key);
    if (kept) return kept;
    return this.#read(await this.#store.get(this.#prefix + key, { signal }));
  }

  /** Read a record that will be asked for again. */
  async keep(key: string, options: AbortOptions): Promise<Uint8Array | undefined> {
    const bytes = await this.get(key, options);
    if (bytes) this.#kept.set(key, bytes);
    return bytes;
  }

  async getRange(
    key: string,
    range: { offset: number; length: number } | { suffixLength: number },
    { signal }: AbortOptions = {},
  ): Promise<Uint8Array | undefined> {
    const wanted = 'offset' in range ? { start: range.offset, end: range.offset + range.length } : { suffix: range.suffixLength };
    return this.#read(await this.#store.get(this.#prefix + key, { range: wanted, signal }));
  }

  async #read(result: Awaited<ReturnType<ObjectStore['get']>>): Promise<Uint8Array | undefined> {
    const bytes = await result?.bytes();
    this.used = { ranges: this.used.ranges + 1, bytes: this.used.bytes + (bytes?.length ?? 0) };
    return bytes;
  }

  /** Names of folders right below. */
  async names(path: string, { signal }: AbortOptions): Promise<string[]> {
    const prefix = `${this.#prefix}${path.replace(/\/$/, '')}/`;
    const names: string[] = [];
    for await (const page of this.#store.list({ prefix, delimiter: '/', signal }))
      for (const folder of page.prefixes) names.push(folder.slice(prefix.length, -1));
    return names;
  }
}

/** The path at which an array is found that has no group around it. */
const alone = '/.';

const attributesOf = (attrs: Record<string, unknown>): Hdf5Attributes => attrs as Hdf5Attributes;

function datasetOf(array: Zarr<DataType, AsyncReadable>): ArrayDataset {
  const { shape, dtype, chunks, path } = array;
  const read = async (ranges: readonly Hdf5Range[], { signal }: AbortOptions = {}): ReturnType<ArrayDataset['slice']> => {
    const selection = shape.map((extent, axis) => {
      const [from, to] = ranges[axis] ?? [];
      return slice(from ?? 0, to ?? extent);
    });
    const found = await get(array, selection, signal ? { signal } : {});
    return valuesOf(found);
  };
  return {
    kind: 'dataset',
    path,
    shape,
    chunks: shape.length > 0 ? chunks : null,
    dtype,
    type: typeOf(dtype),
    filters: [],
    size: shape.reduce((product, extent) => product * extent, 1),
    attrs: () => Promise.resolve(attributesOf(array.attrs)),
    slice: read,
    async read({ signal } = {}) {
      if (shape.length > 0) return read([], { signal });
      return (await get(array, [], signal ? { signal } : {})) as never;
    },
  };
}

/** An open hierarchy. */
export class ZarrFile implements ArrayFile {
  readonly #folder: Folder;
  readonly #readable: AsyncReadable;
  /** Paths of all that is in it, where its metadata are consolidated. */
  readonly #contents: readonly string[] | undefined;
  readonly #version: 'v2' | 'v3';
  readonly #found = new Map<string, Promise<ArrayItem | null>>();

  private constructor(
    folder: Folder,
    readable: AsyncReadable,
    { version, contents }: { version: 'v2' | 'v3'; contents: readonly string[] | undefined },
  ) {
    this.#folder = folder;
    this.#readable = readable;
    this.#version = version;
    this.#contents = contents;
  }

  /**
   * Open what is below a prefix.
   *
   * @throws CloudError `NotFound` when nothing of Zarr is there; what reads throw
   */
  static async open(store: ObjectStore, prefix: string, { signal }: AbortOptions = {}): Promise<ZarrFile> {
    const folder = new Folder(store, prefix);
    // zarrita would ask for the records of both versions
    const version = (await folder.keep('/zarr.json', { signal })) ? 'v3' : 'v2';
    const readable = await withMaybeConsolidatedMetadata(folder, { format: version });
    const contents = 'contents' in readable ? readable.contents().map(({ path }) => path) : undefined;
    const file = new ZarrFile(folder, readable, { version, contents });
    if (!(await file.get('/', { signal })))
      throw new CloudError('there is neither a group nor an array of Zarr', { code: 'NotFound', key: prefix });
    return file;
  }

  /** What was read: whole chunks and metadata. */
  get used(): Used {
    return this.#folder.used;
  }

  /** Whether one record has the metadata of all. */
  get isConsolidated(): boolean {
    return this.#contents !== undefined;
  }

  async get(given: string, { signal }: AbortOptions = {}): Promise<ArrayItem | null> {
    const path = given === alone ? '/' : given;
    const kept = this.#found.get(path);
    if (kept) return kept;
    const finding = this.#open(path, signal);
    this.#found.set(path, finding);
    finding.catch(() => this.#found.delete(path));
    return finding;
  }

  async #open(path: string, signal: AbortSignal | undefined): Promise<ArrayItem | null> {
    try {
      const place = root(this.#readable).resolve(path);
      const options = signal ? { signal } : {};
      const node = await (this.#version === 'v3' ? open.v3(place, options) : open.v2(place, options));
      if (node.kind === 'array') return datasetOf(node);
      return { kind: 'group', path, attrs: () => Promise.resolve(attributesOf(node.attrs)) };
    } catch (error) {
      if (error instanceof NotFoundError) return null;
      throw error;
    }
  }

  async group(path: string, options: AbortOptions = {}): Promise<ArrayGroup> {
    const found = await this.get(path, options);
    // an array may stand alone: it is all that its group has
    if (found?.kind !== 'group') return { kind: 'group', path, attrs: () => Promise.resolve({}) };
    return found;
  }

  async keys(path: string, options: AbortOptions = {}): Promise<string[]> {
    const front = path === '/' ? '/' : `${path}/`;
    if ((await this.get(path, options))?.kind === 'dataset') return [alone.slice(1)];
    if (!this.#contents) return this.#folder.names(path, options);
    return this.#contents
      .filter((one) => one !== path && one.startsWith(front) && !one.slice(front.length).includes('/'))
      .map((one) => one.slice(front.length));
  }
}
