/**
 * Copies on the server. With other metadata a copy replaces all that goes with the bytes, so what is to stay is read first and sent again.
 * Loaded on use.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import type { AbortOptions, CopyOptions, HttpHeaders, ObjectInfo, PutResult } from '../../types.ts';
import { checkKey, encodeKey } from '../../url/key.ts';
import { decodeUtf8 } from '../../util/utf8.ts';
import { headersFromPut, infoFromHeaders } from '../headers.ts';
import { isMissing, type XmlDriver } from './driver.ts';
import { headFully, headObject } from './get.ts';
import { checkXml, xmlField } from './xml.ts';

/** Tries, where a source that nobody pinned changes while it is copied. */
export const copyAttempts = 5;

/** What a HEAD told of a source. */
export interface Source {
  info: ObjectInfo;
  headers: HttpHeaders;
}

const managedKey = ['', '-aws-kms-key-id', '-bucket-key-enabled'].map((end) => `x-amz-server-side-encryption${end}`);

/**
 * Headers of a copy that has other metadata, and all else of its source that a service would drop.
 *
 * @param storageClass of the copy; absent: as for any new object
 * @throws CloudError `NotSupported` in a page that is not shown the object's headers: what cannot be seen would be lost
 */
export function replacing(
  driver: XmlDriver,
  { info, headers }: Source,
  metadata: Record<string, string>,
  storageClass?: string,
): Record<string, string> {
  const { dialect } = driver.init;
  if (driver.wire.page && !info.etag)
    throw new CloudError('headers of the object are hidden: the bucket must expose them (cors.expose)', {
      code: 'NotSupported',
      operation: 'copy',
      key: info.key,
    });
  const { contentType, contentEncoding, contentDisposition, contentLanguage, cacheControl } = info;
  const own = { contentType, contentEncoding, contentDisposition, contentLanguage, cacheControl, storageClass, metadata };
  const out: Record<string, string> = { [`${dialect.headerPrefix}metadata-directive`]: 'REPLACE', ...headersFromPut(own, dialect) };
  // the bucket's own way to encrypt is what a copy gets anyway
  const encrypted = headers.get(managedKey[0]!)?.startsWith('aws:kms') ? managedKey : [];
  for (const name of [...dialect.carries, ...encrypted]) {
    const value = headers.get(name);
    if (value) out[name] = value;
  }
  return out;
}

/** One copy; `null` when the source is missing. */
export async function copyOnce(
  driver: XmlDriver,
  from: string,
  to: string,
  headers: Record<string, string>,
  { operation, signal, fromBucket }: AbortOptions & { operation: string; fromBucket?: string | undefined },
): Promise<PutResult | null> {
  const { bucket, dialect } = driver.init;
  const source = { [`${dialect.headerPrefix}copy-source`]: `/${encodeKey(`${fromBucket ?? bucket}/${from}`)}` };
  try {
    const response = await driver.send(
      { method: 'PUT', headers: { ...source, ...headers }, key: to },
      { operation, key: from, signal, checkBody: true },
    );
    const text = checkXml(decodeUtf8(await response.body.bytes()), 'CopyObjectResult');
    const { versionId, generation, metageneration } = infoFromHeaders(to, response.headers);
    return { key: to, etag: xmlField(text, 'ETag'), versionId, generation, metageneration };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

const unquoted = (etag: string | undefined): string | undefined => etag?.replaceAll('"', '');

/** What the service finds too large for one request. */
async function inParts(driver: XmlDriver, error: unknown, from: string, to: string, options: CopyOptions): Promise<PutResult | null> {
  const { ifMatch, ifAbsent, fromBucket, signal } = options;
  if (!isCloudError(error, 'NotSupported') || error.providerCode !== 'InvalidRequest') throw error;
  const { bucket, dialect } = driver.init;
  const source = options.source ?? (fromBucket === undefined ? await headObject(driver, from, { signal }) : undefined);
  if (source === undefined) throw error;
  if (source && ifMatch && unquoted(ifMatch) !== unquoted(source.etag))
    throw new CloudError(`${from} is another version`, { code: 'PreconditionFailed', operation: 'copy', key: to });
  const { copyInParts } = await import('./copy-parts.ts');
  return (
    source && copyInParts(driver, `${fromBucket ?? bucket}/${from}`, source, to, { conditions: ifAbsent ? dialect.ifAbsent : {}, signal })
  );
}

/** `ObjectStore.copy`. */
export async function copyObject(driver: XmlDriver, from: string, to: string, options: CopyOptions): Promise<PutResult | null> {
  checkKey(from, { http: true });
  checkKey(to, { http: true });
  const { dialect } = driver.init;
  const { metadata, ifMatch, ifAbsent, fromBucket, signal } = options;
  const about = { operation: 'copy', signal, fromBucket };
  if (metadata && fromBucket !== undefined)
    throw new CloudError('a copy from another bucket takes its metadata along', { code: 'NotSupported', operation: 'copy', key: to });
  const refuse = (what: string): CloudError => new CloudError(what, { code: 'PreconditionFailed', operation: 'copy', key: to });
  const conditions: Record<string, string> = { ...(ifMatch && dialect.copyIfMatch(ifMatch)), ...(ifAbsent && dialect.ifAbsent) };
  // servers are known that ignore it on a copy
  if (ifAbsent && (await headObject(driver, to, { signal }))) throw refuse(`${to} is there`);
  if (!metadata) return copyOnce(driver, from, to, conditions, about).catch((error: unknown) => inParts(driver, error, from, to, options));
  for (let attempt = 1; ; attempt++) {
    const source = await headFully(driver, from, { signal });
    if (!source) return null;
    const { etag, generation } = source.info;
    if (ifMatch && ifMatch !== generation && unquoted(ifMatch) !== unquoted(etag)) throw refuse(`${from} is another version`);
    const version = generation ?? etag;
    const pin = version && dialect.copyIfMatch(version);
    try {
      return await copyOnce(driver, from, to, { ...conditions, ...pin, ...replacing(driver, source, metadata) }, about);
    } catch (error) {
      if (!isCloudError(error, 'PreconditionFailed') || attempt >= copyAttempts) throw error;
      const now = await headObject(driver, from, { signal });
      if (!now) return null;
      // what did not hold is the caller's own condition
      if ((now.generation ?? now.etag) === version) throw error;
    }
  }
}
