/**
 * CloudFiles: many files of one place, by name.
 *
 * @module
 */
import { aliasesOf } from '../store/aliases-of.ts';
import { CloudError } from '../errors.ts';
import type { StoreContext } from '../store/context.ts';
import { openLocation } from '../open/open-store.ts';
import { contextOf, type SessionOptions } from '../store/session.ts';
import type { AbortOptions, Body, Location } from '../types.ts';
import { formatUrl } from '../url/format.ts';
import { parseUrl } from '../url/parse.ts';
import { deleteMany, touchMany } from './change.ts';
import { getMany, getOne } from './get.ts';
import { askEach, existsOne, headOne, isDir, listEntries, sizeOne, subtreeSize } from './info.ts';
import { splitPath } from '../url/split-path.ts';
import { joinPaths } from './join.ts';
import { tellOf } from './progress.ts';
import { putMany, putOne } from './put.ts';
import { storedItems, transferMany, type TransferItem, type TransferOptions } from './transfer.ts';
import type {
  FileHead,
  FileRecord,
  FileSet,
  GetFilesOptions,
  GetItem,
  ListFilesOptions,
  Many,
  ManyOptions,
  PutFilesOptions,
  PutItem,
} from './types.ts';

/** Options of {@link CloudFiles}: those of a client, or a client. */
export type CloudFilesOptions = SessionOptions;

const isMany = <T>(value: unknown): value is Many<T> =>
  typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);

/** Make the inner state of a place. Sends nothing. */
export function openFiles(location: Location, options: SessionOptions): FileSet {
  const context = contextOf(options);
  const { protocol } = location;
  const suffixed = protocol === 'file' || protocol === 'opfs' || protocol === 'mem';
  const progress = options.progress ?? context.options.progress;
  return { store: openLocation(context, location), context, location, protocol, progress, suffixed };
}

/**
 * Files below a URL. Constructing sends nothing and reads nothing.
 *
 * @example
 * const cf = new CloudFiles('s3://bucket/data', { credentials, region: 'eu-central-1' });
 * await cf.put('a.json', '{}', { contentType: 'application/json', compress: 'gzip' });
 * const bytes = await cf.get('a.json'); // Uint8Array, or null when it is missing
 */
export class CloudFiles {
  /** Where the files are; aliases kept. */
  readonly url: string;
  readonly protocol: string;
  declare private readonly files: FileSet;

  /** @throws CloudError `InvalidUrl`, `UnsupportedProtocol`, `InvalidArgument` */
  constructor(url: string, options: CloudFilesOptions = {}) {
    const context = contextOf(options);
    const location = parseUrl(url, { aliases: aliasesOf(context) });
    // neither JSON nor a console shows it: the client's options may hold keys
    Object.defineProperty(this, 'files', { value: openFiles(location, { client: { context }, progress: options.progress }) });
    this.url = formatUrl(location);
    this.protocol = location.protocol;
  }

  /** The state of the client behind it. */
  get context(): StoreContext {
    return this.files.context;
  }

  /**
   * Read files. One name or range gives its bytes, `null` when it is missing; several give a record each.
   * Ranges are of stored bytes. Errors: any of the store; IntegrityError, Truncated, DecompressionError.
   *
   * @example const [a, b] = await cf.get(['a', { path: 'b', start: 0, end: 100 }]);
   */
  get(path: GetItem, options?: GetFilesOptions): Promise<Uint8Array<ArrayBuffer> | null>;
  get(items: Many<GetItem>, options?: GetFilesOptions): Promise<FileRecord[]>;
  async get(item: GetItem | Many<GetItem>, options: GetFilesOptions = {}): Promise<Uint8Array<ArrayBuffer> | null | FileRecord[]> {
    if (!isMany<GetItem>(item)) {
      const { path, content } = await getOne(this.files, item, options);
      tellOf(this.files, 'get', options, [item])(path, content?.length ?? 0);
      return content;
    }
    const records: FileRecord[] = [];
    for await (const record of getMany(this.files, item, { ordered: true, ...options })) records.push(record);
    return records;
  }

