/**
 * What CloudPath takes and gives. Types only, no code.
 *
 * @module
 */
import type { AbortOptions } from '../types.ts';
import type { CopyOptions } from './copies/types.ts';
import type { OverwriteOptions } from './options.ts';
import type { AboutObject } from './upload.ts';

/** What is known of a file. */
export interface PathStat {
  /** Of the stored bytes. */
  sizeBytes: number;
  /** When it was last changed; absent where the store does not tell. */
  mtime: Date | undefined;
  /** As the store sends it, quotes included. */
  etag: string | undefined;
  /** Of GCS, decimal. */
  generation: string | undefined;
}

/** What a path is, as it was when it was asked for. */
export interface PathInfo {
  exists: boolean;
  isFile: boolean;
  isDir: boolean;
}

/** Options of calls that a path out of a listing can answer by itself. */
export interface FreshOptions extends AbortOptions {
  /** Ask the store also where a listing told it. @default false */
  fresh?: boolean | undefined;
}

/** Options of reading text. */
export interface ReadTextOptions extends CopyOptions {
  /** `utf-8`, `latin-1`, `utf-16` …, as `open` takes it. @default 'utf-8' */
  encoding?: string | undefined;
  /** Line ends, as Python's `newline`: `null`, `''`, `'\n'`, `'\r'` or `'\r\n'`. @default null */
  newline?: string | null | undefined;
}

/** Options of opening. What is told of the object counts when it is written. */
export interface OpenPathOptions extends ReadTextOptions, AboutObject {}

/** Options of copying a directory. */
export interface CopyTreeOptions extends OverwriteOptions {
  /** Told a directory, relative to the one that is copied (`''` or `sub/`), and the names in it; gives those that are left out. */
  ignore?: ((folder: string, names: readonly string[]) => Iterable<string> | Promise<Iterable<string>>) | undefined;
}
