/**
 * The key of one day, region and service, as a CryptoKey that no script can read. Written from AWS's description of Signature Version 4 and
 * Google's of V4 signing, which derive it alike.
 *
 * @module
 */
import type { KeyCredentials } from '../types.ts';
import type { DayKey } from './types.ts';

const HMAC = { name: 'HMAC', hash: 'SHA-256' };
const encoder = new TextEncoder();

const importKey = (bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> => crypto.subtle.importKey('raw', bytes, HMAC, false, ['sign']);

/** HMAC-SHA-256 of a text. */
export const hmac = async (key: CryptoKey, text: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text)));

/**
 * Derives the key of a scope.
 *
 * @param salt what stands in front of the secret: `AWS4` or `GOOG4`
 * @param scope day, region, service and end, joined by slashes
 */
export async function deriveDayKey(keys: KeyCredentials, salt: string, scope: string): Promise<DayKey> {
  const { accessKeyId, secretAccessKey, sessionToken } = keys;
  let key = await importKey(encoder.encode(salt + secretAccessKey));
  for (const part of scope.split('/')) {
    const bytes = await hmac(key, part);
    key = await importKey(bytes);
    bytes.fill(0);
  }
  return { accessKeyId, scope, key, ...(sessionToken && { sessionToken }) };
}
