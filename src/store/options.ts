/**
 * What a Client and every free function can be told.
 *
 * @module
 */
import type { CloudError } from '../errors.ts';
import type { TransportTimeouts } from '../transport/compose.ts';
import type { RequestEvent, TransportStats } from '../transport/observe.ts';
import type { RetryOptions } from '../transport/retry.ts';
import type { CacheOptions, Clock, Credentials, CredentialsProvider } from '../types.ts';

/** Credentials for everything, or by protocol (`s3`, `gs`, `http`) or bucket (`s3://name`); the most exact entry wins. */
export type CredentialsOption =
  | Credentials
  | CredentialsProvider
  | { readonly [protocolOrBucket: string]: Credentials | CredentialsProvider };

/** Progress of a call over many files. */
export interface ProgressEvent {
  operation: string;
  path: string;
  doneFiles: number;
  totalFiles?: number | undefined;
  doneBytes: number;
}

/** Options of {@link Client}, and of every function that makes one on its own. */
export interface ClientOptions {
  /** In Node the default is looked up when first needed; in browsers it is `'anonymous'`. */
  credentials?: CredentialsOption | undefined;
  /** Of an S3 or GCS service, e.g. `http://127.0.0.1:9000`. */
  endpoint?: string | undefined;
  /** @default from the environment, else `us-east-1`; learnt when the bucket is elsewhere */
  region?: string | undefined;
  /** `/bucket/key` instead of a host per bucket. @default true for an endpoint of one's own */
  forcePathStyle?: boolean | undefined;
  /** Requests in flight at one host. @default 32 */
  concurrency?: number | undefined;
  retry?: RetryOptions | undefined;
  timeouts?: TransportTimeouts | undefined;
  /** Used for every request instead of the runtime's own transport. */
  fetch?: typeof globalThis.fetch | undefined;
  /** @default Date.now */
  clock?: Clock | undefined;
  /** Keep what was fetched; nothing is kept without it but copies of CloudPaths, until the client is closed. */
  cache?: CacheOptions | undefined;
  /** Names for S3 endpoints: `{ lab: 's3://https://s3.lab.example/' }`. */
  aliases?: Record<string, string> | undefined;
  /** S3: `requester`; GCS: the project to bill. */
  requestPayer?: string | undefined;
  /** Send requests unsigned: public objects. @default false */
  noSignRequest?: boolean | undefined;
  /** Read s3:// and gs:// through their public https addresses, unsigned. @default false */
  useHttps?: boolean | undefined;
  /**
   * Change nothing: requests other than GET and HEAD are refused by the transport with `NotSupported` before anything is sent, and so is every
   * write to disks, memory and OPFS. The cache and temporary working copies are still kept. @default false
   */
  readOnly?: boolean | undefined;
  progress?: boolean | ((event: ProgressEvent) => void) | undefined;
  onRequest?: ((event: RequestEvent) => void) | undefined;
  /** Told what is odd and no error, as a malformed `.octue` file. @default console.warn */
  onWarning?: ((warning: CloudError) => void) | undefined;
  limits?:
    | {
        maxDecodedBytes?: number | undefined;
        maxFullDownloadBytes?: number | undefined;
        /**
         * Most bytes that transfers, uploads in parts and bodies of streams hold in memory at a time, together; what is decoded counts twice. Large
         * files wait for one another's parts to be sent, small ones (1 MiB) have an eighth for themselves. A single part that is larger goes
         * alone. Whole bodies that a caller gives or is given are his. @default 134217728
         */
        maxInFlightBytes?: number | undefined;
      }
    | undefined;
  /** AWS profile, for the default chain. */
  profile?: string | undefined;
}

export type { RequestEvent, RetryOptions, TransportTimeouts as TimeoutOptions, TransportStats as ClientStats };
