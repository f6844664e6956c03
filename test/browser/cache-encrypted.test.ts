// The encrypted container, held to what all promise, and to its own: nothing readable is in storage, and nobody can take the key along.
import { createStore, promisifyRequest, type UseStore } from 'idb-keyval';
import { chooseContainer } from '../../src/cache/container/choose-container.ts';
import { maxValueBytes, type CacheContainer, type CacheEntry, type CacheTrouble } from '../../src/cache/container/container.ts';
import { createEncryptedContainer, ENCRYPTION_BYTES } from '../../src/cache/container/encrypted-container.ts';
import { encryptionKey } from '../../src/cache/container/encryption-key.ts';
import { createDatabase } from '../../src/cache/container/idb-database.ts';
import type { ValueRow } from '../../src/cache/container/idb-rows.ts';
import { dropDatabase, makeIdbRig, openIdb } from '../conformance/cache-idb-rig.ts';
import { bytesFor, entryFor, keyOf } from '../conformance/cache-rig.ts';
import { cacheSuite } from '../conformance/cache-suite.ts';
import { platformNames, rejection, thrownAs } from '../conformance/platform-errors.ts';
import { uniqueName } from '../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../harness.ts';

const MiB = 0x100000;

/** A key in a database of its own. */
async function withKey<T>(fn: (name: string) => Promise<T>): Promise<T> {
  const name = uniqueName('key');
  try {
    return await fn(name);
  } finally {
    await dropDatabase(name);
  }
}

cacheSuite(
  'encrypted',
  (options) =>
    withKey(async (name) => {
      const key = await encryptionKey({ name });
      return await makeIdbRig(options, (inner) => createEncryptedContainer(inner, key), maxValueBytes + ENCRYPTION_BYTES);
    }),
  { steps: 200 },
);

/** All that a database holds, as bytes one after another. */
async function everything(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const db = createDatabase(name);
  const all = await db.transact('readonly', async (store) => {
    const [keys, values] = await Promise.all([promisifyRequest(store.getAllKeys()), promisifyRequest(store.getAll())]);
    return keys.flatMap((key, i) => [key, values[i] as unknown]);
  });
  db.close();
  const parts = all.flatMap((one) => {
    const { body } = one as Partial<ValueRow>;
    return body ? [body, JSON.stringify(one)] : JSON.stringify(one);
  });
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

const has = (all: Uint8Array, piece: Uint8Array): boolean => {
  for (let at = all.indexOf(piece[0]!); at >= 0; at = all.indexOf(piece[0]!, at + 1))
    if (piece.every((byte, i) => all[at + i] === byte)) return true;
  return false;
};

test('nothing that was put is in storage, neither bytes nor names; without encryption it is', () =>
  withKey(async (keyName) => {
    const key = await encryptionKey({ name: keyName });
    const secret = 's3://bucket/patients/anna.h5';
    const entries = [
      entryFor(keyOf('a', 5000), { secret, n: 1 }),
      entryFor(keyOf('large', 600 * 1024)),
      entryFor(keyOf('a', 0, 'o'), { secret }),
    ];
    for (const encrypt of [true, false]) {
      const name = uniqueName('cache');
      const inner = await openIdb({ name, budgetBytes: 64 * MiB });
      const container = encrypt ? createEncryptedContainer(inner, key) : inner;
      equal(await container.putMany(entries), 3);
      const all = await everything(name);
      ok(all.length > 600 * 1024 + 5000, `${all.length} bytes`);
      for (const { bytes } of entries)
        for (let at = 0; at + 16 <= bytes.length; at += 1000) equal(has(all, bytes.subarray(at, at + 16)), !encrypt, `byte ${at}`);
      equal(has(all, new TextEncoder().encode('anna')), !encrypt, 'the meta');
      await container.close();
      await dropDatabase(name);
    }
  }));

test('the same value is never stored as the same bytes', () =>
  withKey(async (keyName) => {
    const key = await encryptionKey({ name: keyName });
    const name = uniqueName('cache');
    const inner = await openIdb({ name, budgetBytes: 64 * MiB });
    const container = createEncryptedContainer(inner, key);
    const value = keyOf('a', 100);
    const stored = { ...value, sizeBytes: 100 + ENCRYPTION_BYTES };
    const seen = new Set<string>();
    for (let i = 0; i < 20; i++) {
      await container.putMany([entryFor(value, { n: 1 })]);
      const [entry] = await inner.getMany([stored]);
      seen.add(entry!.bytes.subarray(0, 12).join()).add(entry!.bytes.subarray(12).join()).add(String(entry!.meta!['e']));
    }
    equal(seen.size, 60);
    await container.close();
    await dropDatabase(name);
  }));

test('the key stays in the browser: made once, the same for all who come at once, and not to be exported', () =>
  withKey(async (name) => {
    const keys = await Promise.all(Array.from({ length: 6 }, () => encryptionKey({ name })));
    const plain = Uint8Array.of(1, 2, 3);
    const iv = new Uint8Array(12);
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, keys[0]!, plain);
    for (const key of [...keys, await encryptionKey({ name })]) {
      sameBytes(new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, sealed)), plain);
      equal([key.extractable, key.usages.toSorted()], [false, ['decrypt', 'encrypt']]);
      for (const format of ['raw', 'jwk'] as const) await rejects(crypto.subtle.exportKey(format, key), (error) => error instanceof Error);
    }
  }));