  /** The same records, as they arrive. Leaving the loop ends what is under way. */
  getStream(items: Many<GetItem>, options: GetFilesOptions = {}): AsyncIterable<FileRecord> {
    return getMany(this.files, items, options);
  }

  /** Parsed JSON, `null` when missing; order kept. A file that is no JSON rejects with a SyntaxError. */
  getJson(path: string, options?: GetFilesOptions): Promise<unknown>;
  getJson(paths: Many<string>, options?: GetFilesOptions): Promise<unknown[]>;
  async getJson(paths: string | Many<string>, options: GetFilesOptions = {}): Promise<unknown> {
    const parse = (content: Uint8Array | null): unknown => (content ? JSON.parse(new TextDecoder().decode(content)) : null);
    if (!isMany<string>(paths)) return parse(await this.get(paths, options));
    return (await this.get(paths, { ...options, ordered: true })).map((record) => parse(record.content));
  }

  /** Write one file. @returns 1 */
  async put(path: string, body: Body, options: PutFilesOptions = {}): Promise<number> {
    const sizeBytes = await putOne(this.files, path, body, options);
    tellOf(this.files, 'put', options, [path])(path, sizeBytes);
    return 1;
  }

  /** Write many files; fields of an item win over `options`. @returns how many. InvalidArgument when a path comes twice. */
  puts(items: Many<PutItem>, options: PutFilesOptions = {}): Promise<number> {
    return putMany(this.files, items, options);
  }

  /** Write a value as compact JSON. @returns 1 */
  putJson(path: string, value: unknown, options: PutFilesOptions = {}): Promise<number> {
    return this.put(path, JSON.stringify(value), { contentType: 'application/json', ...options });
  }

  /** Write many values as JSON. @returns how many */
  putJsons(items: Many<readonly [string, unknown]>, options: PutFilesOptions = {}): Promise<number> {
    async function* texts(): AsyncGenerator<PutItem> {
      for await (const [path, value] of items) yield [path, JSON.stringify(value)];
    }
    return this.puts(texts(), { contentType: 'application/json', ...options });
  }

  private async ask<T>(
    paths: string | Many<string>,
    one: (path: string) => Promise<T>,
    options: AbortOptions,
  ): Promise<T | Record<string, T>> {
    return isMany<string>(paths) ? askEach(this.files, paths, one, options) : one(paths);
  }

  /** Whether files are there. */
  exists(path: string, options?: AbortOptions): Promise<boolean>;
  exists(paths: Many<string>, options?: AbortOptions): Promise<Record<string, boolean>>;
  exists(paths: string | Many<string>, options: AbortOptions = {}): Promise<boolean | Record<string, boolean>> {
    return this.ask(paths, (path) => existsOne(this.files, path, options), options);
  }

  /** Stored sizes in bytes; `null` for missing files. */
  size(path: string, options?: AbortOptions): Promise<number | null>;
  size(paths: Many<string>, options?: AbortOptions): Promise<Record<string, number | null>>;
  size(paths: string | Many<string>, options: AbortOptions = {}): Promise<number | null | Record<string, number | null>> {
    return this.ask(paths, (path) => sizeOne(this.files, path, options), options);
  }

  /** What the store knows of files; `null` for missing ones. */
  head(path: string, options?: AbortOptions): Promise<FileHead | null>;
  head(paths: Many<string>, options?: AbortOptions): Promise<Record<string, FileHead | null>>;
  head(paths: string | Many<string>, options: AbortOptions = {}): Promise<FileHead | null | Record<string, FileHead | null>> {
    return this.ask(paths, (path) => headOne(this.files, path, options), options);
  }

  /** Whether there is anything below a prefix; on disks, whether there is such a folder. */
  isDir(prefix = '', options: AbortOptions = {}): Promise<boolean> {
    return isDir(this.files, prefix, options);
  }

