/**
 * CORS rules to paste, for each kind of service. Sources: the services' documents of their CORS configuration (S3 PutBucketCors, Google Cloud
 * Storage "CORS configuration examples", Cloudflare R2 "Configure CORS", Backblaze B2 "Cross-Origin Resource Sharing Rules", MinIO "api"
 * settings).
 *
 * @module
 */
import type { Snippet } from './types.ts';

/** Services whose rules are written differently. `s3` is any other that speaks S3's API. */
export type CorsService = 'aws' | 's3' | 'gcs' | 'r2' | 'b2' | 'minio';

/** Options of {@link corsRules}. */
export interface CorsRulesOptions {
  /** Let the page write and delete as well. @default false */
  write?: boolean | undefined;
  /** Its name, for commands. @default BUCKET */
  bucket?: string | undefined;
}

/** Under these the metadata of datafiles are stored; no service takes a wildcard for them. */
const metadataNames = ['id', 'timestamp', 'tags', 'labels', 'sdk_version'].map((name) => `octue__${name}`);

/** Headers of S3's answers that anyfile reads and a page is not shown by itself. */
export const exposedByS3: readonly string[] = [
  'ETag',
  'Content-Range',
  'Content-Encoding',
  'x-amz-checksum-crc32c',
  'x-amz-checksum-crc64nvme',
  'x-amz-checksum-type',
  'x-amz-request-id',
  ...metadataNames.map((name) => `x-amz-meta-${name}`),
];

/** The same of GCS's; its rules name what a page may send in the same list. */
export const exposedByGcs: readonly string[] = [
  'Authorization',
  'Content-Type',
  'Content-Range',
  'Content-Encoding',
  'ETag',
  'x-goog-hash',
  'x-goog-generation',
  'x-goog-metageneration',
  'x-goog-stored-content-encoding',
  'x-goog-stored-content-length',
  ...metadataNames.map((name) => `x-goog-meta-${name}`),
];

/** What a page's writes send, by name: R2 takes no wildcard for headers. */
const sentToS3 = [
  'Authorization',
  'Content-Type',
  'Content-MD5',
  'Content-Encoding',
  'Cache-Control',
  'If-Match',
  'If-None-Match',
  'Range',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
  ...metadataNames.map((name) => `x-amz-meta-${name}`),
];

/**
 * The rules with which a bucket lets a page of one origin read, and write where that is asked for.
 *
 * @param origin e.g. `https://app.example`
 * @returns the text, and where it goes
 * @example corsRules('gcs', 'https://app.example', { bucket: 'data' }).text // cors.json
 */
export function corsRules(service: CorsService, origin: string, options: CorsRulesOptions = {}): Snippet {
  const { write = false, bucket = 'BUCKET' } = options;
  const methods = ['GET', 'HEAD', ...(write ? ['PUT', 'POST', 'DELETE'] : [])];
  const json = (value: unknown): string => JSON.stringify(value, null, 2);
  const ruleOf = (headers: readonly string[]): object => ({
    AllowedOrigins: [origin],
    AllowedMethods: methods,
    AllowedHeaders: headers,
    ExposeHeaders: exposedByS3,
  });
  switch (service) {
    case 'gcs':
      return {
        label: `cors.json for: gcloud storage buckets update gs://${bucket} --cors-file=cors.json`,
        text: json([{ origin: [origin], method: methods, responseHeader: exposedByGcs, maxAgeSeconds: 3600 }]),
      };
    case 'aws':
      return { label: 'CORS rules for the bucket (S3: Permissions, Cross-origin resource sharing)', text: json([ruleOf(['*'])]) };
    case 'r2':
      return { label: 'CORS policy for the bucket (R2: Settings, CORS Policy)', text: json([ruleOf(sentToS3)]) };
    case 'b2':
      return {
        label: `cors.json for: b2 bucket update --cors-rules "$(cat cors.json)" ${bucket}`,
        text: json([
          {
            corsRuleName: 'anyfile',
            allowedOrigins: [origin],
            allowedHeaders: ['*'],
            allowedOperations: ['s3_get', 's3_head', ...(write ? ['s3_put', 's3_post', 's3_delete'] : [])],
            exposeHeaders: exposedByS3,
            maxAgeSeconds: 3600,
          },
        ]),
      };
    case 'minio':
      return {
        label: 'MinIO has one list of origins for all buckets; separate several by commas, and restart the service afterwards',
        text: `mc admin config set ALIAS api cors_allow_origin="${origin}"`,
      };
    case 's3':
      return {
        label: `cors.json for: aws s3api put-bucket-cors --endpoint-url ADDRESS --bucket ${bucket} --cors-configuration file://cors.json`,
        text: json({ CORSRules: [ruleOf(['*'])] }),
      };
  }
}