test('what was encrypted with another key, or put together of two values, is a miss, told, and gone', () =>
  withKey(async (keyName) => {
    const name = uniqueName('cache');
    const told: CacheTrouble[] = [];
    const inner = await openIdb({ name, budgetBytes: 64 * MiB });
    const mine = createEncryptedContainer(inner, await encryptionKey({ name: keyName }));
    mine.onTrouble = (trouble) => void told.push(trouble);
    const others = await withKey(async (other) => createEncryptedContainer(inner, await encryptionKey({ name: other })));
    const [key, pointer] = [keyOf('a', 1000), keyOf('b', 0, 'o')];
    await others.putMany([entryFor(key), entryFor(pointer, { n: 1 })]);
    equal(await mine.getMany([key]), [undefined]);
    for await (const _ of mine.known({ namespace: key.namespace })) ok(false, 'not mine');
    equal(
      told.map(({ code }) => code),
      ['corrupt'],
    );
    equal([(await mine.usage()).entries, await others.getMany([key, pointer])], [0, [undefined, undefined]]);

    const stored = async (one: CacheEntry): Promise<CacheEntry> => {
      await mine.putMany([one]);
      return (await inner.getMany([{ ...one, sizeBytes: one.sizeBytes + ENCRYPTION_BYTES }]))[0]!;
    };
    const [a, b] = [await stored(entryFor(key, { n: 1 })), await stored(entryFor(keyOf('b', 1000), { n: 2 }))];
    const { meta: _, ...bare } = a;
    const mixtures = [
      { ...b, object: a.object },
      { ...a, meta: b.meta },
      bare,
      { ...a, part: 1 },
      { ...a, meta: { e: 'AAAA' } },
      { ...a, meta: { e: '!' } },
    ];
    for (const [i, one] of mixtures.entries()) {
      await mine.delete({ namespace: key.namespace });
      equal(await inner.putMany([one]), 1);
      equal(await mine.getMany([{ ...key, part: one.part }]), [undefined], `mixture ${i}`);
      equal((await mine.usage()).entries, 0);
    }
    await mine.close();
    await dropDatabase(name);
  }));

test('whatever keeping a key fails with, there is none, and a key that is not fit is not taken', () =>
  withKey(async (name) => {
    for (const error of platformNames.filter((one) => one !== 'InvalidStateError')) {
      const wanted = thrownAs(error);
      const openStore = (): UseStore => () => rejection(error);
      let thrown: unknown = 'nothing';
      await encryptionKey({ name, openStore }).catch((reason: unknown) => (thrown = reason));
      equal((thrown as Error | null | undefined)?.name, (wanted as Error | null | undefined)?.name, error);
    }
    // As if an earlier version had put it there.
    const exportable = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt']);
    const store = createStore(name, 'e');
    await store('readwrite', (at) => promisifyRequest(at.put(exportable, 'key')));
    equal((await encryptionKey({ name })).extractable, false);
    await store('readonly', (at) => at.transaction.db.close());
  }));

/** With what is missing here or there. */
async function without(what: 'crypto' | 'indexedDB', value: unknown, fn: () => Promise<void>): Promise<void> {
  const before = Object.getOwnPropertyDescriptor(globalThis, what);
  Object.defineProperty(globalThis, what, { value, configurable: true });
  try {
    await fn();
  } finally {
    if (before) Object.defineProperty(globalThis, what, before);
    else delete (globalThis as Record<string, unknown>)[what];
  }
}

test('chosen with encryption: what lasts is encrypted, and where that cannot be, memory alone, which is said', async () => {
  const key = keyOf('chosen', 2000, 0, '0123456789abcdef');
  const open = async (): Promise<[CacheContainer, string[]]> => {
    const told: string[] = [];
    const container = await chooseContainer('auto', { encrypt: true, onTrouble: ({ code, name }) => void told.push(`${code} ${name}`) });
    return [container, told];
  };
  const [container, told] = await open();
  equal([container.kind, container.capabilities.maxValueBytes, told], ['indexeddb', maxValueBytes, []]);
  equal(await container.putMany([entryFor(key, { n: 1 })]), 1);
  await container.close();
  const [again] = await open();
  sameBytes((await again.getMany([key]))[0]?.bytes, bytesFor(key));
  equal(has(await everything('anyfile-cache-1-encrypted'), bytesFor(key).subarray(0, 16)), false);
  const plain = await chooseContainer('auto');
  equal(await plain.getMany([key]), [undefined], 'another place');
  await plain.close();
  await again.delete({ namespace: key.namespace });
  await again.close();
});

test('chosen with encryption where there is no WebCrypto or no IndexedDB: memory alone, and it is said why', async () => {
  const random = crypto.getRandomValues.bind(crypto);
  for (const [what, value] of [
    ['crypto', { getRandomValues: random }],
    ['indexedDB', undefined],
  ] as const)
    await without(what, value, async () => {
      const told: string[] = [];
      const memory = await chooseContainer('opfs', { encrypt: true, onTrouble: ({ code, name }) => void told.push(`${code} ${name}`) });
      equal([memory.kind, memory.capabilities.persistent, told], ['memory', false, ['unavailable NotSupportedError']], what);
      equal(await memory.putMany([entryFor(keyOf('a'))]), 1);
      await memory.close();
    });
});
