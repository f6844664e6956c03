/**
 * Object info from and to the headers that S3, GCS's XML side and the web share.
 *
 * @module
 */
import { chooseComposite, chooseExpectation, type Expectation, type KnownChecksums } from '../integrity/expectation.ts';
import type { HttpHeaders, ObjectInfo, PutOptions } from '../types.ts';
import { fromHex, toBase64 } from '../util/base64.ts';
import { intHeader } from './read.ts';

type TextField = Exclude<keyof ObjectInfo, 'key' | 'sizeBytes' | 'lastModified' | 'metadata' | 'parts'>;

/** `x-goog-hash: crc32c=…,md5=…` → base64 by name. */
function googleHashes(headers: HttpHeaders): Record<string, string> | undefined {
  const text = headers.get('x-goog-hash');
  if (!text) return undefined;
  const out: Record<string, string> = {};
  for (const part of text.split(',')) {
    const [name, ...value] = part.trim().split('=');
    if (name && value.length > 0) out[name] = value.join('=');
  }
  return out;
}

/** Encrypted with a managed or customer's key: the ETag is no MD5. */
const isEncrypted = (headers: HttpHeaders): boolean =>
  Boolean(
    headers.get('x-amz-server-side-encryption')?.startsWith('aws:kms') || headers.get('x-amz-server-side-encryption-customer-algorithm'),
  );

/** The hex digits of an ETag that may be an MD5. */
export const md5HexIn = (etag: string | null | undefined): string | undefined => /^"([\da-f]{32})"$/.exec(etag ?? '')?.[1];

/** An ETag that is the MD5 of the stored bytes: 32 hex digits, not encrypted with a managed or customer's key. */
export function md5OfEtag(headers: HttpHeaders): Uint8Array | undefined {
  const hex = md5HexIn(headers.get('etag'));
  return hex && !isEncrypted(headers) ? fromHex(hex) : undefined;
}

/** What the head of a response tells of an object. `metaPrefixes`: `x-amz-meta-`, `x-goog-meta-`. */
export function infoFromHeaders(key: string, headers: HttpHeaders, ...metaPrefixes: readonly string[]): Omit<ObjectInfo, 'sizeBytes'> {
  const metadata: Record<string, string> = {};
  headers.forEach((value, name) => {
    for (const prefix of metaPrefixes) if (name.startsWith(prefix)) metadata[name.slice(prefix.length)] = decodeHeader(value);
  });
  const hashes = googleHashes(headers);
  const info: Omit<ObjectInfo, 'sizeBytes'> = { key, metadata };
  // one by one, not spread: this is done for every read
  const set = (name: TextField, value: string | null | undefined): void => {
    if (value) info[name] = value;
  };
  set('etag', headers.get('etag'));
  set('generation', headers.get('x-goog-generation'));
  set('metageneration', headers.get('x-goog-metageneration'));
  set('versionId', headers.get('x-amz-version-id'));
  set('md5', hashes?.['md5']);
  set('crc32c', hashes?.['crc32c'] ?? fullChecksum(headers, 'crc32c'));
  set('contentType', headers.get('content-type'));
  set('contentEncoding', storedEncoding(headers.get('x-goog-stored-content-encoding') ?? headers.get('content-encoding')));
  set('contentDisposition', headers.get('content-disposition'));
  set('contentLanguage', headers.get('content-language'));
  set('cacheControl', headers.get('cache-control'));
  set('storageClass', headers.get('x-amz-storage-class') ?? headers.get('x-goog-storage-class'));
  const modified = headers.get('last-modified');
  if (modified) info.lastModified = new Date(modified);
  const parts = intHeader(headers, 'x-amz-mp-parts-count') ?? intHeader(headers, 'x-goog-component-count');
  if (parts !== undefined) info.parts = parts;
  return info;
}

/** `aws-chunked` is how a body travelled, not what it is; `identity` is nothing. */
function storedEncoding(value: string | null | undefined): string | undefined {
  if (!value) return undefined;
  const rest = value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part && part !== 'aws-chunked' && part !== 'identity');
  return rest.length > 0 ? rest.join(', ') : undefined;
}

/** A checksum of the whole object that S3 tells, base64. */
const fullChecksum = (headers: HttpHeaders, name: string): string | undefined => {
  const value = headers.get(`x-amz-checksum-${name}`);
  return value && !value.includes('-') && headers.get('x-amz-checksum-type') !== 'COMPOSITE' ? value : undefined;
};

/** A checksum of the whole object, base64. */
export const checksumIn = (headers: HttpHeaders, name: string): string | undefined =>
  fullChecksum(headers, name) ?? googleHashes(headers)?.[name];

