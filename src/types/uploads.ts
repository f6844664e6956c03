/**
 * Uploads in parts, as stores know them. Types only, no code.
 *
 * @module
 */
import type { AbortOptions } from './basic.ts';
import type { PutOptions, PutResult } from './store.ts';

/** What an upload in parts is begun or taken up again with. The conditions hold when it is completed. */
export interface MultipartOptions extends PutOptions {
  /** Take up the upload of this id, as {@link MultipartUpload.id} told it: nothing is sent. @default a new one is begun */
  id?: string | undefined;
  /** Size of all parts but the last, in bytes: needed where parts go in order, to tell which are there. */
  partBytes?: number | undefined;
}

/** A part that a store has. */
export interface UploadedPart {
  /** From 1 on. */
  readonly number: number;
  readonly sizeBytes: number;
  /** As sent; absent where parts have none. */
  readonly etag?: string | undefined;
  /** Base64, of this part's bytes. */
  readonly crc32c?: string | undefined;
  /** Base64, of this part's bytes. */
  readonly crc64nvme?: string | undefined;
}

/** How a part is sent. */
export interface SendPartOptions extends AbortOptions {
  /**
   * What the store has of this part, as {@link MultipartUpload.listParts} told it. These very bytes are not sent again; others reject with
   * `ObjectChanged`; where nothing tells which, they are sent.
   */
  stored?: UploadedPart | undefined;
  /**
   * The same bytes, to be handed to the platform in their place: a page's `fetch` copies bytes and keeps the copy for long, of a file's Blob it keeps
   * none. Should it be of other bytes by then the service refuses them, since the checksum is that of `bytes`.
   */
  blob?: Blob | undefined;
}

/** A buffer that a client lends for a part. */
export interface PartBuffer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /**
   * Gives it back; only the first call counts.
   *
   * @param spare what others may fill: nobody reads it any more; `null` for nothing. @default the buffer
   */
  release(spare?: Uint8Array<ArrayBuffer> | null): void;
}

/** What became of a part. */
export interface SentPartResult extends UploadedPart {
  /** False when the store had it. */
  readonly sent: boolean;
}

/**
 * An upload in parts that is under way: nothing of it is seen until it is completed. Each part is tried as often as the client's options say, with a
 * checksum beside it.
 */
export interface MultipartUpload {
  readonly key: string;
  /** With the key what it takes to take the upload up again. Where parts go in order, whoever knows it may write this object. */
  readonly id: string;
  /** Parts have to be sent one after another, from the first on. */
  readonly inOrder: boolean;
  /**
   * A buffer for a part, with anything in it: waits while the client holds as many bytes as it may (`limits.maxInFlightBytes`). To be released when
   * the part was sent, and whoever has one waits for nothing else but that. Absent where the client is in another thread.
   */
  buffer?(sizeBytes: number, options?: AbortOptions): Promise<PartBuffer>;
  /** What the store has, in order. @throws CloudError `NotFound`: no such upload, or not any more */
  listParts(options?: AbortOptions): Promise<UploadedPart[]>;
  /**
   * Send one part.
   *
   * @param number from 1 to 10,000
   * @param bytes at least 5 MiB but in the last part; left alone until it has settled
   * @throws CloudError `IntegrityError` other bytes arrived; `ObjectChanged` see `stored`
   */
  sendPart(number: number, bytes: Uint8Array, options?: SendPartOptions): Promise<SentPartResult>;
  /**
   * Make the object of parts 1 to n, all of which {@link sendPart} was told of, and hold the store to their checksums. An abort waits up to five
   * seconds for what is on its way, and takes the object away again unless it replaced the version `ifMatch`.
   *
   * @throws CloudError `PreconditionFailed`; `IntegrityError` the store made something else of it; `InvalidArgument` a part is missing
   */
  complete(options?: AbortOptions): Promise<PutResult>;
  /** End it: parts on their way are cut off, and all that was stored is thrown away. More than once does no harm. */
  abort(options?: AbortOptions): Promise<void>;
}

/** An upload that was begun and neither completed nor aborted. */
export interface OpenUpload {
  readonly key: string;
  readonly id: string;
  readonly begun?: Date | undefined;
}

/** Which uploads are listed. */
export interface ListUploadsOptions extends AbortOptions {
  /** Of their keys. */
  prefix?: string | undefined;
}
