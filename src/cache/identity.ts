/**
 * Keys of the cache: what they are made of is what makes two values the same.
 *
 * The validator is inside the key, so a new version has new keys and nothing that was kept is ever changed. Everything is hashed: neither
 * who asked nor what was asked for can be read from the names in storage.
 *
 * @module
 */
import { signingOf } from '../auth/identity.ts';
import { sha256Hex } from '../util/sha256.ts';

/** Counted up when the same key would mean other bytes. */
const FORMAT = '2';

/** Whose values they are. */
export interface CacheIdentity {
  /** Origin of the service. */
  endpoint: string;
  bucket: string;
  /** Kind of service, as `s3`, `gs`, `http`. */
  provider: string;
  /** Who asks: an id of the credentials, as an access key id; never the secret. Left out: nobody in particular. */
  identity?: string | undefined;
}

/** What tells versions of an object apart. */
export interface ObjectVersion {
  /** Of GCS. */
  generation?: string | undefined;
  /** Of S3; `null`, the version of objects in buckets that keep none, does not count. */
  versionId?: string | undefined;
  etag?: string | undefined;
}

/** One version of an object, and how it is cut. */
export interface CachedObject {
  /** Of {@link cacheNamespace}. */
  namespace: string;
  /** Without what signs it: see {@link unsignedUrl}. */
  url: string;
  key: string;
  /** Of {@link validatorOf}. */
  validator: string;
  sizeBytes: number;
  /** How long blocks are; 0 for values that are whole files. */
  blockBytes: number;
  /** Sets blocks apart that are kept beside others of the same cut. */
  salt?: string | undefined;
}

/** Fields one after another: none can be taken for two, whatever is in it. */
const hashOf = (fields: readonly string[]): string =>
  sha256Hex(fields.map((field) => field.replaceAll('\u0001', '\u0001\u0001').replaceAll('\0', '\u0001\u0002')).join('\0'));

/** The first 8 hex digits of all namespaces of one identity at one kind of service. */
export const identityPrefix = ({ provider, identity = '' }: Pick<CacheIdentity, 'provider' | 'identity'>): string =>
  hashOf([provider, identity]).slice(0, 8);

/**
 * The namespace of values that one identity may see in one bucket: 16 hex digits, the first 8 of which are those of {@link identityPrefix}.
 *
 * @example cacheNamespace({ endpoint: 'https://s3.eu-west-1.amazonaws.com', bucket: 'b', provider: 's3', identity: 'AKIA…' })
 */
export const cacheNamespace = (who: CacheIdentity): string =>
  identityPrefix(who) + hashOf([who.endpoint, who.bucket, who.provider, who.identity ?? '']).slice(0, 8);

/** The `object` of keys: 40 hex digits. */
export const cacheObject = ({ namespace, url, key, validator, sizeBytes, blockBytes, salt = '' }: CachedObject): string =>
  hashOf([FORMAT, namespace, unsignedUrl(url), key, validator, String(sizeBytes), String(blockBytes), salt]).slice(0, 40);

/** The `object` of the key of what is known of an object, whatever version: 40 hex digits. */
export const cachePointer = ({ namespace, url, key }: Pick<CachedObject, 'namespace' | 'url' | 'key'>): string =>
  hashOf([FORMAT, namespace, unsignedUrl(url), key]).slice(0, 40);

/**
 * A version as one text: `g:` generation, `v:` version id, or `e:` strong ETag, the first that there is; the ETag without its quotes, which
 * some services leave out.
 *
 * @returns undefined when nothing tells versions apart for certain: a weak ETag may stay the same while bytes change
 * @example validatorOf({ etag: '"abc"' }) // 'e:abc'
 */
export function validatorOf({ generation, versionId, etag }: ObjectVersion): string | undefined {
  if (generation) return `g:${generation}`;
  if (versionId && versionId !== 'null') return `v:${versionId}`;
  const strong = etag && !/^W\//i.test(etag) ? etag.replace(/^"(.*)"$/s, '$1') : '';
  return strong ? `e:${strong}` : undefined;
}

const nameOfPair = (pair: string): string => [...new URLSearchParams(pair).keys()][0]?.toLowerCase() ?? '';

/**
 * A URL without its fragment, userinfo and what signs it in a known way, which differs from time to time for the same bytes. Other
 * parameters stay: what they ask for may be something else, under the same ETag even.
 *
 * @example unsignedUrl('https://h/a?id=1&X-Amz-Signature=f00#x') // 'https://h/a?id=1'
 */
export function unsignedUrl(url: string): string {
  const [, scheme = '', , rest = '', query] = /^([a-z][\w+.-]*:\/\/)?([^/?#]*@)?([^?#]*)(?:\?([^#]*))?/is.exec(url) ?? [];
  const pairs = (query ?? '').split('&').filter(Boolean);
  const signs = signingOf(new Set(pairs.map(nameOfPair)));
  const kept = pairs.filter((pair) => !signs(nameOfPair(pair)));
  return `${scheme}${rest}${kept.length ? `?${kept.join('&')}` : ''}`;
}

/**
 * A key of the web as it goes out, as the driver of the web encodes it: a `#` in it is no fragment.
 *
 * @example webText('a#1?q=ü') // 'a%231?q=%C3%BC'
 */
export const webText = (key: string): string =>
  key.replace(/[^\w.~!$&'()*+,;=:@/?%-]+/gu, (text) => {
    try {
      return encodeURIComponent(text);
    } catch {
      // half a character: the store will refuse the key
      return text;
    }
  });

/**
 * A URL as it may stand in storage in clear, and by which what is kept is cleared: of the web without its query, which may be what opens
 * it; the name in storage is made of all of it.
 *
 * @param url of the web as it goes out, see {@link webText}; of a bucket as its keys are
 * @example clearUrl('https://h/a?access_token=t') // 'https://h/a'
 */
export const clearUrl = (url: string): string => (/^https?:/i.test(url) ? unsignedUrl(url).replace(/\?.*/s, '') : url);
