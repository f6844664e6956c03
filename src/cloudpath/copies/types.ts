/**
 * Local copies of objects: what they are asked, and what they answer. Types only, no code.
 *
 * @module
 */
import type { FileHandle } from '../../handle/file-handle.ts';
import type { DataOf } from '../../handle/modes.ts';
import type { Disk } from '../../platform/types.ts';
import type { AbortOptions, Body, ClearCacheOptions, ObjectInfo, ObjectStore, PutOptions } from '../../types.ts';

/** What a copy is made of: an object of a store. */
export interface CloudObject {
  /** For messages and for clearing by prefix; what signs it is taken off before it is kept. */
  readonly url: string;
  /** The first folder of the copy: the bucket, or the host of a web server. */
  readonly bucket: string;
  /** Within the store. A query is not part of the copy's path. */
  readonly key: string;
  readonly store: ObjectStore;
  /** Whose values they are: 16 hex digits. */
  namespace(): Promise<string>;
  /** To whom edits belong until they are uploaded: the path's own object. @default this object */
  readonly owner?: object | undefined;
  /** Asked when there is no such object. @default whether any object is below `key/`, where the store lists */
  isDirectory?(options: AbortOptions): Promise<boolean>;
}

/** Which side may be overwritten. */
export interface CopyOptions extends AbortOptions {
  /** Throw away what was edited in the copy. @default of the client, else CLOUDPATHLIB_FORCE_OVERWRITE_FROM_CLOUD */
  forceOverwriteFromCloud?: boolean | undefined;
  /** Replace the object whatever it has become. @default of the client, else CLOUDPATHLIB_FORCE_OVERWRITE_TO_CLOUD */
  forceOverwriteToCloud?: boolean | undefined;
}

/** What an upload tells the store besides the bytes. What is left out stays as it is on the object that is replaced. */
export type WriteAbout = Pick<
  PutOptions,
  'contentType' | 'contentEncoding' | 'contentDisposition' | 'contentLanguage' | 'cacheControl' | 'storageClass' | 'metadata'
>;

/** How a copy is opened. */
export interface OpenCopyOptions extends CopyOptions {
  /** Of text. @default 'utf-8' */
  encoding?: string | undefined;
  /** Line ends, as Python's `newline`. @default null */
  newline?: string | null | undefined;
  /** For the upload at closing. */
  put?: WriteAbout | undefined;
}

/** A file on a disk, as a source. */
export interface DiskSource {
  readonly disk: Disk;
  /** Absolute. */
  readonly path: string;
}

/** How something is uploaded. */
export interface UploadCopyOptions extends CopyOptions {
  /**
   * What is there as far as the caller knows, `null` for nothing: only that is replaced. @default what the copy was made of when the copy
   * itself is uploaded, else what is there now
   */
  expected?: ObjectInfo | null | undefined;
  put?: WriteAbout | undefined;
  /** Prefer this size to counting, in bytes. */
  sizeBytes?: number | undefined;
}

/** What is cleared. */
export interface ClearCopiesOptions extends ClearCacheOptions {
  /** Only copies of these namespaces, whole or their first 8 digits. @default all */
  namespaces?: readonly string[] | undefined;
}

/** The copies of one client. Nothing is opened before the first call. */
export interface Copies {
  /**
   * Open an object as Python's `open` does, over its copy. What is written is uploaded when the handle is closed, under the condition that
   * the object is what it was at opening; when the handle is aborted nothing is.
   *
   * @throws CloudPathIsADirectoryError CloudPathFileNotFoundError CloudPathFileExistsError OverwriteDirtyFileError OverwriteNewerLocalError,
   *   and at closing OverwriteNewerCloudError; CloudError `InvalidArgument` for a mode that is none
   */
  open<const Mode extends string>(object: CloudObject, mode: Mode, options?: OpenCopyOptions): Promise<FileHandle<DataOf<Mode>>>;
  /**
   * Where the copy is, refreshed when there is an object.
   *
   * @throws OverwriteDirtyFileError OverwriteNewerLocalError InvalidConfigurationError: the mode is `off`
   */
  localPath(object: CloudObject, options?: CopyOptions): Promise<string>;
  /**
   * Replace the object by what is given, under the same condition as closing a handle does. The copy is in step afterwards when it was what
   * was uploaded, and else is fetched anew when it is next asked for.
   *
   * @throws OverwriteNewerCloudError
   */
  upload(object: CloudObject, source: Body | DiskSource, options?: UploadCopyOptions): Promise<ObjectInfo>;
  /** Whether a file on the disk of the copies is the one of this object. */
  holds(object: CloudObject, path: string): Promise<boolean>;
  /** Whether this path has edits that were not uploaded, those of its open handles included. */
  isDirty(object: CloudObject): boolean;
  /** Forget a copy, or all below a URL, after the objects went: what was edited stays. */
  drop(what: CloudObject | { readonly prefix: string }, options?: AbortOptions): Promise<void>;
  /** A path is not used any more: in mode `cloudpath_object` its copy goes, unless another path uses it or it was edited. */
  release(object: CloudObject): Promise<void>;
  /**
   * Remove copies.
   *
   * @returns how many went
   * @throws OverwriteDirtyFileError edits were not uploaded: they stayed, and all else went
   */
  clear(options?: ClearCopiesOptions): Promise<number>;
  /** How many copies there are, those of other clients in the same folder included, and their bytes. */
  stats(options?: AbortOptions): Promise<{ copies: number; copyBytes: number }>;
  /** End: in all modes but `persistent` the copies go, in so far as they were not edited. */
  close(): Promise<void>;
}