/** What {@link expectationFrom} is told of the store and the object. */
export interface ExpectationInit {
  /** Whether the store's ETags are MD5s. `shown`: only where it is seen how the object is encrypted, since a page may not be shown that. */
  etagIsMd5: boolean | 'shown';
  /** Of the whole object; without it checksums of parts' checksums are of no use. */
  sizeBytes?: number | undefined;
  /** Of the parts that it was uploaded in, where the caller knows it. */
  partSizeBytes?: number | undefined;
}

/**
 * The checksum to verify a whole read by: what S3 and GCS send of the whole, else an ETag or Content-MD5 that is an MD5; else what S3 sends of
 * parts. An ETag that may belong to encrypted bytes can confirm but not refute.
 */
export function expectationFrom(headers: HttpHeaders, init: ExpectationInit): Expectation | undefined {
  const { etagIsMd5, sizeBytes, partSizeBytes } = init;
  const hashes = googleHashes(headers);
  const told = chooseExpectation({
    crc32c: fullChecksum(headers, 'crc32c') ?? hashes?.['crc32c'],
    crc32: fullChecksum(headers, 'crc32'),
    crc64nvme: fullChecksum(headers, 'crc64nvme'),
    // of what was sent, which on the web may be encoded on the way
    md5: hashes?.['md5'] ?? (headers.get('content-encoding') ? undefined : headers.get('content-md5')),
    sha256: fullChecksum(headers, 'sha256'),
  });
  if (told) return told;
  const certain = etagIsMd5 !== 'shown' || Boolean(headers.get('x-amz-server-side-encryption'));
  const md5 = etagIsMd5 ? md5OfEtag(headers) : undefined;
  if (md5) return { hash: 'md5', digest: md5, ...(!certain && { certain }) };
  if (sizeBytes === undefined) return undefined;
  const known: KnownChecksums = {};
  for (const name of ['crc32c', 'crc32', 'sha256'] as const) known[name] = headers.get(`x-amz-checksum-${name}`);
  if (etagIsMd5 && !isEncrypted(headers)) known.md5 = /^"([\da-f]{32}-\d+)"$/.exec(headers.get('etag') ?? '')?.[1];
  const composite = chooseComposite(known, { sizeBytes, partSizeBytes });
  return composite?.hash === 'md5' && !certain ? { ...composite, certain } : composite;
}

/** Options of a put → headers. */
export function headersFromPut(options: PutOptions, names: { metaPrefix: string; headerPrefix: string }): Record<string, string> {
  const out: Record<string, string> = {};
  const put = (name: string, value: string | undefined): void => {
    if (value !== undefined) out[name] = value;
  };
  put('content-type', options.contentType);
  put('content-encoding', options.contentEncoding);
  put('content-disposition', options.contentDisposition);
  put('content-language', options.contentLanguage);
  put('cache-control', options.cacheControl);
  put(`${names.headerPrefix}storage-class`, options.storageClass);
  for (const [name, value] of Object.entries(options.metadata ?? {})) out[names.metaPrefix + name.toLowerCase()] = encodeHeader(value);
  return out;
}

/** Headers with some in place of their own; an empty text takes one off. */
export function withHeaders(headers: HttpHeaders, own: Record<string, string>): HttpHeaders {
  return {
    get: (name) => (name in own ? own[name] || null : headers.get(name)),
    forEach(visit) {
      headers.forEach((value, name) => void (name in own || visit(value, name)));
      for (const [name, value] of Object.entries(own)) if (value) visit(value, name);
    },
  };
}

/** RFC 2047, as S3 does for metadata that is not ASCII. */
export function encodeHeader(value: string): string {
  // oxlint-disable-next-line no-control-regex
  return /^[\x20-\x7e]*$/.test(value) && !/^\s|\s$|^=\?/.test(value) ? value : `=?UTF-8?B?${toBase64(new TextEncoder().encode(value))}?=`;
}

/** UTF-8 that came as the bytes of a header, one character each; other text stays. */
function decodeBytes(value: string): string {
  if (!/^[^\u0100-\uffff]*[\x80-\xff][^\u0100-\uffff]*$/.test(value)) return value;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(value, (c) => c.charCodeAt(0)));
  } catch {
    return value;
  }
}

/** The other way; text that is neither RFC 2047 nor UTF-8 in disguise (as GCS sends it) stays. */
export function decodeHeader(value: string): string {
  return decodeBytes(value).replace(/=\?utf-8\?(b|q)\?([^?]*)\?=(?:\s+(?==\?))?/gi, (whole, kind: string, text: string) => {
    try {
      if (kind.toLowerCase() === 'b') return new TextDecoder().decode(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
      const bytes = text.replace(/_/g, ' ').replace(/=([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
      return new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0)));
    } catch {
      return whole;
    }
  });
}
