/**
 * The XML API as an ObjectStore: shapes requests and reads answers; how they travel is the transport's business.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import type { ListOptions, ListPage, ObjectStore, PutOptions, PutResult } from '../../types.ts';
import { checkKey } from '../../url/key.ts';
import { toBase64 } from '../../util/base64.ts';
import { capabilitiesOf } from '../capabilities.ts';
import { headersFromPut, infoFromHeaders } from '../headers.ts';
import { giveBack, sendableOf, wholeOrParts } from '../payload.ts';
import { checkPageSize } from '../paging.ts';
import { intHeader } from '../read.ts';
import { roomOf } from '../in-flight.ts';
import { loadedOnce } from '../lazy.ts';
import { getRemote } from '../remote-get.ts';
import { checkAnswer, checksumFor, checksumsOf, isRefusal, shownIn, type ChecksumHeader, type WriteChecksums } from './checksums.ts';
import { conditionsFromPut } from './conditions.ts';
import { createDriver, isMissing, type XmlDriver, type XmlInit } from './driver.ts';
import { createReader, headObject } from './get.ts';
import { parseList } from './list.ts';

// each `import()` costs more than a look
const loadCopy = /* @__PURE__ */ loadedOnce(() => import('./copy.ts'));

async function* list(driver: XmlDriver, options: ListOptions = {}): AsyncGenerator<ListPage> {
  checkPageSize(options.pageSize);
  let token: string | undefined;
  do {
    const query: Record<string, string> = { 'list-type': '2', prefix: options.prefix ?? '' };
    if (driver.init.dialect.deletesMany) query['encoding-type'] = 'url';
    if (options.delimiter) query['delimiter'] = options.delimiter;
    if (options.startAfter) query['start-after'] = options.startAfter;
    if (options.pageSize) query['max-keys'] = String(Math.min(options.pageSize, 1000));
    if (token) query['continuation-token'] = token;
    const response = await driver.send({ method: 'GET', headers: {}, key: '', query }, { operation: 'list', signal: options.signal });
    const text = new TextDecoder().decode(await response.body.bytes(intHeader(response.headers, 'content-length')));
    const { page, next } = parseList(text);
    if (next && next === token)
      throw new CloudError('the listing repeats itself', { code: 'InvalidResponse', operation: 'list', url: driver.init.url });
    yield page;
    token = next;
  } while (token);
}

const gone = (key: string, operation: string, cause: unknown): CloudError =>
  new CloudError(`${key} is not there`, { code: 'PreconditionFailed', operation, key, cause });

/** What goes out with a whole body. */
type WholeOptions = Pick<PutOptions, 'ifMatch' | 'signal'> & { headers: Record<string, string>; checksums: WriteChecksums };

/** All in one request, by a checksum that the service has shown; once more by the one that all take where that is refused. */
async function putWhole(driver: XmlDriver, key: string, whole: Uint8Array, options: WholeOptions): Promise<PutResult> {
  const { checksums } = options;
  const { shown } = driver.service;
  const header = (shown && checksums.shown?.[shown]?.whole) ?? checksums.whole;
  // the CORS rules of a bucket need not let a page send another
  const others = driver.wire.page ? [] : (Object.keys(checksums.shown ?? {}) as ChecksumHeader[]);
  try {
    return await putBy(driver, key, whole, { ...options, header, others });
  } catch (error) {
    if (header === checksums.whole || !isRefusal(error)) throw error;
    // not all servers of a name need be alike
    driver.service.shown = undefined;
    return putBy(driver, key, whole, { ...options, header: checksums.whole, others: [] });
  }
}

