/**
 * GCS's JSON API: what bearer tokens speak. https://cloud.google.com/storage/docs/json_api/v1
 *
 * @module
 */
import type { CredentialSource } from '../../auth/credentials.ts';
import { createSignFunction } from '../../auth/sign-function.ts';
import { isCloudError } from '../../errors.ts';
import type { RequestOptions, Transport } from '../../transport/compose.ts';
import type { HttpRequest, HttpResponse, ObjectInfo, PutOptions, SignFunction } from '../../types.ts';
import { encodeKey } from '../../url/key.ts';
import type { StoreContext } from '../context.ts';
import { wireOf, type CredentialScope, type Wire } from '../wire.ts';
import { expectationFrom, withHeaders } from '../headers.ts';
import { toQuery } from '../query.ts';
import { rangeHeader } from '../read.ts';
import type { HeadOptions, ReadDriver } from '../remote-get.ts';
import { gcsError } from './errors.ts';

/** What the driver is made of. */
export interface GcsInit {
  bucket: string;
  context: StoreContext;
  scope: CredentialScope;
  endpoint?: string | undefined;
  /** The project to bill. */
  requestPayer?: string | undefined;
  url: string;
}

/** An object resource, as far as it is read. */
export interface GcsObject {
  name: string;
  size?: string;
  generation?: string;
  metageneration?: string;
  md5Hash?: string;
  crc32c?: string;
  updated?: string;
  contentType?: string;
  contentEncoding?: string;
  contentDisposition?: string;
  contentLanguage?: string;
  cacheControl?: string;
  storageClass?: string;
  componentCount?: number;
  metadata?: Record<string, string>;
}

/** Requests to one bucket. */
export interface GcsDriver {
  readonly init: GcsInit;
  readonly wire: Wire;
  readonly source: CredentialSource;
  readonly sign: SignFunction;
  /** `path` behind the endpoint; `query` unencoded. */
  send(
    path: string,
    query: Record<string, string | undefined>,
    request: Partial<HttpRequest>,
    options: RequestOptions,
  ): Promise<HttpResponse>;
  /** `/storage/v1/b/BUCKET/o/KEY`. */
  objectPath(key: string, prefix?: string, bucketName?: string): string;
}

const part = (text: string): string => encodeKey(text).replaceAll('/', '%2F');

/** A missing object, as against a missing bucket. */
export const isMissing = (error: unknown): boolean => isCloudError(error, 'NotFound') && error.providerCode !== 'NoSuchBucket';

/** The fields that are asked for. */
export const objectFields =
  'name,size,generation,metageneration,md5Hash,crc32c,updated,contentType,contentEncoding,contentDisposition,contentLanguage,cacheControl,storageClass,componentCount,metadata';

/** Fields of a resource that an info has by the same names. */
const sameFields = [
  'crc32c',
  'generation',
  'metageneration',
  'contentType',
  'contentEncoding',
  'contentDisposition',
  'contentLanguage',
  'cacheControl',
  'storageClass',
] as const;

/** An object resource → info. No ETag: the JSON API's is another one than that of downloads; the generation is exact. */
export function infoOf(object: GcsObject): ObjectInfo {
  const { name, size, md5Hash, updated, componentCount, metadata } = object;
  // an emulator is known that keeps a null for what a PATCH took away
  const own = Object.entries(metadata ?? {}).filter(([, value]) => typeof value === 'string');
  const info: ObjectInfo = { key: name, sizeBytes: Number(size ?? 0), metadata: Object.fromEntries(own) };
  if (updated) info.lastModified = new Date(updated);
  if (md5Hash) info.md5 = md5Hash;
  if (componentCount !== undefined) info.parts = componentCount;
  for (const field of sameFields) if (object[field]) info[field] = object[field];
  return info;
}

