/**
 * The key of encrypted caches: made once for an origin, kept by the browser in IndexedDB, and never to be read out by a script.
 *
 * @module
 */
import { createDatabase, whenAnswered, type OpenStore } from './idb-database.ts';

/** Where the key is kept. */
export interface EncryptionKeyOptions {
  /** Name of the database. @default anyfile-cache-key-1 */
  name?: string | undefined;
  /** What stands for idb-keyval's `createStore`, in tests. */
  openStore?: OpenStore | undefined;
}

const DATABASE = 'anyfile-cache-key-1';
const AT = 'key';
const ALGORITHM = 'AES-GCM';
const USES: KeyUsage[] = ['encrypt', 'decrypt'];

const isOurs = (stored: unknown): stored is CryptoKey =>
  stored instanceof CryptoKey &&
  stored.algorithm.name === ALGORITHM &&
  !stored.extractable &&
  USES.every((use) => stored.usages.includes(use));

/**
 * The key of this origin; made when there is none. All tabs and workers get the same one, whoever comes first.
 *
 * @throws DOMException `NotSupportedError` where there is no WebCrypto (pages without TLS), and whatever IndexedDB throws where it keeps no keys
 */
export async function encryptionKey(options: EncryptionKeyOptions = {}): Promise<CryptoKey> {
  // Lib.dom says that it is there everywhere.
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle || typeof indexedDB === 'undefined') throw new DOMException('neither WebCrypto nor IndexedDB', 'NotSupportedError');
  const db = createDatabase(options.name ?? DATABASE, options.openStore);
  const find = (store: IDBObjectStore, otherwise?: () => void): Promise<CryptoKey | undefined> =>
    whenAnswered([store.get(AT) as IDBRequest<unknown>], ([stored]) => (isOurs(stored) ? stored : otherwise?.()) as CryptoKey | undefined);
  try {
    const there = await db.transact('readonly', (store) => find(store));
    if (there) return there;
    const made = await subtle.generateKey({ name: ALGORITHM, length: 256 }, false, USES);
    // Another tab may have been faster: one transaction looks and writes.
    await db.transact('readwrite', (store) => find(store, () => void store.put(made, AT)));
    const kept = await db.transact('readonly', (store) => find(store));
    if (!kept) throw new DOMException('a key was not kept', 'DataError');
    return kept;
  } finally {
    db.close();
  }
}
