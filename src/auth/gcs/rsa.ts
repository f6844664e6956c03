/**
 * RS256 with a service account's private key, by WebCrypto.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { ServiceAccountCredentials } from '../../types.ts';
import { fromBase64 } from '../../util/base64.ts';
import { invalid } from '../canonical.ts';

const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

/** The DER bytes of an unencrypted PKCS #8 key (RFC 7468). Line ends may be the two characters `\n`, as in environment variables. */
function parsePem(pem: string): Uint8Array<ArrayBuffer> {
  const body = /^\s*-----BEGIN PRIVATE KEY-----([\w+/=\s\\]+)-----END PRIVATE KEY-----/.exec(pem)?.[1];
  if (body === undefined) throw invalid('private_key is not a PKCS #8 PEM ("BEGIN PRIVATE KEY")');
  return fromBase64(body.replace(/\s|\\[rn]/g, ''));
}

/** Signs texts. */
export type RsaSigner = (text: string) => Promise<Uint8Array>;

/**
 * A signer that imports the key on its first use and keeps it.
 *
 * @returns rejects with `InvalidArgument` for a key that is none, `NotSupported` in pages that are neither https nor loopback
 */
export function createRsaSigner({ private_key }: Pick<ServiceAccountCredentials, 'private_key'>): RsaSigner {
  let key: Promise<CryptoKey> | undefined;
  async function load(): Promise<CryptoKey> {
    // Insecure contexts have no WebCrypto, whatever the types say.
    if (!(globalThis.crypto?.subtle as SubtleCrypto | undefined))
      throw new CloudError('Service accounts need WebCrypto: a secure context', { code: 'NotSupported' });
    const der = parsePem(private_key);
    // The engine's own error is left out: it says nothing more, and nobody knows what it holds.
    return crypto.subtle
      .importKey('pkcs8', der, RS256, false, ['sign'])
      .catch(() => Promise.reject(invalid('private_key is not a usable RSA key')));
  }
  return async (text) => new Uint8Array(await crypto.subtle.sign(RS256.name, await (key ??= load()), new TextEncoder().encode(text)));
}