  /** Number of files (`N`) and stored bytes (`num_bytes`) below a prefix. */
  subtreeSize(prefix?: string, options?: AbortOptions): Promise<{ N: number; num_bytes: number }>;
  subtreeSize(prefixes: Many<string>, options?: AbortOptions): Promise<Record<string, { N: number; num_bytes: number }>>;
  subtreeSize(prefixes: string | Many<string> = '', options: AbortOptions = {}): Promise<unknown> {
    return this.ask(prefixes, (prefix) => subtreeSize(this.files, prefix, options), options);
  }

  /** Names of files, relative to the URL, page by page. NotFound for a flat listing of a folder that a disk does not have. */
  async *list(options: ListFilesOptions = {}): AsyncGenerator<string, void, undefined> {
    for await (const { name } of listEntries(this.files, options)) yield name;
  }

  /** Delete files, in every encoding they are there in; missing ones are no error. @returns how many names were given */
  delete(paths: string | Many<string>, options: ManyOptions = {}): Promise<number> {
    return deleteMany(this.files, isMany<string>(paths) ? paths : [paths], options);
  }

  /** Make empty files where there are none. @returns how many names were given */
  touch(paths: string | Many<string>, options: ManyOptions = {}): Promise<number> {
    return touchMany(this.files, isMany<string>(paths) ? paths : [paths], options);
  }

  private place(other: CloudFiles | string): CloudFiles {
    return typeof other === 'string'
      ? new CloudFiles(other, { client: { context: this.files.context }, progress: this.files.progress })
      : other;
  }

  /**
   * Move a file.
   *
   * @param dest a URL, a path that begins with `/`, `./`, `../` or `~/`, or a name beside the others; a folder takes the file in. What
   *   is there is replaced. NotFound when the source is missing
   */
  async move(src: string, dest: string, options: TransferOptions = {}): Promise<void> {
    const { files, path } = await this.destination(src, dest, options);
    await (await import('./move.ts')).moveMany(this.files, files, [[src, path]], options);
  }

  private async destination(src: string, dest: string, { signal }: AbortOptions): Promise<{ files: FileSet; path: string }> {
    const { context, progress } = this.files;
    let { files } = this;
    let path = dest;
    if (/^([\w+.-]+:\/|~|\.\.?)?\/|\|[\w+.-]+:$/.test(dest)) {
      const location = parseUrl(dest, { aliases: aliasesOf(context) });
      const [folder, name] = splitPath(location.path);
      files = openFiles({ ...location, path: folder }, { client: { context }, progress });
      path = name;
    }
    const inside = path === '' || path.endsWith('/') || ((await files.store.isFolder?.(path, { signal })) ?? false);
    return { files, path: inside ? joinPaths(path, src.slice(src.lastIndexOf('/') + 1)) : path };
  }

  /** Move files to another place. @param paths names, or pairs of a name here and a name there. @returns how many. NotFound for a missing one */
  async moves(dest: CloudFiles | string, paths: Many<TransferItem>, options: TransferOptions = {}): Promise<number> {
    const { files } = this.place(dest);
    return (await import('./move.ts')).moveMany(this.files, files, paths, options);
  }

  /** Copy files there: stored bytes, type, encoding, cache control and metadata. @returns how many. NotFound for a missing one, unless `allowMissing` */
  async transferTo(dest: CloudFiles | string, options: TransferOptions = {}): Promise<number> {
    return transferMany(this.files, this.place(dest).files, options.paths ?? storedItems(this.files, options), options);
  }

  /** Copy files here. @see {@link CloudFiles.transferTo} */
  async transferFrom(source: CloudFiles | string, options: TransferOptions = {}): Promise<number> {
    return this.place(source).transferTo(this, options);
  }

  /** A signed URL of a file. NotSupported where the store or the credentials cannot. */
  async signUrl(path: string, options: Parameters<NonNullable<FileSet['store']['signUrl']>>[1] = {}): Promise<string> {
    if (!this.files.store.signUrl)
      throw new CloudError(`${this.protocol} has no signed URLs`, { code: 'NotSupported', operation: 'signUrl' });
    return this.files.store.signUrl(path, options);
  }

  /** Join parts of a path; one that begins with `/` or names a protocol starts over. */
  join(...parts: string[]): string {
    return joinPaths(...parts);
  }
}
