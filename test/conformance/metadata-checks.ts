/** Changing the metadata of what is there: what stays, what is refused, and that no writer's change is lost. */
import { isCloudError } from '../../src/errors.ts';
import type { ObjectInfo, ObjectStore } from '../../src/types.ts';
import { env } from '../env.ts';
import { equal, ok, rejects, sameBytes } from '../harness.ts';
import { noise } from './noise.ts';
import { type Check, type Corner, gzipped, pages, sorted } from './suite.ts';

const headers = {
  contentType: 'text/csv',
  contentEncoding: 'gzip',
  cacheControl: 'no-cache',
  contentDisposition: 'attachment; filename="a.csv"',
  contentLanguage: 'de',
};

const headersIn = (info: ObjectInfo | null): unknown =>
  Object.fromEntries(Object.keys(headers).map((name) => [name, info?.[name as keyof typeof headers]]));

const headOf = async (store: ObjectStore, key: string): Promise<ObjectInfo> => (await store.head(key))!;

/** One writer: reads, adds a tag of its own, writes if nobody else did meanwhile; else begins anew. */
async function addTags({ store, key }: Corner, name: string, count: number): Promise<void> {
  for (let i = 0; i < count;) {
    const expected = await headOf(store, key('a'));
    const tags = (expected.metadata['note'] ?? '').split(' ').filter(Boolean);
    // refused, and there all the same: its answer came after that of another who added to it
    if (tags.includes(`${name}${i}`)) {
      i++;
      continue;
    }
    const note = [...tags, `${name}${i}`].join(' ');
    try {
      ok(await store.setMetadata!(key('a'), { ...expected.metadata, note }, { expected }), 'an object');
      i++;
    } catch (error) {
      if (!isCloudError(error, 'PreconditionFailed')) throw error;
    }
  }
}

export function metadataChecks(check: Check): void {
  check('other metadata, all else as it was', ['read', 'write'], async ({ store, key, can }) => {
    // GCS sends UTF-8 as it is in headers; WebKit makes replacement characters of it before anybody can look.
    const note = env().engine === 'webkit' && store.url.startsWith('gs:') ? 'u and = signs' : 'ü and = signs';
    if (!can.metadata) return equal(store.setMetadata, undefined, 'no metadata, no method');
    const bytes = await gzipped(noise(5000));
    await store.put(key('a'), bytes, { ...headers, metadata: { a: '1' } });
    const before = await headOf(store, key('a'));
    const set = (await store.setMetadata!(key('a'), { a: '2', note }))!;
    equal([set.key, set.sizeBytes ?? bytes.length], [key('a'), bytes.length]);
    const after = await headOf(store, key('a'));
    equal(after.metadata, { a: '2', note });
    equal([after.sizeBytes, after.storageClass], [before.sizeBytes, before.storageClass]);
    if (can.headers) equal(headersIn(after), headers, 'what goes with the bytes');
    const got = (await store.get(key('a')))!;
    if (can.storedBytes === true) sameBytes(await got.bytes(), bytes);
    equal(await store.setMetadata!(key('missing'), { a: '1' }), null);
    equal(await store.head(key('missing')), null);
  });

  check('metadata that is taken away', ['read', 'write', 'metadata'], async ({ store, key }) => {
    await store.put(key('a'), 'x', { metadata: { a: '1', b: '2', note: '3' } });
    await store.setMetadata!(key('a'), { b: '2' });
    equal((await headOf(store, key('a'))).metadata, { b: '2' });
    await store.setMetadata!(key('a'), { b: '2', owner: '4' });
    await store.setMetadata!(key('a'), {});
    equal((await headOf(store, key('a'))).metadata, {});
    equal(await (await store.get(key('a')))!.text(), 'x');
  });

  check('other metadata for what is as expected', ['read', 'write', 'list', 'metadata', 'conditionalWrites'], async (corner) => {
    const { store, key, prefix } = corner;
    const at = key('a');
    await store.put(at, 'one', { metadata: { a: '1' } });
    const one = await headOf(store, at);
    await store.setMetadata!(at, { a: '1', b: '2' }, { expected: one });
    equal((await headOf(store, at)).metadata, { a: '1', b: '2' });
    await rejects(store.setMetadata!(at, { a: '3' }, { expected: one }), 'PreconditionFailed');
    const two = await headOf(store, at);
    equal(two.metadata, { a: '1', b: '2' }, 'metadata of another writer');
    await store.put(at, 'two', { metadata: { a: '1', b: '2' } });
    await rejects(store.setMetadata!(at, { a: '4' }, { expected: two }), 'PreconditionFailed');
    const [listed] = (await pages(store, { prefix })).flatMap((page) => page.objects);
    await store.setMetadata!(at, { a: '5' }, { expected: listed });
    equal((await headOf(store, at)).metadata, { a: '5' });
    equal(await (await store.get(at))!.text(), 'two');
    await rejects(store.setMetadata!(at, {}, { expected: { key: at, sizeBytes: 3, metadata: { a: '5' } } }), 'InvalidArgument');
    const gone = await headOf(store, at);
    await store.delete(at);
    equal(await store.setMetadata!(at, { a: '6' }, { expected: gone }), null);
    equal(await store.head(at), null);
  });

  check('of two writers of metadata none loses a change', ['read', 'write', 'metadata', 'conditionalWrites'], async (corner) => {
    const { store, key, options } = corner;
    const { metadataRaces: count = 1 } = options;
    await store.put(key('a'), 'x', { metadata: { a: '1' } });
    await Promise.all(['p', 'q'].map((name) => addTags(corner, name, count)));
    const { metadata } = await headOf(store, key('a'));
    const all = ['p', 'q'].flatMap((name) => Array.from({ length: count }, (_, i) => `${name}${i}`));
    equal(sorted(metadata['note']!.split(' ')), sorted(all));
    equal([metadata['a'], await (await store.get(key('a')))!.text()], ['1', 'x']);
  });

  check('a copy with other metadata keeps the headers', ['read', 'write', 'copy', 'metadata', 'headers'], async ({ store, key }) => {
    const bytes = await gzipped(noise(5000));
    await store.put(key('a'), bytes, { ...headers, metadata: { a: '1' } });
    await store.copy!(key('a'), key('b'), { metadata: { b: '2' } });
    const copied = await headOf(store, key('b'));
    equal([copied.metadata, headersIn(copied)], [{ b: '2' }, headers]);
    await store.copy!(key('a'), key('b'), { metadata: {} });
    const bare = await headOf(store, key('b'));
    equal([bare.metadata, headersIn(bare)], [{}, headers]);
    equal(await store.copy!(key('missing'), key('c'), { metadata: { b: '2' } }), null);
    equal(await store.head(key('c')), null);
  });
}
