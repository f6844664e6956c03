/**
 * How a service worker signs for each service, in the query: headers would cost a preflight each. Drivers are given to
 * `createFetchHandler` by name, since service workers may not load code later.
 *
 * @module
 */
import { canonicalQuery, encodePath, encodeRfc3986, parseHttpUrl, splitUrl, timestamp } from '../auth/canonical.ts';
import { QUERY_EXPIRY_MS } from '../auth/service-signing.ts';
import { createRemoteSigner, type RemoteSignerOptions } from '../signer/remote-signer.ts';
import type { RemoteSigner } from '../types.ts';
import { toHex } from '../util/base64.ts';
import { sha256Hex } from '../util/sha256.ts';
import { hmac } from './day-key.ts';
import type { DayKey, MountProtocol } from './types.ts';

/** Signs requests to one kind of service. */
export interface MountDriver {
  readonly protocol: MountProtocol;
  /**
   * The URL with a signature that is valid for 15 minutes.
   *
   * @param url of the object, percent-encoded, without a query
   * @param date within the day of the key
   */
  sign(method: 'GET' | 'HEAD', url: string, key: DayKey, date: Date): Promise<string>;
}

/** Signs nothing itself: it asks the app's own server. */
export interface SignerDriver {
  readonly protocol: 'signer';
  /** The other side of `createSignerHandler`. */
  connect(options: RemoteSignerOptions): RemoteSigner;
}

/** Both services' query signature of a request without headers and body. @param name of the parameters: `X-Amz-` or `X-Goog-` */
const signer =
  (algorithm: string, name: string): MountDriver['sign'] =>
  async (method, url, { accessKeyId, sessionToken, scope, key }, date) => {
    const [origin, path] = splitUrl(url);
    const stamp = timestamp(date);
    const query = canonicalQuery('', [
      `${name}Algorithm=${algorithm}`,
      `${name}Credential=${encodeRfc3986(`${accessKeyId}/${scope}`)}`,
      `${name}Date=${stamp}`,
      `${name}Expires=${QUERY_EXPIRY_MS / 1000}`,
      `${name}SignedHeaders=host`,
      ...(sessionToken ? [`${name}Security-Token=${encodeRfc3986(sessionToken)}`] : []),
    ]);
    // Not by WebCrypto, which does it on another thread: that takes longer than hashing so little here.
    const canonical = `${method}\n${encodePath(path)}\n${query}\nhost:${parseHttpUrl(origin).host}\n\nhost\nUNSIGNED-PAYLOAD`;
    const signature = toHex(await hmac(key, `${algorithm}\n${stamp}\n${scope}\n${sha256Hex(canonical)}`));
    return `${origin}${path}?${query}&${name}Signature=${signature}`;
  };

/** S3 and every service that speaks its API, with access keys or without any. */
export const s3Driver: MountDriver = { protocol: 's3', sign: /* @__PURE__ */ signer('AWS4-HMAC-SHA256', 'X-Amz-') };

/** Google Cloud Storage with HMAC keys or without any. */
export const gcsDriver: MountDriver = { protocol: 'gs', sign: /* @__PURE__ */ signer('GOOG4-HMAC-SHA256', 'X-Goog-') };

/** Web servers that let pages of other origins read: nothing is signed, media are read in windows. */
export const webDriver: MountDriver = { protocol: 'web', sign: async (_, url) => url };

/** Buckets that the app's own server signs for, by `createSignerHandler` of `anyfile/signer`: for mounts with a `signer`. */
export const signerDriver: SignerDriver = { protocol: 'signer', connect: createRemoteSigner };
