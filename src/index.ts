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
export { anyPath } from './cloudpath/any-path.ts';
export type { AsUrlOptions } from './cloudpath/as-url.ts';
export { CloudPath } from './cloudpath/cloud-path.ts';
export {
  AnyPathTypeError,
  ClientMismatchError,
  CloudPathError,
  CloudPathFileExistsError,
  CloudPathFileNotFoundError,
  CloudPathIsADirectoryError,
  CloudPathNotADirectoryError,
  CloudPathNotExistsError,
  CloudPathNotImplementedError,
  DirectoryNotEmptyError,
  InvalidConfigurationError,
  InvalidGlobArgumentsError,
  InvalidPrefixError,
  NoStatError,
  OverwriteDirtyFileError,
  OverwriteNewerCloudError,
  OverwriteNewerLocalError,
} from './cloudpath/errors.ts';
export type { GlobOptions } from './cloudpath/glob.ts';
export type { OverwriteOptions } from './cloudpath/options.ts';
export type { CopyTreeOptions, FreshOptions, OpenPathOptions, PathInfo, PathStat, ReadTextOptions } from './cloudpath/path-types.ts';
export { PureCloudPath, type MatchOptions, type PureCloudPathOptions } from './cloudpath/pure-path.ts';
export type { UploadFromOptions } from './cloudpath/upload.ts';
export type { WalkOptions } from './cloudpath/walk.ts';
export {
  ConflictError,
  CloudLocationNotSpecifiedError,
  FileExistsError,
  FileNotFoundError,
  LocalLocationNotSpecifiedError,
  ReadOnlyResourceError,
} from './data/errors.ts';
export { PyDateTime, compareDateTimes, type DateTimeFields } from './data/date-time.ts';
export { parseDateTime } from './data/date-time-parse.ts';
export type { Datafile } from './data/datafile/datafile.ts';
export type { DatafileUrlOptions, MetadataOptions } from './data/datafile/options.ts';
export { deserialiseDatafile, openDatafile, type DatafileOptions } from './data/datafile/open-datafile.ts';
export type { SaveOptions } from './data/datafile/edit-content.ts';
export type { OpenFileOptions } from './data/datafile/open-file.ts';
export type { DatafileHdf5Options } from './data/datafile/open-hdf5.ts';
export type { DatafileHdf5WriteOptions } from './data/datafile/write-hdf5.ts';
export type { DatafilePrimitive } from './data/datafile/primitive.ts';
export { hasStoredMetadata } from './data/datafile/stored.ts';
export type { UploadOptions } from './data/datafile/upload.ts';
export type { AddOptions } from './data/dataset/add.ts';
export type { Dataset } from './data/dataset/dataset.ts';
export type { DatasetDownloadOptions, DatasetUploadOptions, MovedFile } from './data/dataset/move.ts';
export { deserialiseDataset, openDataset, type DatasetOptions, type FilesInput } from './data/dataset/open-dataset.ts';
export type { DatasetUrlOptions } from './data/dataset/signed.ts';
export { FilterDict, FilterList, FilterSet, type FilterOptions } from './data/filter/containers.ts';
export { FilterError, type FilterErrorReason } from './data/filter/errors.ts';
export type { OrderOptions, ReverseOptions } from './data/filter/order.ts';
export type { Criteria, OrderName } from './data/filter/types.ts';
export type { FileHandle } from './handle/file-handle.ts';
export { InvalidLabelError, InvalidTagError } from './data/input-errors.ts';
export type { ParseJsonOptions } from './data/json-read.ts';
export { formatJson, type FormatJsonOptions } from './data/json-write.ts';
export { LabelSet, type LabelsInput } from './data/label.ts';
export type { Manifest, ManifestDownloadOptions, ManifestSpecification } from './data/manifest/manifest.ts';
export { deserialiseManifest, openManifest, type ManifestInput, type ManifestOptions } from './data/manifest/open-manifest.ts';
export { isMetadataHash } from './data/metadata-hash.ts';
export { pyFloat, type PyFloat } from './data/py-float.ts';
export type { Tags, TagsInput } from './data/tags.ts';
export { toDate } from './data/time-zone.ts';
export type { TimestampInput } from './data/timestamp.ts';
export { parseTypedJson } from './data/typed-json.ts';
export { objectOf, PyTuple, type PyObject, type PyValue } from './data/value.ts';
export { corsRules, type CorsRulesOptions, type CorsService } from './diagnose/cors-rules.ts';
export type { CheckName, DiagnoseOptions, DiagnosisCheck, Snippet } from './diagnose/types.ts';
export { CloudError, isCloudError, redactUrl, type CloudErrorInit, type ErrorCode } from './errors.ts';
export type { Encoding, EncodingOption } from './encoding/names.ts';
export { CloudFile } from './files/cloud-file.ts';
export { CloudFiles, type CloudFilesOptions } from './files/cloud-files.ts';
export { dl, type DlItem, type DlOptions, type DlRecord } from './files/dl.ts';
export { saveListing, type SavedListing, type SaveListingOptions } from './files/save-listing.ts';
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
export { createPartsHasher, partitionsOf, type Partition } from './integrity/s3-etag.ts';
export type { MonitorJson, SideJson } from './monitor/json.ts';
export type { Histogram } from './monitor/measures.ts';
export { rateIn, rateUnitFor, type RateUnit } from './monitor/rates.ts';
export { TransferMonitor, type DirectionOptions, type HistogramOptions, type TransferMonitorOptions } from './monitor/transfer-monitor.ts';
export { watched } from './monitor/watched.ts';
export type { IoDirection, IoEvent, IoFile, IoInFlight, IoMonitor, IoRow } from './monitor/types.ts';
export { exportManifest, type ExportOptions, type ExportResult } from './jobs/export/export-manifest.ts';
export type { ExportEngine } from './jobs/export/engines.ts';
export { openTransfer } from './jobs/open-transfer.ts';
export type { InitTransferOptions, TransferJob, TransferStatus } from './jobs/transfer-job.ts';
export type { JobFailure, JobInfo, JobProgress } from './jobs/types.ts';
export type { ExecuteOptions, ExecuteResult } from './jobs/work-job.ts';
export { openDropped } from './open/dropped.ts';
export { openHandleStore, type HandleStore, type HandleStoreOptions } from './open/handle-store.ts';
export type { HandleMode } from './store/permitted.ts';
export type { RangeReader, ReaderStats } from './cache/blocks/reader.ts';
export { openReader, type OpenReaderOptions } from './open/open-reader.ts';
export { openStore } from './open/open-store.ts';
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
export { openUploadJournal, type UploadJournalOptions } from './uploads/journal.ts';
export type {
  Fingerprint,
  PendingUpload,
  ResumeOptions,
  SourceRef,
  UploadFileOptions,
  UploadJob,
  UploadJournal,
  UploadProgress,
  UploadRecord,
  UploadRecords,
  UploadSource,
} from './uploads/types.ts';
export { uploadFile } from './uploads/upload-file.ts';
export { createAliases, type AliasEntry, type Aliases, type AliasOptions } from './url/aliases.ts';
export { formatUrl, toHttps } from './url/format.ts';
export { parseUrl, type AliasTable, type ParseUrlOptions } from './url/parse.ts';
export { pathFilter, type PathFilterOptions } from './util/glob.ts';