/** One request, and its answer held to what was sent. */
async function putBy(
  driver: XmlDriver,
  key: string,
  whole: Uint8Array,
  options: WholeOptions & { header: ChecksumHeader; others: readonly ChecksumHeader[] },
): Promise<PutResult> {
  const { headers, checksums, header, others, ifMatch, signal } = options;
  const { dialect } = driver.init;
  const sent = await checksumFor(header, whole);
  const request = {
    method: 'PUT',
    headers: { ...headers, ...sent.headers },
    key,
    body: whole,
    payloadHash: await driver.payloadHash(whole),
  } as const;
  const response = await driver.send(request, { operation: 'put', key, signal }).catch((error: unknown) => {
    throw ifMatch && isMissing(error) ? gone(key, 'put', error) : error;
  });
  await response.body.cancel();
  driver.service.shown = shownIn(response.headers, others);
  // a server of the same name that does not show it need not have compared it: then the ETag has to do
  const held = header === checksums.whole || header === driver.service.shown ? sent : await checksumFor(checksums.whole, whole);
  try {
    checkAnswer(response.headers, held, whole, dialect.etagIsMd5 && !driver.wire.page, key);
  } catch (error) {
    await (await import('./take-back.ts')).takeBack(driver, key, response.headers);
    throw error;
  }
  const { etag, versionId, generation, metageneration } = infoFromHeaders(key, response.headers);
  const checksum = held.hash === 'md5' || held.hash === 'crc32c' ? { [held.hash]: toBase64(held.digest) } : {};
  return { key, sizeBytes: whole.length, etag, versionId, generation, metageneration, ...checksum };
}

/** Open a bucket. Constructing sends nothing. */
export function createXmlStore(init: XmlInit): ObjectStore {
  const driver = createDriver(init);
  const reader = createReader(driver);
  const { dialect } = init;
  const store: ObjectStore = {
    url: init.url,
    capabilities: capabilitiesOf(dialect.service, init.context.storedBytes(dialect.service)),
    get: (key, options) => getRemote(reader, key, options),
    head: (key, options) => headObject(driver, key, options),
    list: (options) => list(driver, options),

    async put(key, body, options = {}) {
      checkKey(key, { http: true });
      const { signal } = options;
      const sendable = sendableOf(body, options);
      const headers = headersFromPut({ ...options, contentType: options.contentType ?? sendable.contentType }, dialect);
      const conditions = conditionsFromPut(options, dialect);
      const checksums = checksumsOf(dialect.checksums, options);
      const content = await wholeOrParts(sendable, roomOf(init.context), signal);
      try {
        if ('whole' in content) {
          const result = await putWhole(driver, key, content.whole, { ...options, headers: { ...headers, ...conditions }, checksums });
          giveBack(body, options);
          return result;
        }
        const { putParts } = await import('./multipart.ts');
        return await putParts(driver, key, content, { headers, conditions, checksums, signal, replaces: options.ifMatch !== undefined });
      } finally {
        content.end();
      }
    },

    async delete(keys, options = {}) {
      if (typeof keys !== 'string') {
        keys.forEach((key) => checkKey(key, { http: true }));
        if (dialect.deletesMany) return (await import('./delete-many.ts')).deleteMany(driver, keys, options);
        return (await import('../delete-each.ts')).deleteEach(keys, (key, o) => this.delete(key, o), options);
      }
      checkKey(keys, { http: true });
      const headers: Record<string, string> = options.ifMatch ? { ...dialect.ifMatch(options.ifMatch) } : {};
      try {
        const response = await driver.send(
          { method: 'DELETE', headers, key: keys },
          { operation: 'delete', key: keys, signal: options.signal },
        );
        await response.body.cancel();
      } catch (error) {
        if (!isMissing(error)) throw error;
        if (options.ifMatch) throw gone(keys, 'delete', error);
      }
      return { deleted: [keys], errors: [] };
    },

    async copy(from, to, options = {}) {
      return (await loadCopy()).copyObject(driver, from, to, options);
    },

    async setMetadata(key, metadata, options = {}) {
      return (await import('./set-metadata.ts')).setMetadata(driver, key, metadata, options);
    },

    multipart: async (key, options) => (await import('./multipart-upload.ts')).openMultipart(driver, key, options),
    async *listUploads(options) {
      yield* (await import('./multipart-upload.ts')).listUploads(driver, options);
    },

    async signUrl(key, options = {}) {
      const { signObjectUrl } = await import('../sign-url.ts');
      return signObjectUrl({ ...init, service: dialect.service, key, source: driver.source }, options);
    },
  };
  if (dialect.copiesParts)
    store.rewrite = async (key, content, options) => {
      const { rewriteObject } = await import('./rewrite.ts');
      const rewritten = await rewriteObject(driver, key, content, options).catch((error: unknown) => {
        // by a server that copies objects only as a whole
        if (isCloudError(error, 'NotSupported')) return undefined;
        throw isMissing(error) ? gone(key, 'put', error) : error;
      });
      return rewritten ?? (await import('../rewrite.ts')).putContent(store, key, content, options);
    };
  return store;
}
