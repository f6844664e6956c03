/**
 * Uploads that can be taken up again: what they are told, and what they tell.
 *
 * @module
 */
import type { SessionOptions } from '../store/session.ts';
import type { AbortOptions, ObjectStore, PutOptions, PutResult } from '../types.ts';

/**
 * What is uploaded: a Blob or File; the path of a file, of this machine's disk in Node, Bun and Deno and of the origin's own disk in pages (`file:///`
 * and `opfs:///` URLs too); or the handle of a file that the user chose.
 */
export type UploadSource = Blob | string | FileSystemFileHandle;

/** What a source is known again by. */
export interface Fingerprint {
  readonly sizeBytes: number;
  /** In ms since the epoch; 0 for a Blob that is no File. */
  readonly lastModified: number;
  /** SHA-256 of the first 64 KiB, hex. */
  readonly head: string;
  /** SHA-256 of the last 64 KiB, hex. */
  readonly tail: string;
}

/** Where a source is to be had again after a restart. `repick`: only the user can tell. */
export type SourceRef =
  | { readonly kind: 'file' | 'opfs'; readonly path: string }
  | { readonly kind: 'handle'; readonly handle: FileSystemFileHandle }
  | { readonly kind: 'repick' };

/** An upload that is not at its end. */
export interface PendingUpload {
  /** For {@link UploadJournal.resume}. */
  readonly id: string;
  /** The store's, without credentials. */
  readonly url: string;
  /** Within the store. */
  readonly key: string;
  readonly source: SourceRef;
  readonly fingerprint: Fingerprint;
  readonly begun: Date;
}

/** An upload as it is kept. */
export interface UploadRecord extends PendingUpload {
  /** Names it at the store. At GCS over bearer tokens it lets whoever has it write this object for a week. */
  readonly uploadId: string;
  readonly partBytes: number;
  /** What the object is to have. */
  readonly options: Omit<PutOptions, 'signal' | 'sizeBytes'>;
}

/** Where records are kept. All of it lasts once the promise has settled. */
export interface UploadRecords {
  list(): Promise<UploadRecord[]>;
  get(id: string): Promise<UploadRecord | undefined>;
  /** In place of one of the same id. */
  put(record: UploadRecord): Promise<void>;
  /** No error when it is not there. */
  remove(id: string): Promise<void>;
  /** Makes an upload this caller's alone. @returns what lets it go, or undefined when somebody else has it */
  hold(id: string): Promise<(() => Promise<void>) | undefined>;
}

/** How far an upload is. */
export interface UploadProgress {
  /** Bytes that the store has, those of an earlier start among them. */
  readonly sentBytes: number;
  readonly totalBytes: number;
  readonly parts: number;
  readonly totalParts: number;
}

/** One upload under way. */
export interface UploadJob {
  /** In the journal, where there is one. */
  readonly id: string;
  /**
   * The object, verified. Rejects with the signal's reason, with an AbortError after {@link pause} and {@link abort}, and with CloudErrors:
   * `ObjectChanged` the source is not what it was, or gone; `IntegrityError`; `PreconditionFailed`; what the store says.
   */
  readonly done: Promise<PutResult>;
  /** Stop sending and leave what is there, to be taken up by the journal. @throws CloudError `InvalidArgument` there is no journal */
  pause(): Promise<void>;
  /** End it: no object, nothing left at the store or in the journal, no further request. Rejects when the store could not be told. */
  abort(): Promise<void>;
  /** How far it is: what it is now, then each change, until its end. Who comes late misses nothing but the past. */
  readonly progress: AsyncIterable<UploadProgress>;
}

/** Options of `uploadFile`. */
export interface UploadFileOptions extends Omit<PutOptions, 'sizeBytes'> {
  /** Keep what it takes to go on after a restart. @default not kept: what fails leaves nothing at the store */
  journal?: UploadJournal | undefined;
  /** Size of a part, in bytes; more where 10,000 would not do. At least 5 MiB, rounded up to 256 KiB. @default 16 MiB, in pages 8 MiB */
  partBytes?: number | undefined;
  /** Parts in flight; each is in memory once. @default 4, in pages 3 */
  concurrency?: number | undefined;
}

/** Options of {@link UploadJournal.resume}, those of a client among them. */
export interface ResumeOptions extends AbortOptions, SessionOptions {
  /** @default the store of the URL that was kept, opened with the client of these options */
  store?: ObjectStore | undefined;
  concurrency?: number | undefined;
}

/** Uploads that were not at their end when their page or process was. */
export interface UploadJournal {
  readonly records: UploadRecords;
  list(): Promise<PendingUpload[]>;
  /**
   * Go on with an upload: the store is asked which parts it has, these are compared with the source, the others are sent.
   *
   * @param source needed where it is of kind `repick`. @default what the journal knows of it
   * @throws CloudError `NotFound` no such upload; `InvalidArgument` the file must be chosen again, or the store is another one;
   *   `PreconditionFailed` it is another file, or somebody else is at it; `PermissionDenied` the user has to allow it by a click
   */
  resume(id: string, source?: UploadSource, options?: ResumeOptions): Promise<UploadJob>;
  /** Give an upload up without its source: ends it at the store, then forgets it. @throws CloudError `PreconditionFailed` somebody is at it */
  abort(id: string, options?: ResumeOptions): Promise<void>;
  /** Take it out of the journal and leave what is at the store, where rules of the bucket may clean up. */
  forget(id: string): Promise<void>;
}
