/**
 * CloudPath: `pathlib` over stores.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { FileHandle } from '../handle/file-handle.ts';
import { parseOpenMode, type DataOf } from '../handle/modes.ts';
import { withHandle } from '../handle/with-handle.ts';
import { aliasesOf } from '../store/aliases-of.ts';
import type { StoreContext } from '../store/context.ts';
import { contextOf, type SessionOptions } from '../store/session.ts';
import type { AbortOptions, Body, ClearCacheOptions, ObjectInfo } from '../types.ts';
import { asyncDispose } from '../util/dispose.ts';
import { anyText } from './any-text.ts';
import type { AsUrlOptions } from './as-url.ts';
import type { CloudObject, Copies, CopyOptions } from './copies/types.ts';
import { CloudPathIsADirectoryError, CloudPathNotImplementedError } from './errors.ts';
import type { GlobOptions } from './glob.ts';
import { folderEntry, listLevel, type Entry } from './list.ts';
import { exists, lookForFile, recall, type Facts } from './look.ts';
import type { OverwriteOptions } from './options.ts';
import type { CopyTreeOptions, FreshOptions, OpenPathOptions, PathInfo, PathStat, ReadTextOptions } from './path-types.ts';
import { diskPath, isOnDisk, needDisk, placeOf, shown, type Place } from './place.ts';
import { PureCloudPath } from './pure-path.ts';
import type { AboutObject, UploadFromOptions } from './upload.ts';
import type { WalkOptions } from './walk.ts';

/**
 * A path of a store, with everything that can be asked of it and done with it. Constructing sends nothing.
 *
 * A directory is what other keys begin with; it need not be made. Paths of a listing (`iterdir`, `glob`, `rglob`) remember what it told: `stat`,
 * `etag`, `md5`, `isFile` and `isDir` answer from that until something is written through the path, or by `fresh`; and the first read asks for
 * nothing when there is a local copy of the version that was listed.
 *
 * @example
 * const path = new CloudPath('s3://bucket/dir/file.csv', { client });
 * if (await path.exists()) console.log(await path.readText());
 * for await (const csv of path.parent.glob('*.csv')) console.log(csv.name, (await csv.stat()).sizeBytes);
 */
export class CloudPath extends PureCloudPath {
  /** `await using` closes it. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly #context: StoreContext;
  #place: Place | undefined;
  /** What a listing told, and the same until a read has counted on it. */
  #told: Facts | undefined;
  #unread: Facts | undefined;
  #info: PathInfo | undefined;
  /** A local copy may be in use for it. */
  #copied = false;

  /**
   * @param path a URL with its scheme, or a path, whose client is kept unless the options name another
   * @throws InvalidPrefixError the text begins as no path does; CloudError `InvalidUrl`
   */
  constructor(path: string | PureCloudPath, options: SessionOptions = {}) {
    const kept = path instanceof CloudPath && Object.keys(options).length === 0 ? path.#context : undefined;
    const context = kept ?? contextOf(options);
    super(path, { aliases: aliasesOf(context) });
    this.#context = context;
    // not a method: WebKit has no Symbol.asyncDispose to name one by
    Object.defineProperty(this, asyncDispose, { value: () => this.close() });
  }

