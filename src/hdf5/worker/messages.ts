/**
 * What a page and a worker tell each other of HDF5 files. Types only, but for the protocol's name.
 *
 * @module
 */
import type { ErrorCode } from '../../errors.ts';
import type { Protocol } from '../../rpc/messages.ts';
import type { Wire } from '../../rpc/wire.ts';
import type { Hdf5Range } from '../values/selection.ts';
import type { Hdf5Type, Hdf5Value, Hdf5Values } from '../values/type.ts';
import type { Hdf5Dataset } from '../file/dataset.ts';
import type { Hdf5Stats } from '../file/file.ts';
import type { WalkOptions } from '../file/walk.ts';
import type { ChunkPlace } from '../layout/types.ts';
import type { ByteRange } from '../types.ts';
import type { PackedValues } from './packed-values.ts';

/** What HDF5's connections are called. */
export const PROTOCOL: Protocol = { anyfile: 'hdf5', protocol: 1 };

/** A source that the page reads. */
export interface PostedReader {
  readonly id: number;
  readonly byteLength: number;
  readonly name?: string | undefined;
  readonly stats?: SourceStats | undefined;
  /** Whether there are files beside it. */
  readonly hasSiblings: boolean;
}

/** What a source was asked so far. */
export interface SourceStats {
  readonly requests: number;
  readonly bytesFetched: number;
  readonly rounds: number;
}

/** What a file is read by. */
export type PostedSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'blob'; readonly blob: Blob }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'reader'; readonly reader: PostedReader };

/** Names and values: in a copy of an object a name could be taken for something that objects have. */
export type PackedAttributes = PackedValues<[name: string, value: Hdf5Value][]>;

/** Why something cannot be read. */
export interface PostedReason {
  readonly name: string;
  readonly message: string;
  readonly code: ErrorCode;
  readonly detail?: string | undefined;
}

/** What stands at a path, without its values. */
export type PostedItem = (
  | { readonly kind: 'group'; readonly path: string }
  | ({ readonly kind: 'dataset' } & Pick<Hdf5Dataset, 'path' | 'shape' | 'maxShape' | 'chunks' | 'dtype' | 'type' | 'filters'>)
  | { readonly kind: 'datatype'; readonly path: string; readonly dtype: string; readonly type: Hdf5Type }
  | { readonly kind: 'link'; readonly path: string; readonly target: string; readonly file: string | undefined }
  | { readonly kind: 'unreadable'; readonly path: string; readonly error: PostedReason }
) & {
  /** Where they came along. */
  readonly attributes?: PackedAttributes | undefined;
};

/** What the worker does for a page, by name: what it is given, and what it answers. */
export interface WorkerCalls {
  /** Numbers of files are the page's: it can close one that it does not wait for any more. */
  open: [{ file: number; source: PostedSource; options: Wire; client: string | undefined }, { byteLength: number }];
  close: [{ file: number }, void];
  closeAll: [object, void];
  keys: [{ file: number; path: string }, string[]];
  get: [{ file: number; path: string }, PostedItem | null];
  /** Of one name, or all: names and values. */
  attributes: [{ file: number; path: string; name?: string | undefined }, PackedAttributes];
  read: [{ file: number; path: string; as: 'records' | 'columns' | undefined }, PackedValues<Hdf5Value>];
  slice: [{ file: number; path: string; ranges: readonly Hdf5Range[]; as: 'records' | 'columns' | undefined }, PackedValues<Hdf5Values>];
  chunkMap: [{ file: number; path: string; ranges: readonly Hdf5Range[] }, readonly ChunkPlace[]];
  dereference: [{ file: number; kind: 'object' | 'region'; bytes: Uint8Array<ArrayBuffer> }, PostedTarget];
  /** The next objects of a walk, which begins with the first call. */
  walk: [
    { file: number; walk: number; path: string } & Pick<WalkOptions, 'attributes' | 'depth'>,
    { items: (readonly [string, PostedItem])[]; done: boolean },
  ];
  endWalk: [{ file: number; walk: number }, void];
}

/** What a reference leads to. */
export interface PostedTarget {
  readonly item: PostedItem;
  readonly region?: { readonly shape: readonly number[]; readonly values: PackedValues<Hdf5Values> } | undefined;
}

/** What the page does for a worker. */
export interface PageCalls {
  /** Calls a function of the options. */
  ask: [{ file: number; id: number; args: Wire[] }, Wire];
  tell: [{ file: number; id: number; args: Wire[] }, void];
  read: [{ file: number; id: number; ranges: readonly ByteRange[] }, { pieces: Uint8Array[]; stats?: SourceStats | undefined }];
  sibling: [{ file: number; id: number; name: string }, PostedReader | null];
  closeReader: [{ file: number; id: number }, void];
}

/** Every answer of the worker: beside what was asked for what the file has done. */
export interface WithStats<T> {
  readonly value: T;
  readonly stats?: Hdf5Stats | undefined;
}