/** ifMatch and ifAbsent as generation preconditions; an ETag goes as a header. */
export function conditionsOf(options: PutOptions): { query: Record<string, string>; headers: Record<string, string> } {
  const { ifMatch, ifAbsent, ifMetagenerationMatch } = options;
  if (ifAbsent) return { query: { ifGenerationMatch: '0' }, headers: {} };
  const query: Record<string, string> = ifMetagenerationMatch ? { ifMetagenerationMatch } : {};
  if (!ifMatch) return { query, headers: {} };
  return /^\d+$/.test(ifMatch)
    ? { query: { ...query, ifGenerationMatch: ifMatch }, headers: {} }
    : { query, headers: { 'if-match': ifMatch } };
}

/** Make the part that the operations share. */
export function createGcsDriver(init: GcsInit): GcsDriver {
  const { context, bucket, endpoint = 'https://storage.googleapis.com' } = init;
  const wire = wireOf(context);
  const source = wire.credentials('gs', init.scope);
  const base = endpoint.replace(/\/$/, '');
  // one function signs for both APIs, so that a token is exchanged once: of a page's requests those of the XML API are signed in the query
  const ofJson = (url: string): boolean => url.startsWith(`${base}/storage/v1/`) || url.startsWith(`${base}/download/storage/v1/`);
  const sign = createSignFunction(source, {
    service: 'gs',
    bucket,
    region: () => 'auto',
    inQuery: ({ method, url }) => wire.page && (method === 'GET' || method === 'HEAD') && !ofJson(url),
    send: wire.port,
    clock: context.clock,
    allowInsecure: init.endpoint !== undefined,
  });
  const transport: Transport = wire.transport({
    sign,
    invalidate: () => source.invalidate(),
    toError: async (request, response) => gcsError(request, response, new TextDecoder().decode(await response.body.bytes())),
  });
  return {
    init,
    wire,
    source,
    sign,
    objectPath: (key, prefix = '', bucketName = bucket) => `${prefix}/storage/v1/b/${part(bucketName)}/o/${part(key)}`,
    send(path, query, request, options) {
      const url = base + path + toQuery({ ...query, userProject: init.requestPayer });
      return transport({ method: 'GET', headers: {}, ...request, url }, options);
    },
  };
}

/** The body of a JSON answer. */
export async function jsonOf<T>(response: HttpResponse): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await response.body.bytes())) as T;
}

/** `ObjectStore.head`. */
export async function headJson(driver: GcsDriver, key: string, { version, signal }: HeadOptions = {}): Promise<ObjectInfo | null> {
  try {
    const response = await driver.send(
      driver.objectPath(key),
      { generation: version, fields: objectFields },
      {},
      { operation: 'head', key, signal },
    );
    return infoOf(await jsonOf<GcsObject>(response));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** The reading half of the driver. */
export function createJsonReader(driver: GcsDriver): ReadDriver {
  const { wire } = driver;
  const { context, url } = driver.init;
  return {
    url,
    wire,
    metaPrefixes: ['x-goog-meta-'],
    compares: true,
    isMissing,
    expected: (headers, about) => expectationFrom(headers, { ...about, etagIsMd5: false }),
    head: (key, options) => headJson(driver, key, options),
    async open({ key, options, range, pin }) {
      const headers: Record<string, string> = range ? { range: rangeHeader(range) } : {};
      // without it GCS undoes gzip itself; a browser sends it anyway
      if (context.storedBytes('gs')) headers['accept-encoding'] = 'gzip';
      const exact = options.ifMatch && /^\d+$/.test(options.ifMatch) ? options.ifMatch : undefined;
      const query = { alt: 'media', generation: options.version ?? pin?.generation, ifGenerationMatch: exact };
      const stored = context.storedBytes('gs');
      const about = { operation: 'get', key, signal: options.signal };
      const [response, info] = await Promise.all([
        driver.send(driver.objectPath(key, '/download'), query, { headers }, about),
        options.storedBytes === true && !range && !pin ? headJson(driver, key, options) : undefined,
      ]);
      // downloads by this API do not carry the object's own metadata
      const own = Object.entries(info?.metadata ?? {}).map(([name, value]) => [`x-goog-meta-${name}`, value]);
      if (own.length > 0) response.headers = withHeaders(response.headers, Object.fromEntries(own) as Record<string, string>);
      return { response, stored };
    },
  };
}
