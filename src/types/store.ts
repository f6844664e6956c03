/**
 * Stores: what they are asked, and what they answer. Types only, no code.
 *
 * @module
 */
import type { AbortOptions, Body, ByteRange } from './basic.ts';
import type { ListUploadsOptions, MultipartOptions, MultipartUpload, OpenUpload } from './uploads.ts';

/** What a store knows of an object. Absent where the store does not say. */
export interface ObjectInfo {
  key: string;
  /** Stored bytes. */
  sizeBytes: number;
  /** As sent, quotes and `W/` included. */
  etag?: string | undefined;
  /** GCS generation, decimal. */
  generation?: string | undefined;
  /** GCS metageneration, decimal: which version of the metadata it is, counted within the generation. */
  metageneration?: string | undefined;
  /** S3 version id. */
  versionId?: string | undefined;
  /** Base64. */
  md5?: string | undefined;
  /** Base64 of the big-endian value. */
  crc32c?: string | undefined;
  lastModified?: Date | undefined;
  contentType?: string | undefined;
  contentEncoding?: string | undefined;
  contentDisposition?: string | undefined;
  contentLanguage?: string | undefined;
  cacheControl?: string | undefined;
  storageClass?: string | undefined;
  /** User metadata; names lower-case on S3. */
  metadata: Record<string, string>;
  /** Number of parts or components, where the store tells. */
  parts?: number | undefined;
}

/** What a read is told. */
export interface GetOptions extends AbortOptions {
  range?: ByteRange | undefined;
  /** An ETag (or a GCS generation, digits only): else PreconditionFailed. */
  ifMatch?: string | undefined;
  /** An ETag: an equal one rejects with NotModified. */
  ifNoneMatch?: string | undefined;
  /** A GCS generation or an S3 version id. */
  version?: string | undefined;
  /**
   * Bytes as stored, not decoded. Stores never decode by themselves where the runtime lets them; see `capabilities.storedBytes`. Where that
   * is `signed` the answer hides how they are encoded: an explicit `true` asks for it beside the read (one HEAD more), left out
   * `contentEncoding` is absent. @default true, without the HEAD
   */
  storedBytes?: boolean | undefined;
  /** Check whole-object reads against the store's checksum. @default true */
  verify?: boolean | undefined;
  /**
   * Size of the uploaded parts, for stores that tell only a checksum of the parts' checksums (an ETag `hash-N`). If it makes N parts a mismatch
   * is an IntegrityError; a guess proves nothing. @default guessed: the size over N, rounded up to 1 MiB, 16, 8 and 15 MiB
   */
  partSizeBytes?: number | undefined;
  /**
   * What the object is known to be at this moment, as a listing or `head` told it. A cached copy of that version is handed out without a
   * request, and a read is pinned to it: another version rejects with PreconditionFailed.
   */
  expected?: ObjectInfo | undefined;
  /**
   * What a cache does, where the client has one. `default`: as its options say. `read-only`: what is kept is used, nothing more is kept.
   * `reload`: what is kept is not used, but replaced. `bypass`: neither. @default 'default'
   */
  cache?: 'default' | 'read-only' | 'reload' | 'bypass' | undefined;
  /**
   * What a cache hands out beside kept bytes where a service's "not modified" does not tell whether metadata changed alone (versitygw's does
   * not). `exact`: what the object has now, for which its first byte is read instead. `kept`: what came with the bytes, as HTTP caches do.
   *
   * @default 'exact'
   */
  metadata?: 'exact' | 'kept' | undefined;
}

