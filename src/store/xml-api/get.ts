/**
 * What a GET and a HEAD look like in the XML API.
 *
 * @module
 */
import type { HttpHeaders, ObjectInfo } from '../../types.ts';
import { checkKey } from '../../url/key.ts';
import { expectationFrom, infoFromHeaders, withHeaders } from '../headers.ts';
import { intHeader, rangeHeader } from '../read.ts';
import type { HeadOptions, OpenRequest, ReadDriver } from '../remote-get.ts';
import { isMissing, type XmlDriver } from './driver.ts';

/** The reading half of the driver. */
export function createReader(driver: XmlDriver): ReadDriver {
  const { init, source, wire } = driver;
  const { context, bucket, dialect } = init;
  const { page } = wire;
  return {
    url: init.url,
    wire,
    metaPrefixes: [dialect.metaPrefix],
    compares: page,
    isMissing,
    expected: (headers, about) =>
      expectationFrom(headers, { ...about, etagIsMd5: dialect.etagIsMd5 && page && dialect.managedKeys ? 'shown' : dialect.etagIsMd5 }),
    async open({ key, options, range, pin }: OpenRequest) {
      const { signal, version, ifNoneMatch } = options;
      const ifMatch = pin?.etag ?? options.ifMatch;
      // S3 refuses response-* overrides on anonymous requests, GCS has none for the encoding
      const override =
        dialect.overridesEncoding &&
        !context.storedBytes(dialect.service) &&
        options.storedBytes !== false &&
        (await source.get({ url: init.url, method: 'GET', bucket, signal })) !== 'anonymous';
      const query: Record<string, string> = {};
      const headers: Record<string, string> = {};
      const wanted = version ?? (dialect.service === 'gs' ? pin?.generation : undefined);
      if (wanted) query[dialect.version] = wanted;
      if (override) query['response-content-encoding'] = 'identity';
      if (range) headers['range'] = rangeHeader(range);
      else if (dialect.checksumMode && options.verify !== false) (page ? query : headers)['x-amz-checksum-mode'] = 'ENABLED';
      if (!page && ifMatch) Object.assign(headers, dialect.ifMatch(ifMatch));
      // without it GCS undoes gzip itself
      if (context.storedBytes(dialect.service) && dialect.service === 'gs') headers['accept-encoding'] = 'gzip';
      if (!page && ifNoneMatch && !/^\d+$/.test(ifNoneMatch)) headers['if-none-match'] = ifNoneMatch;
      const [response, head] = await Promise.all([
        driver.send({ method: 'GET', headers, key, query }, { operation: 'get', key, signal }),
        override && options.storedBytes === true && !range && !pin ? headObject(driver, key, options) : undefined,
      ]);
      // the override hides how the bytes are encoded
      if (head) response.headers = withHeaders(response.headers, { 'content-encoding': head.contentEncoding ?? '' });
      return { response, stored: context.storedBytes(dialect.service) || override };
    },
    head: (key, options) => headObject(driver, key, options),
  };
}

/** An object and the headers that told of it; `null` when there is none. */
export async function headFully(
  driver: XmlDriver,
  key: string,
  { version, signal }: HeadOptions = {},
): Promise<{ info: ObjectInfo; headers: HttpHeaders } | null> {
  checkKey(key, { http: true });
  const { dialect } = driver.init;
  try {
    const query: Record<string, string> = version ? { [dialect.version]: version } : {};
    const asked: Record<string, string> = {};
    if (dialect.checksumMode) (driver.wire.page ? query : asked)['x-amz-checksum-mode'] = 'ENABLED';
    const { headers, body } = await driver.send({ method: 'HEAD', headers: asked, key, query }, { operation: 'head', key, signal });
    await body.cancel();
    const sizeBytes = intHeader(headers, 'x-goog-stored-content-length') ?? intHeader(headers, 'content-length') ?? 0;
    return { info: { ...infoFromHeaders(key, headers, dialect.metaPrefix), sizeBytes }, headers };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** `ObjectStore.head`. */
export async function headObject(driver: XmlDriver, key: string, options?: HeadOptions): Promise<ObjectInfo | null> {
  return (await headFully(driver, key, options))?.info ?? null;
}