  protected override make(text: string): this {
    return new CloudPath(text, { client: { context: this.#context } }) as this;
  }

  /** The state of the client behind it. */
  get context(): StoreContext {
    return this.#context;
  }

  get #at(): Place {
    return (this.#place ??= placeOf(this.#context, this));
  }

  #child(entry: Entry): this {
    const { base, drive } = this.#at;
    // a bucket as a whole has no slash
    const child = this.make(entry.key === '' && drive ? base.slice(0, -1) : base + entry.key);
    child.#told = child.#unread = entry.directory ? { kind: 'directory' } : entry.info && { kind: 'file', info: entry.info };
    return child;
  }

  #forget(): void {
    this.#told = this.#unread = this.#info = undefined;
  }

  #other(target: CloudPath | string): CloudPath {
    return target instanceof CloudPath ? target : new CloudPath(anyText(target), { client: { context: this.#context } });
  }

  /** The copies of its client, and what they know it as. @param reads whether the first look may be that of a listing */
  async #copies(reads = false): Promise<{ copies: Copies; object: CloudObject }> {
    const [{ copiesOf }, { objectOf }] = await Promise.all([import('./copies/copies.ts'), import('./object.ts')]);
    const known = reads ? this.#unread?.info : undefined;
    if (reads) this.#unread = undefined;
    return { copies: copiesOf(this.#context), object: objectOf(this.#at, this, known) };
  }

  /** The local copy is of no object any more. */
  async #drop(tree: boolean, options: AbortOptions): Promise<void> {
    this.#forget();
    if (isOnDisk(this.#at) || this.#at.root) return;
    const { copies, object } = await this.#copies();
    await copies.drop(tree ? { prefix: object.url } : object, options);
  }

  /** Whether there is a file or directory; of a bucket whether it is there. Always asks. */
  exists(options: AbortOptions = {}): Promise<boolean> {
    return exists(this.#at, options);
  }

  /** Whether there is an object. */
  async isFile(options: FreshOptions = {}): Promise<boolean> {
    return (await recall(this.#at, this.#told, options)).kind === 'file';
  }

  /** Whether anything is below it and it is no object itself. A bucket is a directory, also one that is not there. */
  async isDir(options: FreshOptions = {}): Promise<boolean> {
    return (await recall(this.#at, this.#told, options)).kind === 'directory';
  }

  #file({ fresh, signal }: FreshOptions): Promise<ObjectInfo> {
    return lookForFile(this.#at, fresh ? undefined : this.#told, { signal });
  }

  /** Size, time and version of an object. @throws NoStatError it is not there, or a directory */
  async stat(options: FreshOptions = {}): Promise<PathStat> {
    const { sizeBytes, lastModified: mtime, etag, generation } = await this.#file(options);
    return { sizeBytes, mtime, etag, generation };
  }

  /** What it is, asked once for this path. */
  async info(options: AbortOptions = {}): Promise<PathInfo> {
    if (this.#info) return this.#info;
    const { kind } = await recall(this.#at, this.#told, options);
    return (this.#info = { exists: kind !== 'missing', isFile: kind === 'file', isDir: kind === 'directory' });
  }

  /** As the store sends it, quotes included; undefined where it has none. @throws NoStatError */
  async etag(options: FreshOptions = {}): Promise<string | undefined> {
    return (await this.#file(options)).etag;
  }

  /** Of the stored bytes, base64, where the store tells it. @throws NoStatError */
  async md5(options: FreshOptions = {}): Promise<string | undefined> {
    return (await this.#file(options)).md5;
  }

  /** What is in the directory, in the order of the store, page by page; of an object and a directory of one name both. Nothing when it is not there; above all buckets the buckets. */
  async *iterdir(options: AbortOptions = {}): AsyncGenerator<this, void, undefined> {
    for await (const entry of listLevel(this.#at, this.#at.folder, options)) yield this.#child(entry);
  }

  /**
   * What fits a pattern below it: `*` and `?` within a name, `[ab]`, `[!a]`, and `**` for any number of directories. Only what begins as the
   * literal part of the pattern does is listed, and what lies below other directories only for `**`.
   *
   * @throws InvalidGlobArgumentsError an empty pattern; CloudPathNotImplementedError one with `..`, an absolute one, or above all buckets
   * @example for await (const path of bucket.glob('2026/*\/part-[0-9].csv')) …
   */
  async *glob(pattern: string, options: GlobOptions = {}): AsyncGenerator<this, void, undefined> {
    for await (const entry of (await import('./glob.ts')).globEntries(this.#at, pattern, options, false)) yield this.#child(entry);
  }

  /** As {@link glob} with `**` in front. */
  async *rglob(pattern: string, options: GlobOptions = {}): AsyncGenerator<this, void, undefined> {
    for await (const entry of (await import('./glob.ts')).globEntries(this.#at, pattern, options, true)) yield this.#child(entry);
  }

  /**
   * Directories with the names of what is in them, this one included. In a walk from the top, names that are taken out of the list of
   * directories are not walked; with `lazy` they are not even listed.
   *
   * @example for await (const [directory, directories, files] of path.walk({ lazy: true })) …
   */
  async *walk(options: WalkOptions = {}): AsyncGenerator<[directory: this, directories: string[], files: string[]], void, undefined> {
    const { folder: top } = this.#at;
    for await (const { folder, directories, files } of (await import('./walk.ts')).walkFolders(this.#at, options))
      yield [folder === top ? this : this.#child(folderEntry(this.#at, folder)), directories, files];
  }

  /**
   * Open as Python's `open` does: modes `r`, `w`, `a`, `x`, with `+` and `b` or `t`. It is a local copy that is read and written; what was
   * written is uploaded when the handle is closed, if the object still is what it was, and not at all when the handle is aborted.
   *
   * @throws CloudPathIsADirectoryError CloudPathFileNotFoundError CloudPathFileExistsError OverwriteDirtyFileError OverwriteNewerLocalError,
   *   and at closing OverwriteNewerCloudError; CloudPathNotImplementedError writing to a web server
   */
  async open<const Mode extends string = 'r'>(mode?: Mode, options: OpenPathOptions = {}): Promise<FileHandle<DataOf<Mode>>> {
    const text = mode ?? 'r';
    const { root, key, web } = this.#at;
    const { modifies } = parseOpenMode(text);
    const about = { url: this.toString(), operation: 'open' };
    if (root || key === '' || web === 'folder') throw new CloudPathIsADirectoryError(`${shown(this.#at)} is a directory`, about);
    if (web && modifies) throw new CloudPathNotImplementedError('a web server is read-only', about);
    if (modifies) this.#forget();
    if (isOnDisk(this.#at)) return (await (await import('./local-open.ts')).openLocal(this.#at, text, options)) as FileHandle<DataOf<Mode>>;
    const [{ copies, object }, { aboutObject }] = await Promise.all([this.#copies(!modifies), import('./upload.ts')]);
    this.#copied = true;
    return (await copies.open(object, text, { ...options, put: aboutObject(options) })) as FileHandle<DataOf<Mode>>;
  }

  async #with<const Mode extends string, T>(
    mode: Mode,
    options: OpenPathOptions,
    use: (handle: FileHandle<DataOf<Mode>>) => Promise<T>,
  ): Promise<T> {
    const handle = await this.open(mode, options);
    return withHandle(handle, use);
  }

  /** All of it as text. @throws as {@link open} */
  async readText(options: ReadTextOptions = {}): Promise<string> {
    return this.#with('r', options, (handle) => handle.read());
  }

  /** All of it. @throws as {@link open} */
  async readBytes(options: CopyOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this.#with('rb', options, (handle) => handle.read());
  }

  /** Replace it by a text. @returns how many characters. @throws as {@link open}; CloudError `InvalidArgument` for what is no text */
  async writeText(data: string, options: OpenPathOptions = {}): Promise<number> {
    if (typeof data !== 'string') throw new CloudError('writeText takes a text', { code: 'InvalidArgument', url: this.toString() });
    return this.#with('w', options, (handle) => handle.write(data));
  }

  /** Replace it by bytes. @returns how many. @throws as {@link open}; CloudError `InvalidArgument` for what are no bytes */
  async writeBytes(data: Uint8Array | ArrayBuffer, options: CopyOptions & AboutObject = {}): Promise<number> {
    if (!(data instanceof Uint8Array || data instanceof ArrayBuffer))
      throw new CloudError('writeBytes takes bytes', { code: 'InvalidArgument', url: this.toString() });
    return this.#with('wb', options, (handle) => handle.write(data));
  }

  /**
   * The path of its local copy, fetched when there is an object and no copy of that version: for other programs. Edits of that file are
   * noticed; `uploadFrom` with this path uploads them.
   *
   * @throws OverwriteDirtyFileError OverwriteNewerLocalError InvalidConfigurationError: the cache is off
   */
  async localPath(options: CopyOptions = {}): Promise<string> {
    if (isOnDisk(this.#at)) return diskPath(this.#at);
    const { copies, object } = await this.#copies(true);
    this.#copied = true;
    return copies.localPath(object, options);
  }

  /** Make an empty object, or give the one that is there a new time. @throws CloudPathFileExistsError CloudPathIsADirectoryError CloudPathNotImplementedError */
  async touch(options: AbortOptions & { existOk?: boolean | undefined } = {}): Promise<void> {
    this.#forget();
    await (await import('./change.ts')).touch(this.#at, options);
  }

  /** Make a directory on a disk; elsewhere nothing is to be done. @throws CloudPathFileExistsError CloudPathFileNotFoundError */
  async mkdir(options: AbortOptions & { parents?: boolean | undefined; existOk?: boolean | undefined } = {}): Promise<void> {
    this.#forget();
    await (await import('./change.ts')).mkdir(this.#at, options);
  }

  /** Remove an object; a missing one is no error unless `missingOk` is false. @throws CloudPathIsADirectoryError CloudPathFileNotFoundError */
  async unlink(options: AbortOptions & { missingOk?: boolean | undefined } = {}): Promise<void> {
    await (await import('./change.ts')).unlink(this.#at, options);
    await this.#drop(false, options);
  }

  /** Remove a directory that holds nothing; silent when there is none. @throws CloudPathNotADirectoryError DirectoryNotEmptyError */
  async rmdir(options: AbortOptions = {}): Promise<void> {
    await (await import('./change.ts')).rmdir(this.#at, options);
    this.#forget();
  }

  /** Remove a directory with all below it; silent when there is none. @throws CloudPathNotADirectoryError */
  async rmtree(options: AbortOptions = {}): Promise<void> {
    await (await import('./change.ts')).rmtree(this.#at, options);
    await this.#drop(true, options);
  }

  /**
   * Copy it to a path or URL of any store, or a local path: a file onto a file or into a directory, a directory as {@link copytree} does.
   * An object that is there is replaced when it is older; one with the same bytes is left as it is.
   *
   * @returns where it went
   * @throws CloudPathNotExistsError OverwriteNewerCloudError; CloudPathFileExistsError two names are one file on the target's disk
   */
  async copy(target: CloudPath | string, options: OverwriteOptions = {}): Promise<CloudPath> {
    return this.#copy(this.#other(target), options);
  }

  async #copy(to: CloudPath, options: OverwriteOptions & { removes?: boolean }): Promise<CloudPath> {
    const { place, tree, same } = await (await import('./copy.ts')).copyPath(this.#at, to.#at, options);
    to.#forget();
    if (options.removes && !same) await this.#drop(tree, options);
    return place === to.#at ? to : to.make(place.text);
  }

  /** Copy it into a directory, under its own name. @see {@link copy} */
  async copyInto(directory: CloudPath | string, options: OverwriteOptions = {}): Promise<CloudPath> {
    return this.copy(this.#other(directory).join(this.name), options);
  }

  /** Copy all that is in this directory into another. @throws CloudPathNotADirectoryError CloudPathFileExistsError OverwriteNewerCloudError */
  async copytree(target: CloudPath | string, options: CopyTreeOptions = {}): Promise<CloudPath> {
    const to = this.#other(target);
    await (await import('./copy.ts')).copyTree(this.#at, to.#at, options);
    to.#forget();
    return to;
  }

  /** As {@link copy}; a file goes here once it is there with its metadata, if it still is what was copied. What is the target itself stays. @throws as it; `InvalidArgument` */
  async move(target: CloudPath | string, options: OverwriteOptions = {}): Promise<CloudPath> {
    return this.#copy(this.#other(target), { ...options, removes: true });
  }

  /** Move it into a directory, under its own name. @see {@link move} */
  async moveInto(directory: CloudPath | string, options: OverwriteOptions = {}): Promise<CloudPath> {
    return this.move(this.#other(directory).join(this.name), options);
  }

  /**
   * Give a file another path of the same kind of store; what is there is replaced. Not one step: the copy is there before the original goes.
   *
   * @throws CloudPathIsADirectoryError CloudPathFileNotFoundError ClientMismatchError; CloudError `InvalidArgument` for a text
   */
  async rename(target: CloudPath, options: AbortOptions = {}): Promise<CloudPath> {
    if (!(target instanceof CloudPath)) throw new CloudError('rename takes a CloudPath', { code: 'InvalidArgument', url: this.toString() });
    if (!(await (await import('./copy.ts')).rename(this.#at, target.#at, options))) return target;
    await this.#drop(false, options);
    await target.#drop(false, options);
    return target;
  }

  /** The same as {@link rename}. */
  replace(target: CloudPath, options: AbortOptions = {}): Promise<CloudPath> {
    return this.rename(target, options);
  }

  /**
   * Download a file, or all that is in a directory, to the local disk, beside the cache; what is there is replaced.
   *
   * @param local a path or `file:` URL; a file goes into a folder that is there
   * @returns the absolute path of the file or folder
   * @throws CloudPathNotExistsError; CloudPathFileExistsError as {@link copy}; CloudError `InvalidArgument` for a target that is on no disk
   */
  async downloadTo(local: CloudPath | string, options: AbortOptions = {}): Promise<string> {
    return (await import('./copy.ts')).downloadTo(this.#at, needDisk(this.#other(local).#at), options);
  }

  /**
   * Replace it by a local file, a local folder or a body.
   *
   * @param source a path (text), a `file:` URL or path, or bytes, a Blob, a stream. Older files replace nothing newer; a body replaces what is there
   * @returns where it went
   * @throws OverwriteNewerCloudError CloudPathFileNotFoundError; CloudError `InvalidArgument` for a path that is on no disk
   */
  async uploadFrom(source: CloudPath | Body, options: UploadFromOptions = {}): Promise<CloudPath> {
    this.#forget();
    if (!(source instanceof CloudPath || typeof source === 'string')) {
      await (await import('./upload.ts')).uploadBody(this.#at, this, source, options);
      return this;
    }
    const place = await (await import('./upload.ts')).uploadPath(needDisk(this.#other(source).#at), this.#at, this, options);
    return place === this.#at ? this : this.make(place.text);
  }

  /**
   * Its web address: plain, or signed so that whoever has it may use it. What is not on the web gives its text.
   *
   * @throws CloudPathNotImplementedError what cannot be signed
   */
  async asUrl(options: AsUrlOptions = {}): Promise<string> {
    return (await import('./as-url.ts')).asUrl(this.#at, options);
  }

  /**
   * Remove its local copy, or those of all that is below it.
   *
   * @param options.discardUnsaved throw away edits that were not uploaded. @default false
   * @returns how many went
   * @throws OverwriteDirtyFileError edits stayed; all else went
   */
  async clearCache(options: Omit<ClearCacheOptions, 'prefix'> = {}): Promise<number> {
    if (isOnDisk(this.#at) || this.#at.root) return 0;
    const { copies, object } = await this.#copies();
    // others may have copies of the same in one folder
    return copies.clear({ ...options, prefix: object.url, namespaces: [await object.namespace()] });
  }

  /** Say that it is not used any more: in the mode `cloudpath_object` its copy goes, unless it was edited. `await using` does the same. */
  async close(): Promise<void> {
    if (!this.#copied) return;
    this.#copied = false;
    const { copies, object } = await this.#copies();
    await copies.release(object);
  }
}
