/**
 * Google Cloud Storage: the JSON API for tokens, the XML API for HMAC keys and for reads that a page signs in the query.
 *
 * @module
 */
import { isKeyCredentials, isServiceAccount } from '../../auth/credentials.ts';
import { CloudError, isCloudError } from '../../errors.ts';
import type { AbortOptions, CopyOptions, DeleteOptions, ListOptions, ListPage, ObjectStore, PutResult } from '../../types.ts';
import { gcsAddress } from '../../url/endpoint.ts';
import { checkKey } from '../../url/key.ts';
import { compareUtf8 } from '../../util/utf8.ts';
import { capabilitiesOf } from '../capabilities.ts';
import { deleteEach } from '../delete-each.ts';
import { roomOf } from '../in-flight.ts';
import { giveBack, sendableOf, wholeOrParts } from '../payload.ts';
import { checkPageSize } from '../paging.ts';
import { getRemote } from '../remote-get.ts';
import type { XmlDialect } from '../xml-api/dialect.ts';
import { createXmlStore } from '../xml-api/store.ts';
import { gcsError } from './errors.ts';
import {
  conditionsOf,
  createGcsDriver,
  createJsonReader,
  headJson,
  infoOf,
  isMissing,
  jsonOf,
  objectFields,
  type GcsDriver,
  type GcsInit,
  type GcsObject,
} from './json.ts';
import { putWhole, resultOf } from './write.ts';

const xmlDialect: XmlDialect = {
  service: 'gs',
  headerPrefix: 'x-goog-',
  metaPrefix: 'x-goog-meta-',
  version: 'generation',
  payer: 'x-goog-user-project',
  checksumMode: false,
  etagIsMd5: false,
  managedKeys: false,
  checksums: { whole: 'x-goog-hash', part: 'content-md5', combined: 'crc32c' },
  overridesEncoding: false,
  deletesMany: false,
  ifAbsent: { 'x-goog-if-generation-match': '0' },
  ifMatch: (version) => (/^\d+$/.test(version) ? { 'x-goog-if-generation-match': version } : { 'if-match': version }),
  copyIfMatch: (version) =>
    /^\d+$/.test(version) ? { 'x-goog-copy-source-if-generation-match': version } : { 'x-goog-copy-source-if-match': version },
  copiesOnto: true,
  metageneration: { target: 'x-goog-if-metageneration-match', source: 'x-goog-copy-source-if-metageneration-match' },
  carries: ['x-goog-custom-time', 'x-goog-encryption-kms-key-name'],
  address: gcsAddress,
  errorOf: gcsError,
};

async function* list(driver: GcsDriver, options: ListOptions = {}): AsyncGenerator<ListPage> {
  const { prefix, delimiter, startAfter, pageSize, signal } = options;
  checkPageSize(pageSize);
  let pageToken: string | undefined;
  do {
    const query = {
      prefix: prefix || undefined,
      delimiter,
      // startOffset is inclusive: the key itself is taken out below
      startOffset: startAfter,
      maxResults: String(Math.min(pageSize ?? 1000, 1000)),
      pageToken,
      fields: `nextPageToken,prefixes,items(${objectFields})`,
    };
    const response = await driver.send(driver.objectPath('').replace(/\/$/, ''), query, {}, { operation: 'list', signal });
    const page = await jsonOf<{ items?: GcsObject[]; prefixes?: string[]; nextPageToken?: string }>(response);
    const after = <T>(items: T[], name: (item: T) => string): T[] =>
      startAfter === undefined ? items : items.filter((item) => compareUtf8(name(item), startAfter) > 0);
    yield {
      objects: after((page.items ?? []).map(infoOf), (info) => info.key),
      prefixes: after(page.prefixes ?? [], (name) => name),
      hasMetadata: true,
    };
    if (page.nextPageToken && page.nextPageToken === pageToken)
      throw new CloudError('the listing repeats itself', { code: 'InvalidResponse', operation: 'list' });
    pageToken = page.nextPageToken;
  } while (pageToken);
}

/** Tries, where a source that nobody pinned changes while it is copied. */
const copyAttempts = 5;

async function copy(driver: GcsDriver, from: string, to: string, options: CopyOptions): Promise<PutResult | null> {
  const { metadata, ifMatch, fromBucket, signal } = options;
  if (metadata && fromBucket !== undefined)
    throw new CloudError('a copy from another bucket takes its metadata along', { code: 'NotSupported', operation: 'copy', key: to });
  if (!metadata) return rewrite(driver, from, to, { ...options, ifGeneration: ifMatch });
  for (let attempt = 1; ; attempt++) {
    // rewriting with metadata replaces the whole resource: carry over what is not given, of the very source that is copied
    const source = await headJson(driver, from, { signal });
    if (!source) return null;
    const { contentType, contentEncoding, contentDisposition, contentLanguage, cacheControl, generation } = source;
    const resource = { contentType, contentEncoding, contentDisposition, contentLanguage, cacheControl, metadata };
    try {
      return await rewrite(driver, from, to, { ...options, ifGeneration: ifMatch ?? generation, resource });
    } catch (error) {
      if (!isCloudError(error, 'PreconditionFailed') || ifMatch || attempt >= copyAttempts) throw error;
      if ((await headJson(driver, from, { signal }))?.generation === generation) throw error;
    }
  }
}

