/**
 * A container whose storage sees nothing but ciphertext: AES-GCM (NIST SP 800-38D) with a key that no script can read.
 *
 * - A value is stored as a nonce of 12 random bytes, the ciphertext, and a tag of 16 bytes: 28 bytes more. A pointer has no bytes either way.
 * - Its meta, JSON, is encrypted alike and stored as base64 under `e`; a pointer always has one.
 * - Key, length and the stored meta are additional data: what was moved, cut or put together of two does not decrypt.
 *
 * Names of values are hashes already. That there are values, how many, how long and when they were used, shows.
 *
 * @module
 */
import { throwIfAborted } from '../../util/abort.ts';
import { fromBase64, toBase64 } from '../../util/base64.ts';
import { decodeUtf8, encodeUtf8 } from '../../util/utf8.ts';
import { batchesOf } from './batches.ts';
import type { CacheContainer, CacheEntry, CacheKey, CacheMeta } from './container.ts';
import { isEntry, isKey } from './key.ts';
import { createTeller, nameOfThrown } from './trouble.ts';

const NONCE_BYTES = 12;
const TAG_BITS = 128;
/** How much longer a stored value is. */
export const ENCRYPTION_BYTES: number = NONCE_BYTES + TAG_BITS / 8;

const storedKey = ({ namespace, object, part, sizeBytes }: CacheKey): CacheKey => ({
  namespace,
  object,
  part,
  sizeBytes: part === 'o' ? 0 : sizeBytes + ENCRYPTION_BYTES,
});

const plainKey = ({ namespace, object, part, sizeBytes }: CacheKey): CacheKey => ({
  namespace,
  object,
  part,
  sizeBytes: part === 'o' ? 0 : sizeBytes - ENCRYPTION_BYTES,
});

/** Encrypts and decrypts with one key. */
function cipher(key: CryptoKey): {
  seal(bytes: Uint8Array, of: string): Promise<Uint8Array<ArrayBuffer>>;
  open(sealed: Uint8Array, of: string): Promise<Uint8Array<ArrayBuffer>>;
} {
  const { subtle } = crypto;
  const parameters = (iv: Uint8Array<ArrayBuffer>, of: string): AesGcmParams => ({
    name: 'AES-GCM',
    iv,
    tagLength: TAG_BITS,
    additionalData: encodeUtf8(of),
  });
  return {
    async seal(bytes, of) {
      // Random nonces of 96 bits are good for 2^32 values, which no cache sees.
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const text = await subtle.encrypt(parameters(nonce, of), key, bytes as Uint8Array<ArrayBuffer>);
      const sealed = new Uint8Array(NONCE_BYTES + text.byteLength);
      sealed.set(nonce);
      sealed.set(new Uint8Array(text), NONCE_BYTES);
      return sealed;
    },
    async open(sealed, of) {
      const [nonce, text] = [sealed.slice(0, NONCE_BYTES), sealed.subarray(NONCE_BYTES)] as [
        Uint8Array<ArrayBuffer>,
        Uint8Array<ArrayBuffer>,
      ];
      return new Uint8Array(await subtle.decrypt(parameters(nonce, of), key, text));
    },
  };
}

/**
 * Put encryption in front of a container. Its promises stay: what was damaged, or encrypted with a key that is gone, is a miss and removed.
 * Values are {@link ENCRYPTION_BYTES} shorter than the largest that the container takes. There is no reading at once: the platform
 * decrypts asynchronously alone.
 *
 * @param key of {@link encryptionKey}
 * @example createEncryptedContainer(await openIndexedDbContainer({ name: 'encrypted' }), await encryptionKey())
 */
export function createEncryptedContainer(inner: CacheContainer, key: CryptoKey): CacheContainer {
  const { seal, open } = cipher(key);
  const maxValueBytes = inner.capabilities.maxValueBytes - ENCRYPTION_BYTES;
  const tell = createTeller(() => inner.onTrouble);
  /** What a ciphertext is of; `beside` is what is stored with it. */
  const name = (what: 'meta' | 'bytes', { namespace, object, part, sizeBytes }: CacheKey, beside = ''): string =>
    JSON.stringify(['anyfile-cache-1', what, namespace, object, part, sizeBytes, beside]);

  async function encrypt(entry: CacheEntry): Promise<CacheEntry> {
    const { part, bytes, meta } = entry;
    const withMeta = meta !== undefined || part === 'o';
    const e = withMeta ? toBase64(await seal(encodeUtf8(JSON.stringify(meta ?? null)), name('meta', entry))) : undefined;
    const sealed = part === 'o' ? new Uint8Array(0) : await seal(bytes, name('bytes', entry, e));
    return { ...storedKey(entry), bytes: sealed, ...(e !== undefined && { meta: { e } }) };
  }

  async function decrypt(stored: CacheEntry): Promise<CacheEntry> {
    const plain = plainKey(stored);
    const e = stored.meta?.['e'];
    const sealed = e === undefined && plain.part !== 'o' ? undefined : fromBase64(String(e));
    const meta = sealed && (JSON.parse(decodeUtf8(await open(sealed, name('meta', plain)))) as CacheMeta | null);
    const bytes = plain.part === 'o' ? new Uint8Array(0) : await open(stored.bytes, name('bytes', plain, e === undefined ? '' : String(e)));
    return { ...plain, bytes, ...(meta && { meta }) };
  }

  async function decrypted(stored: CacheEntry | undefined): Promise<CacheEntry | undefined> {
    if (!stored) return undefined;
    try {
      return await decrypt(stored);
    } catch (error) {
      tell({ code: 'corrupt', name: nameOfThrown(error) });
      // A key that is gone does not come back. It is asked for before anybody can put the value again, and so comes first.
      inner.delete({ namespace: stored.namespace, object: stored.object }).catch(() => {});
      return undefined;
    }
  }

  /** @returns undefined when there is no encrypting here, which was told */
  async function encrypted(entry: CacheEntry): Promise<CacheEntry | undefined> {
    try {
      return await encrypt(entry);
    } catch (error) {
      tell({ code: 'unavailable', name: nameOfThrown(error) });
      return undefined;
    }
  }

  return {
    kind: inner.kind,
    capabilities: { ...inner.capabilities, syncRead: false, maxValueBytes },
    get onTrouble() {
      return inner.onTrouble;
    },
    set onTrouble(listener) {
      inner.onTrouble = listener;
    },
    async getMany(keys, given = {}) {
      const found = await inner.getMany(
        keys.map((one) => (isKey(one) ? storedKey(one) : one)),
        given,
      );
      const entries = await Promise.all(found.map(decrypted));
      throwIfAborted(given.signal);
      return entries;
    },
    async putMany(entries, given = {}) {
      throwIfAborted(given.signal);
      let kept = 0;
      for (const batch of batchesOf(entries.filter((entry) => isEntry(entry, maxValueBytes)))) {
        const sealed = await Promise.all(batch.map(encrypted));
        kept += await inner.putMany(
          sealed.filter((entry) => entry !== undefined),
          given,
        );
      }
      return kept;
    },
    touch: (keys) => inner.touch(keys.filter(isKey).map(storedKey)),
    delete: (range, given) => inner.delete(range, given),
    evict: (targetBytes) => inner.evict(targetBytes),
    usage: (range) => inner.usage(range),
    async *known(range, given = {}) {
      for await (const stored of inner.known(range, given)) {
        const entry = await decrypted(stored);
        throwIfAborted(given.signal);
        if (entry) yield entry;
      }
    },
    objects: (range, given) => inner.objects(range, given),
    scrub: () => inner.scrub(),
    close: () => inner.close(),
  };
}
