/**
 * What a page and the client in a worker tell each other. Types only, but for the protocol's name.
 *
 * @module
 */
import type { DiagnosisCheck } from '../diagnose/types.ts';
import type { Protocol } from '../rpc/messages.ts';
import type { PackedError } from '../rpc/packed-error.ts';
import type { Wire } from '../rpc/wire.ts';
import type { ClientStats } from '../store/options.ts';
import type { CacheStats, ListPage, Location, ObjectInfo, OpenUpload, PutResult, SentPartResult, UploadedPart } from '../types.ts';
import type { PostedOptions } from './posted-options.ts';

/** What a client's connections are called. */
export const PROTOCOL: Protocol = { anyfile: 'client', protocol: 1 };

/** A store: its URL, by which the worker finds it again, and what that says. */
export interface Place {
  readonly url: string;
  readonly location: Location;
}

/** Which bodies arrive as stored in the worker, by service, which stores say as a capability. */
export type StoredBytes = Readonly<Record<'s3' | 'gs' | 'http' | 'https', boolean>>;

/** An opened object. Its body stays in the worker until it is pulled. */
export interface PostedResult {
  readonly info: ObjectInfo;
  readonly range: { start: number; end: number };
  readonly totalBytes: number;
}

/** Bytes of a body, `null` at its end, and what is known of the body by now. */
export interface PostedBytes {
  readonly bytes: Uint8Array<ArrayBuffer> | null;
  readonly verified: boolean;
  readonly decoded: boolean;
}

/** What is written. Of a stream the page keeps what it is, and gives its chunks when it is asked for them. */
export type PostedBody =
  | { readonly kind: 'whole'; readonly body: Uint8Array<ArrayBuffer> | Blob }
  | { readonly kind: 'stream'; readonly id: number };

/** What an object is to become. */
export interface PostedContent {
  readonly id: number;
  readonly sizeBytes: number;
  readonly changed: readonly { readonly start: number; readonly end: number }[];
}

/** An error of one key. */
export interface PostedDelete {
  readonly deleted: string[];
  readonly errors: { readonly key: string; readonly error: PackedError }[];
}

/** Methods of a store that are given data and answer with data. */
export interface PlainCalls {
  head: [[key: string], ObjectInfo | null];
  copy: [[from: string, to: string], PutResult | null];
  setMetadata: [[key: string, metadata: Record<string, string>], PutResult | null];
  signUrl: [[key: string], string];
  touch: [[key: string], boolean];
  isFolder: [[key: string], boolean];
}

/** Methods of an upload in parts. */
export interface UploadCalls {
  listParts: [[], UploadedPart[]];
  sendPart: [[number: number, bytes: Uint8Array<ArrayBuffer>, blob: Blob | undefined], SentPartResult];
  complete: [[], PutResult];
  abort: [[], void];
}

type WithOptions = { readonly options: PostedOptions };
/** Numbers are the page's: it can let go of what it does not wait for any more. */
type WithId = { readonly id: number };

/** What the worker does for a page, by name: what it is given, and what it answers. */
export interface WorkerCalls {
  open: [{ options: Wire }, StoredBytes];
  plain: [{ place: Place; name: keyof PlainCalls; args: readonly unknown[] } & WithOptions, unknown];
  get: [{ place: Place; key: string } & WithId & WithOptions, PostedResult | null];
  pull: [WithId, PostedBytes];
  bytes: [WithId, PostedBytes];
  put: [{ place: Place; key: string; body: PostedBody } & WithOptions, PutResult];
  delete: [{ place: Place; keys: string | readonly string[] } & WithOptions, PostedDelete];
  rewrite: [{ place: Place; key: string; content: PostedContent } & WithOptions, PutResult];
  /** The next page, `null` behind the last; a listing begins with its first call. */
  page: [{ place: Place; name: 'list' | 'listUploads' } & WithId & WithOptions, ListPage | OpenUpload[] | null];
  multipart: [{ place: Place; key: string } & WithId & WithOptions, { key: string; id: string; inOrder: boolean }];
  upload: [{ name: keyof UploadCalls; args: readonly unknown[] } & WithId & WithOptions, unknown];
  /** Lets go of a body, a listing or an upload; a body and a listing end. */
  release: [{ reason?: PackedError | undefined } & WithId, void];
  stats: [object, ClientStats];
  cacheStats: [object, CacheStats];
  clearCache: [{ prefix: string | undefined; discardUnsaved: boolean | undefined }, number];
  diagnose: [{ url: string; origin: string | undefined; write: boolean | undefined }, DiagnosisCheck[]];
  held: [object, { calls: number; bodies: number }];
  close: [object, void];
}

/** What the page does for a worker. */
export interface PageCalls {
  /** Calls a function of the options. */
  ask: [{ id: number; args: Wire[] }, Wire];
  tell: [{ id: number; args: Wire[] }, void];
  /** The next chunk of a body, `null` at its end. */
  chunk: [WithId, Uint8Array<ArrayBuffer> | null];
  /** The body is not wanted any more. */
  stop: [WithId, void];
  content: [{ start: number; end: number } & WithId, Uint8Array<ArrayBuffer>];
}