async function rewrite(
  driver: GcsDriver,
  from: string,
  to: string,
  options: CopyOptions & { ifGeneration?: string | undefined; resource?: Record<string, unknown> },
): Promise<PutResult | null> {
  const { ifAbsent, ifGeneration, resource, signal } = options;
  const target = driver.objectPath(to).slice('/storage/v1'.length);
  const query = {
    ifGenerationMatch: ifAbsent ? '0' : undefined,
    ifSourceGenerationMatch: ifGeneration,
    fields: `done,rewriteToken,resource(${objectFields})`,
  };
  const request = {
    method: 'POST',
    headers: resource ? { 'content-type': 'application/json' } : {},
    body: new TextEncoder().encode(resource ? JSON.stringify(resource) : ''),
  } as const;
  let rewriteToken: string | undefined;
  try {
    for (;;) {
      const path = `${driver.objectPath(from, '', options.fromBucket)}/rewriteTo${target}`;
      const response = await driver.send(path, { ...query, rewriteToken }, request, {
        operation: 'copy',
        key: from,
        signal,
        idempotent: true,
      });
      const answer = await jsonOf<{ done: boolean; rewriteToken?: string; resource?: GcsObject }>(response);
      if (answer.done) {
        return resultOf(to, answer.resource ?? { name: to });
      }
      rewriteToken = answer.rewriteToken;
    }
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function remove(driver: GcsDriver, key: string, options: DeleteOptions): Promise<void> {
  checkKey(key, { http: true });
  const { query, headers } = conditionsOf(options);
  try {
    const response = await driver.send(
      driver.objectPath(key),
      query,
      { method: 'DELETE', headers },
      { operation: 'delete', key, signal: options.signal },
    );
    await response.body.cancel();
  } catch (error) {
    if (!isMissing(error)) throw error;
    if (options.ifMatch)
      throw new CloudError(`${key} is not there`, { code: 'PreconditionFailed', operation: 'delete', key, cause: error });
  }
}

/** Open a bucket. Constructing sends nothing; which API is spoken is decided by the credentials at the first call. */
export function createGcsStore(init: GcsInit): ObjectStore {
  const { context, bucket } = init;
  const driver = createGcsDriver(init);
  const { source, wire } = driver;
  const reader = createJsonReader(driver);
  const xml = createXmlStore({ ...init, dialect: xmlDialect, region: 'auto', sign: driver.sign });
  /**
   * HMAC keys sign XML only. Reads go by XML too: only there does a download carry the object's own metadata, and a page's service
   * account signs them in the query, which costs no preflight. A page's tokens read by JSON, which every bucket opens to all origins.
   */
  const speaksXml = async (method: 'GET' | 'PUT', { signal }: AbortOptions = {}, reads = false): Promise<boolean> => {
    const credentials = await source.get({ url: init.url, method, bucket, signal });
    if (isKeyCredentials(credentials)) return true;
    return reads && (!wire.page || isServiceAccount(credentials));
  };
  /** Tokens too where it is Google that answers: parts then go side by side. Not in a page, where it would take CORS rules of the bucket. */
  const uploadsByXml = async (options: AbortOptions): Promise<boolean> =>
    (await speaksXml('PUT', options)) || (!init.endpoint && !wire.page);
  return {
    url: init.url,
    capabilities: capabilitiesOf('gs', context.storedBytes('gs')),
    async get(key, options) {
      return (await speaksXml('GET', options, true)) ? xml.get(key, options) : getRemote(reader, key, options);
    },
    async head(key, options) {
      checkKey(key, { http: true });
      return (await speaksXml('GET', options, true)) ? xml.head(key, options) : headJson(driver, key, options);
    },
    async *list(options) {
      yield* (await speaksXml('GET', options)) ? xml.list(options) : list(driver, options);
    },
    async put(key, body, options = {}) {
      checkKey(key, { http: true });
      if (await speaksXml('PUT', options)) return xml.put(key, body, options);
      const sendable = sendableOf(body, options);
      const content = await wholeOrParts(sendable, roomOf(context), options.signal);
      const all = { ...options, contentType: options.contentType ?? sendable.contentType };
      try {
        if ('whole' in content) {
          const result = await putWhole(driver, key, content.whole, all);
          giveBack(body, options);
          return result;
        }
        const bytes = sendable.body instanceof Uint8Array ? sendable.body : undefined;
        const { putSession } = await import('./write-session.ts');
        return await putSession(driver, key, { ...content, all: bytes, sizeBytes: sendable.sizeBytes }, all);
      } finally {
        content.end();
      }
    },
    async delete(keys, options = {}) {
      if (await speaksXml('PUT', options)) return xml.delete(keys, options);
      if (typeof keys !== 'string') {
        keys.forEach((key) => checkKey(key, { http: true }));
        return deleteEach(keys, (key, o) => remove(driver, key, o), options);
      }
      await remove(driver, keys, options);
      return { deleted: [keys], errors: [] };
    },
    async copy(from, to, options = {}) {
      checkKey(from, { http: true });
      checkKey(to, { http: true });
      return (await speaksXml('PUT', options)) ? xml.copy!(from, to, options) : copy(driver, from, to, options);
    },
    async setMetadata(key, metadata, options = {}) {
      if (await speaksXml('PUT', options)) return xml.setMetadata!(key, metadata, options);
      return (await import('./set-metadata.ts')).setMetadata(driver, key, metadata, options);
    },
    async multipart(key, options = {}) {
      checkKey(key, { http: true });
      return (await uploadsByXml(options)) && !options.id?.startsWith('/')
        ? xml.multipart!(key, options)
        : (await import('./session-upload.ts')).openSessionUpload(driver, key, options);
    },
    async *listUploads(options = {}) {
      if (!(await uploadsByXml(options)))
        throw new CloudError('GCS does not list resumable sessions', { code: 'NotSupported', operation: 'list', url: init.url });
      yield* xml.listUploads!(options);
    },
    async signUrl(key, options = {}) {
      const { signObjectUrl } = await import('../sign-url.ts');
      return signObjectUrl({ ...init, source, service: 'gs', key, region: 'auto' }, options);
    },
  };
}
