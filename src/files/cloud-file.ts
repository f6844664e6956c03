/**
 * CloudFile: one file, by its URL.
 *
 * @module
 */
import { aliasesOf } from '../store/aliases-of.ts';
import { CloudError } from '../errors.ts';
import { contextOf, type SessionOptions } from '../store/session.ts';
import type { AbortOptions, Body } from '../types.ts';
import { formatUrl } from '../url/format.ts';
import { parseUrl } from '../url/parse.ts';
import { CloudFiles } from './cloud-files.ts';
import { splitPath } from '../url/split-path.ts';
import type { TransferOptions } from './transfer.ts';
import type { FileHead, GetFilesOptions, PutFilesOptions } from './types.ts';

/**
 * One file. Constructing sends nothing.
 *
 * @example
 * const file = new CloudFile('gs://bucket/a.bin');
 * const head = await file.get({ start: 0, end: 100 });
 */
export class CloudFile {
  readonly url: string;
  /** The folder that it is in. */
  readonly files: CloudFiles;
  readonly name: string;

  /** @throws CloudError `InvalidUrl` when the URL names no file; `UnsupportedProtocol` */
  constructor(url: string, options: SessionOptions = {}) {
    const context = contextOf(options);
    const location = parseUrl(url, { aliases: aliasesOf(context) });
    const [folder, name] = splitPath(location.path);
    if (!name) throw new CloudError('this URL names no file', { code: 'InvalidUrl', url });
    this.url = formatUrl(location);
    this.name = name;
    this.files = new CloudFiles(formatUrl({ ...location, path: folder }), { client: { context }, progress: options.progress });
  }

  /** All bytes, or `[start, end)` of the stored ones; `null` when it is missing. */
  get(options: GetFilesOptions & { start?: number; end?: number } = {}): Promise<Uint8Array<ArrayBuffer> | null> {
    const { start, end, ...rest } = options;
    return this.files.get({ path: this.name, start, end }, rest);
  }

  /** Parsed JSON, `null` when missing. */
  getJson(options?: GetFilesOptions): Promise<unknown> {
    return this.files.getJson(this.name, options);
  }

  put(body: Body, options?: PutFilesOptions): Promise<number> {
    return this.files.put(this.name, body, options);
  }

  putJson(value: unknown, options?: PutFilesOptions): Promise<number> {
    return this.files.putJson(this.name, value, options);
  }

  head(options?: AbortOptions): Promise<FileHead | null> {
    return this.files.head(this.name, options);
  }

  exists(options?: AbortOptions): Promise<boolean> {
    return this.files.exists(this.name, options);
  }

  /** Stored bytes, `null` when missing. */
  size(options?: AbortOptions): Promise<number | null> {
    return this.files.size(this.name, options);
  }

  delete(options?: AbortOptions): Promise<number> {
    return this.files.delete(this.name, options);
  }

  touch(options?: AbortOptions): Promise<number> {
    return this.files.touch(this.name, options);
  }

  /** Copy to a URL or a file. @returns 1, or 0 for a missing file with `allowMissing` */
  async transferTo(dest: CloudFile | string, options: Omit<TransferOptions, 'paths'> = {}): Promise<number> {
    const to = typeof dest === 'string' ? new CloudFile(dest, { client: { context: this.files.context } }) : dest;
    return this.files.transferTo(to.files, { ...options, paths: [[this.name, to.name]] });
  }

  /** Copy from a URL or a file. */
  async transferFrom(source: CloudFile | string, options: Omit<TransferOptions, 'paths'> = {}): Promise<number> {
    const from = typeof source === 'string' ? new CloudFile(source, { client: { context: this.files.context } }) : source;
    return from.transferTo(this, options);
  }

  /** Move to a URL, a folder, or a name beside it. @see {@link CloudFiles.move} */
  move(dest: string, options?: Omit<TransferOptions, 'paths'>): Promise<void> {
    return this.files.move(this.name, dest, options);
  }

  /** Join parts of a path. */
  join(...parts: string[]): string {
    return this.files.join(...parts);
  }
}