/** One opened object. The body is lazy: read it once, or dispose of it. */
export interface GetResult extends ObjectInfo, AsyncDisposable {
  /** What this body covers, `end` exclusive. */
  range: { start: number; end: number };
  /** Size of the whole object. */
  totalBytes: number;
  /** True once every byte was read and its checksum held; false where there is none, and for ranges that are not all of the object. */
  readonly verified: boolean;
  /** True where the platform undid Content-Encoding: these are not the stored bytes. */
  readonly decoded: boolean;
  /**
   * The bytes as they come, before they are verified: a stream whose checksum does not hold errors with IntegrityError at its end instead of
   * closing. Whoever keeps the bytes must wait for the end.
   */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
  /**
   * All bytes, verified. What does not have its checksum is read once more, then rejects with IntegrityError; so do `text` and `json`.
   *
   * @param into an array of just the size of the range, that may be filled and handed out instead of a new one, which spares memory where many are read;
   * it is to be left alone until then, and when this rejects also afterwards. @default a new array
   */
  bytes(into?: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  text(): Promise<string>;
  json(): Promise<unknown>;
}

/** What a write is told. */
export interface PutOptions extends AbortOptions {
  contentType?: string | undefined;
  contentEncoding?: string | undefined;
  contentDisposition?: string | undefined;
  contentLanguage?: string | undefined;
  cacheControl?: string | undefined;
  storageClass?: string | undefined;
  metadata?: Record<string, string> | undefined;
  /** Replace only this version (ETag, or GCS generation). */
  ifMatch?: string | undefined;
  /** GCS: replace only this version of the metadata, decimal; goes with a generation in `ifMatch`. Ignored by all other stores. */
  ifMetagenerationMatch?: string | undefined;
  /** Write only where nothing is. Rejects with PreconditionFailed. */
  ifAbsent?: boolean | undefined;
  /** Size of a stream body, when known: spares buffering. */
  sizeBytes?: number | undefined;
  /**
   * Prefer this checksum where the service takes several, so that it is stored with the object and `head` tells it. Only AWS is such a
   * service: others send the one that they take. @default the service's best, at AWS CRC64NVME
   */
  checksum?: 'crc32c' | undefined;
  /**
   * Disks: wait until the bytes are on the disk itself and outlast a power cut. Without it a file is whole or absent whatever becomes of the
   * process. Ignored by all other stores. @default true
   */
  durable?: boolean | undefined;
  /**
   * A body of bytes is given away. Disks may send its buffer to another thread without copying it, and it is empty afterwards. A function gives away all of
   * its buffer, what lies beside the bytes too, and stores that know when nobody reads it any more call it then, with the bytes, where the write went
   * well. @default false
   */
  giveAway?: boolean | ((spare: Uint8Array<ArrayBuffer>) => void) | undefined;
}

/** What a write tells. */
export interface PutResult extends Pick<ObjectInfo, 'key' | 'etag' | 'generation' | 'metageneration' | 'versionId' | 'md5' | 'crc32c'> {
  /** Absent after a copy, which does not tell. */
  sizeBytes?: number | undefined;
}

/** What an object is to become: bytes that are at hand, most of which the object has at the same places. */
export interface RewriteContent {
  readonly sizeBytes: number;
  /** What is not as in the object, in order and apart from one another; all behind the object's end is. */
  readonly changed: readonly { readonly start: number; readonly end: number }[];
  /** Bytes [start, end), a buffer of their own. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** What a delete is told. */
export interface DeleteOptions extends AbortOptions {
  /** Delete only this version; single keys only. */
  ifMatch?: string | undefined;
}

/** What a delete tells. */
export interface DeleteResult {
  /** Keys that are not there any more, whether they were there or not. */
  deleted: string[];
  /** Keys that could not be deleted, each with its reason. */
  errors: { key: string; error: Error }[];
}

/** What a listing is told. */
export interface ListOptions extends AbortOptions {
  /** Textual, not a directory. */
  prefix?: string | undefined;
  /** Fold keys at this text behind the prefix; usually `/`. */
  delimiter?: string | undefined;
  /** Only keys after this one, in code-point order of UTF-8. */
  startAfter?: string | undefined;
  /** At most 1,000. @default 1000 */
  pageSize?: number | undefined;
}

/** One page of a listing. */
export interface ListPage {
  objects: ObjectInfo[];
  /** Folded prefixes, with the delimiter. */
  prefixes: string[];
  /** True when the objects' user metadata are told; else `metadata` is empty whatever they have. */
  hasMetadata?: boolean | undefined;
}

/** What a copy within a store is told. */
export interface CopyOptions extends AbortOptions {
  /** Replaces the metadata instead of carrying it over. */
  metadata?: Record<string, string> | undefined;
  /** Copy only this version of the source (ETag, or GCS generation). */
  ifMatch?: string | undefined;
  /** Copy only to where nothing is. */
  ifAbsent?: boolean | undefined;
  /**
   * The bucket of the source, of the same service and read with the same credentials; the source's key is then all of it, whatever prefix this store
   * has. For s3 and gs.
   *
   * @default this store's own
   */
  fromBucket?: string | undefined;
  /** What a `head` told of the source just now: needed for what is above 5 GiB in another bucket of S3, of which parts are copied. */
  source?: ObjectInfo | undefined;
}

/** What a change of an object's metadata is told. */
export interface SetMetadataOptions extends AbortOptions {
  /** What the object is taken to be, as `head`, `get` or a listing told it: where it is another by now, content or metadata, nothing changes. */
  expected?: ObjectInfo | undefined;
}

/** What a signed URL is for. */
export interface SignUrlOptions extends AbortOptions {
  method?: 'GET' | 'PUT' | 'DELETE' | 'HEAD' | 'LIST' | 'PART' | undefined;
  /** @default 3_600_000 */
  expiresInMs?: number | undefined;
  /** Public host in place of the endpoint's. */
  host?: string | undefined;
  /** For PART. */
  uploadId?: string | undefined;
  partNumber?: number | undefined;
  /** Extra query parameters, signed. For LIST: prefix, delimiter, … */
  query?: Record<string, string> | undefined;
  /** Headers that the caller promises to send, signed. */
  headers?: Record<string, string> | undefined;
}

/** What a driver can do, as data. */
export interface Capabilities {
  read: boolean;
  write: boolean;
  list: boolean;
  ranges: boolean;
  /** Bytes arrive as stored, whatever Content-Encoding says. `signed`: only on signed requests. */
  storedBytes: boolean | 'signed';
  /** put and delete by ifMatch and ifAbsent. */
  conditionalWrites: boolean;
  conditionalReads: boolean;
  metadata: boolean;
  copy: boolean;
  signUrl: boolean;
  multipart: boolean;
  /** Content-Type, Cache-Control and the like are kept. */
  headers: boolean;
  /** `a` and `a/b` may both be objects. */
  keysAsPrefixes: boolean;
}

/** Few methods, one meaning in every store. Keys are `/`-separated, without a leading slash. */
export interface ObjectStore {
  /** For people and for joins; holds no secret. */
  readonly url: string;
  readonly capabilities: Capabilities;
  /** `null` when there is no such object. */
  get(key: string, options?: GetOptions): Promise<GetResult | null>;
  head(key: string, options?: AbortOptions & { version?: string | undefined }): Promise<ObjectInfo | null>;
  put(key: string, body: Body, options?: PutOptions): Promise<PutResult>;
  delete(keys: string | readonly string[], options?: DeleteOptions): Promise<DeleteResult>;
  /**
   * Replaces the version `ifMatch` of an object by one that is the same in most places. What did not change, in stretches of at least 5 MiB, is
   * copied on the server and not sent; where nothing can be, all is sent. All or nothing, and under the condition, as `put`. Absent where `put` is as good.
   *
   * @throws CloudError `PreconditionFailed` and what else `put` does
   */
  rewrite?(key: string, content: RewriteContent, options: PutOptions & { ifMatch: string }): Promise<PutResult>;
  list(options?: ListOptions): AsyncIterable<ListPage>;
  /** Within this store. `null` when the source is missing. */
  copy?(from: string, to: string, options?: CopyOptions): Promise<PutResult | null>;
  /**
   * Replace an object's user metadata; its bytes, Content-Type and the like and storage class stay. `null` when there is no such object.
   * Absent where objects have no metadata (`capabilities.metadata` is false).
   *
   * Read, change, write again without losing what others write meanwhile: pass what was read as `expected`, and begin anew on
   * `PreconditionFailed`. GCS numbers the versions of the metadata and compares the number. S3 numbers nothing, and its ETags tell only of the
   * bytes: there what is left is the time of the last change, in whole seconds. So the driver waits (a second at most, only for an object
   * changed just now) until any later write has a later time, looks that the object is still as expected, and has the service
   * replace it on condition that it was not modified since. S3 does not look at the condition and write in one step, so two changes at the very
   * same moment may both be let through: a last look, a moment later, tells the one that was overwritten. What no look can tell is
   * another's copy that takes longer than that moment (150 ms, or twice as long as one's own, up to 500 ms). On S3 the object is copied onto
   * itself: ACLs are not kept, and a page must be shown its headers (cors.expose).
   *
   * @throws CloudError `PreconditionFailed`; `InvalidArgument` when `expected` says nothing to compare; `NotSupported` for more than a
   *   service copies at once (S3: 5 GiB)
   */
  setMetadata?(key: string, metadata: Record<string, string>, options?: SetMetadataOptions): Promise<PutResult | null>;
  signUrl?(key: string, options?: SignUrlOptions): Promise<string>;
  /**
   * Begin an upload in parts, or take one up again by its id. Absent where there is none (`capabilities.multipart` is false). What is begun stays at
   * the service, and is paid for, until it is completed or aborted: `uploadFile` sees to that. An abort while it is begun waits up to five
   * seconds for the answer and ends the upload.
   *
   * @throws CloudError `NotSupported` the service has none
   */
  multipart?(key: string, options?: MultipartOptions): Promise<MultipartUpload>;
  /** Uploads that were begun and neither completed nor aborted, whoever began them. @throws CloudError `NotSupported` the service does not tell */
  listUploads?(options?: ListUploadsOptions): AsyncIterable<OpenUpload[]>;
  /** Disks only: set the modification time to now. False when there is no such file. */
  touch?(key: string, options?: AbortOptions): Promise<boolean>;
  /** Disks only: whether there is such a folder, empty or not. */
  isFolder?(key: string, options?: AbortOptions): Promise<boolean>;
}
