/**
 * anyfile: one file API for S3, GCS, the web, the local disk, the browser's own disk and memory.
 *
 * @example
 * const files = new CloudFiles('s3://bucket/data', { credentials, region: 'eu-central-1' });
 * const bytes = await files.get('a.csv'); // Uint8Array, or null when it is missing
 *
 * @module
 */
export { addAlias, listAliases, removeAlias } from './aliases.ts';
export { Client } from './client.ts';
export { CloudError, isCloudError, redactUrl, type CloudErrorInit, type ErrorCode } from './errors.ts';
export type { Encoding, EncodingOption } from './encoding/names.ts';
export { CloudFile } from './files/cloud-file.ts';
export { CloudFiles, type CloudFilesOptions } from './files/cloud-files.ts';
export { dl, type DlItem, type DlOptions, type DlRecord } from './files/dl.ts';
export type { TransferItem, TransferOptions } from './files/transfer.ts';
export type {
  FileHead,
  FileRecord,
  GetFilesOptions,
  GetItem,
  ListFilesOptions,
  ManyOptions,
  PutFilesOptions,
  PutItem,
} from './files/types.ts';
export { openStore } from './store/open.ts';
export type {
  ClientOptions,
  ClientStats,
  CredentialsOption,
  ProgressEvent,
  RequestEvent,
  RetryOptions,
  TimeoutOptions,
} from './store/options.ts';
export type { SessionOptions } from './store/session.ts';
export { withPrefix } from './store/wrap/prefix.ts';
export { withReadonly } from './store/wrap/readonly.ts';
export type * from './types.ts';
export { createAliases, type AliasEntry, type Aliases, type AliasOptions } from './url/aliases.ts';
export { formatUrl, toHttps } from './url/format.ts';
export { parseUrl, type AliasTable, type ParseUrlOptions } from './url/parse.ts';
