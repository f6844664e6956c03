/**
 * The clouds' own engines: what a line of their manifests is, what they cannot take, and what their requests have to say. Pure.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { Location } from '../../types.ts';
import { UNENCODABLE, encodeKey } from '../../url/key.ts';

/** An engine that copies by a manifest: S3 Batch Operations, or Google's Storage Transfer Service. */
export type ExportEngine = 's3-batch' | 'storage-transfer';

/** A file of the source. */
export interface ExportFile {
  /** Stored key, relative to the source. */
  readonly name: string;
  readonly sizeBytes: number;
}

/** The line of the second list for a file, with its end: why the engine cannot take it. @throws CloudError `InvalidArgument` */
export type RestLine = (file: ExportFile, reason: string) => string;

/** The name alone, as `anyfile xfer init --txt` takes it. */
export const plainLine: RestLine = ({ name }) => {
  if (/[\r\n]/.test(name)) throw refuse('a name has more than one line: give the second list a name that ends in .ndjson');
  return `${name}\n`;
};

/** A JSON record. */
export const recordLine: RestLine = ({ name, sizeBytes }, reason) => `${JSON.stringify({ name, sizeBytes, reason })}\n`;

/** The two places of an export, split into bucket and path. */
export interface ExportPlaces {
  readonly source: Location;
  readonly dest: Location;
  readonly manifest: Location;
}

/** How one engine is written for. */
export interface ExportFormat {
  /** The manifest's line for a file, with its end. */
  line(file: ExportFile): string;
  /** Why the engine cannot take a file; `undefined` when it can. */
  refusal(file: ExportFile): string | undefined;
  /** What the request for a job has to say, as its API spells it. @param etag the manifest's, where it was uploaded to its place */
  request(etag: string | undefined): Record<string, unknown>;
}

/** What a copy of S3 takes: 5 GB, whichever way that is meant. */
const LARGEST_S3_BYTES = 5_000_000_000;

const folder = (path: string): string => (path === '' || path.endsWith('/') ? path : `${path}/`);
const refuse = (message: string): CloudError => new CloudError(message, { code: 'InvalidArgument' });

/** @throws CloudError `InvalidArgument` unless it is a place of the service itself */
function need(location: Location, what: string, protocols: readonly string[], names: string): void {
  if (!protocols.includes(location.protocol) || location.host !== null) throw refuse(`${what} must be ${names}`);
}

/** The manifest may be in the service's own store, or on a disk, from where it is uploaded by hand. */
function checkManifest({ protocol }: Location, own: string): void {
  if (protocol !== own && protocol !== 'file' && protocol !== 'mem') throw refuse(`the manifest must be at ${own}://… or in a file`);
}

/**
 * S3 puts a prefix and a slash in front of whole keys, so that not every destination can be said.
 *
 * @throws CloudError `InvalidArgument`
 */
function targetPrefix(source: string, dest: string): string | undefined {
  if (dest === source) return undefined;
  if (dest.endsWith(`/${source}`)) return dest.slice(0, -source.length - 1);
  throw refuse('S3 Batch Operations keeps whole keys: the path of the destination must end in the path of the source');
}

/** Source: Amazon S3 user guide, "Specifying a manifest" (CSV) and "Copy objects". */
function s3Batch({ source, dest, manifest }: ExportPlaces): ExportFormat {
  need(source, 'the source', ['s3'], 'a bucket of Amazon S3');
  need(dest, 'the destination', ['s3'], 'a bucket of Amazon S3');
  checkManifest(manifest, 's3');
  const path = folder(source.path);
  const prefix = targetPrefix(path, folder(dest.path));
  const arn = (place: Location, key = ''): string => `arn:aws:s3:::${place.bucket}${key && `/${key}`}`;
  return {
    line: ({ name }) => `${source.bucket},${encodeKey(path + name)}\n`,
    refusal({ name, sizeBytes }) {
      if (UNENCODABLE.test(name)) return 'the name has no UTF-8';
      return sizeBytes > LARGEST_S3_BYTES ? 'larger than 5 GB' : undefined;
    },
    request: (etag) => ({
      Manifest: {
        Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
        ...(etag !== undefined && { Location: { ObjectArn: arn(manifest, manifest.path), ETag: etag } }),
      },
      Operation: { S3PutObjectCopy: { TargetResource: arn(dest), ...(prefix !== undefined && { TargetKeyPrefix: prefix }) } },
    }),
  };
}

/** Source: Google Cloud, "Transfer specific files or objects using a manifest" and the REST reference of TransferSpec. */
function storageTransfer({ source, dest, manifest }: ExportPlaces): ExportFormat {
  need(source, 'the source', ['gs', 's3'], 'a bucket of Google Cloud Storage or Amazon S3');
  need(dest, 'the destination', ['gs'], 'a bucket of Google Cloud Storage');
  checkManifest(manifest, 'gs');
  const place = ({ bucket, path }: Location): Record<string, unknown> => ({ bucketName: bucket, ...(path && { path: folder(path) }) });
  return {
    line: ({ name }) => `"${name.replaceAll('"', '""')}"\n`,
    refusal({ name }) {
      if (UNENCODABLE.test(name)) return 'the name has no UTF-8';
      if (name.endsWith('/')) return 'a folder';
      if (/[*?]/.test(name)) return 'the name would be a pattern';
      return /[\r\n]/.test(name) ? 'the name has more than one line' : undefined;
    },
    request: (etag) => ({
      transferSpec: {
        [source.protocol === 's3' ? 'awsS3DataSource' : 'gcsDataSource']: place(source),
        gcsDataSink: place(dest),
        ...(etag !== undefined && { transferManifest: { location: `gs://${manifest.bucket}/${manifest.path}` } }),
      },
    }),
  };
}

/** How to write for an engine. @throws CloudError `InvalidArgument` it cannot copy between these places */
export function formatFor(engine: ExportEngine, places: ExportPlaces): ExportFormat {
  switch (engine) {
    case 's3-batch':
      return s3Batch(places);
    case 'storage-transfer':
      return storageTransfer(places);
    default:
      throw refuse('an export is for s3-batch or storage-transfer');
  }
}
