import { openReader, type ReaderOptions } from '../../../../src/cache/blocks/reader.ts';
import type { CloudError } from '../../../../src/errors.ts';
import { createMemoryStore } from '../../../../src/store/memory.ts';
import type { ObjectInfo } from '../../../../src/types.ts';
import { watchedStore, type Oddity } from '../../../conformance/block-store.ts';
import { noise } from '../../../conformance/noise.ts';
import { equal, ok, rejects, sameBytes, test } from '../../../harness.ts';

const [first, second] = [noise(1000, 1), noise(1000, 2)];
const longer = noise(1500, 3);
const span = (start: number, end: number) => ({ start, end });

/** A reader of an object that was read a little. */
async function begun(odd?: Oddity, options: ReaderOptions = {}) {
  const watched = watchedStore(odd);
  await watched.store.put('k', first);
  const warnings: CloudError[] = [];
  const told: ObjectInfo[] = [];
  const reader = await openReader(watched.store, 'k', {
    blockBytes: 100,
    gapBytes: 0,
    onWarning: (warning) => warnings.push(warning),
    onRestart: (info) => told.push(info),
    ...options,
  });
  sameBytes((await reader.read([span(0, 150)]))[0], first.subarray(0, 150));
  return { ...watched, watched, reader, warnings, told };
}

test('an object that is replaced between two reads is ObjectChanged, as often as it is asked', async () => {
  const { store, reader, gets, told } = await begun();
  await store.put('k', second);
  for (let i = 0; i < 2; i++) await rejects(reader.read([span(100, 300)]), 'ObjectChanged');
  sameBytes((await reader.read([span(0, 200)]))[0], first.subarray(0, 200), 'what is kept is of its version');
  ok(gets.length <= 2 + 2 + 2, `few requests: ${gets.length}`);
  equal([told.length, reader.byteLength], [0, 1000]);
  await store.delete('k');
  await rejects(reader.read([span(500, 600)]), 'ObjectChanged');
  await store.put('k', first.slice(0, 10));
  await rejects(reader.read([span(500, 600)]), 'ObjectChanged');
});

test('restart: a read begins anew as a whole, with the new version', async () => {
  const { store, reader, told, gets } = await begun(undefined, { onChange: 'restart' });
  const etag = reader.info.etag;
  await store.put('k', longer);
  const before = gets.length;
  const [kept, fetched] = await reader.read([span(0, 100), span(300, 400)]);
  sameBytes(kept, longer.subarray(0, 100), 'of the new version, although the old one is kept');
  sameBytes(fetched, longer.subarray(300, 400));
  equal([reader.byteLength, told.length, told[0]!.sizeBytes, told[0]!.etag === etag], [1500, 1, 1500, false]);
  equal(gets.length - before, 3, 'refused, begun anew, read');
  await store.put('k', second);
  const many = await Promise.all(
    [500, 700, 1200].map((start) => reader.read([span(start, start + 50)]).catch((error: CloudError) => error.code)),
  );
  sameBytes((many[0] as Uint8Array[])[0], second.subarray(500, 550));
  sameBytes((many[1] as Uint8Array[])[0], second.subarray(700, 750));
  equal([many[2], told.length], ['RangeNotSatisfiable', 2], 'one new beginning for all');
  await store.delete('k');
  await rejects(reader.read([span(800, 900)]), 'ObjectChanged');
});

test('restart: reads in flight are begun anew, and what changes all the time is given up', async () => {
  const { store, reader, watched, gets } = await begun(undefined, { onChange: 'restart' });
  let n = 0;
  watched.before = async (at) => void (at === gets.length && n++ === 0 && (await store.put('k', second)));
  const [a, b] = (await reader.read([span(300, 400), span(700, 800)])) as [Uint8Array, Uint8Array];
  sameBytes(a, second.subarray(300, 400));
  sameBytes(b, second.subarray(700, 800));
  watched.before = async (_, { ifMatch }) => void (ifMatch && (await store.put('k', noise(1000, ++n))));
  const before = gets.length;
  await rejects(reader.read([span(500, 600)]), 'ObjectChanged');
  ok(gets.length - before <= 20, `few requests: ${gets.length - before}`);
});

test('an ETag that changes by itself: Last-Modified and size hold, with one warning', async () => {
  const { store, reader, warnings, gets } = await begun((_, n) => ({ etag: `"random ${n}"` }));
  equal(warnings.length, 1);
  for (const start of [300, 500, 700]) sameBytes((await reader.read([span(start, start + 100)]))[0], first.subarray(start, start + 100));
  equal([warnings.length, warnings[0]!.code, warnings[0]!.key], [1, 'NotSupported', 'k']);
  ok(/ETag changes/.test(warnings[0]!.message), warnings[0]!.message);
  // opened; refused, looked at twice, and twice when the second is over; read; three reads
  equal(gets.length, 1 + 5 + 1 + 3);
  await store.put('k', longer);
  await rejects(reader.read([span(900, 1000)]), 'ObjectChanged');
});

test('an ETag that was another once is that of another version', async () => {
  const { reader, warnings, gets } = await begun((_, n) => (n > 2 ? { etag: '"other"' } : {}));
  await rejects(reader.read([span(300, 400)]), 'ObjectChanged');
  equal([warnings.length, gets.length], [0, 5], 'refused, and looked at twice');
  await rejects(reader.read([span(300, 400)]), 'ObjectChanged');
  equal(gets.length, 6, 'looked at no more');
});

test('an object that is replaced over and over in one second is no ETag that changes by itself', async () => {
  const watched = watchedStore(undefined, createMemoryStore({ bucket: 'b', clock: () => 1000 }));
  await watched.store.put('k', first);
  const warnings: CloudError[] = [];
  const reader = await openReader(watched.store, 'k', { blockBytes: 100, onWarning: (warning) => warnings.push(warning) });
  watched.before = async (n) => void (n < 6 && (await watched.store.put('k', n % 2 ? first.slice() : second)));
  await rejects(reader.read([span(0, 100), span(300, 400)]), 'ObjectChanged');
  equal(warnings.length, 0);
});

test('an ETag that was another for a moment', async () => {
  const { reader, warnings } = await begun((_, n) => (n === 3 ? { etag: '"other"' } : {}));
  sameBytes((await reader.read([span(300, 400)]))[0], first.subarray(300, 400));
  equal(warnings.length, 0);
});

test('a weak or hidden ETag: told once, held to what is shown', async () => {
  for (const [etag, says] of [
    ['W/"x"', 'weak'],
    [undefined, 'no ETag'],
  ] as const) {
    const { store, reader, warnings, gets } = await begun(() => ({ etag }));
    sameBytes((await reader.read([span(300, 400)]))[0], first.subarray(300, 400));
    equal([warnings.length, warnings[0]!.message.includes(says)], [1, true]);
    ok(
      gets.every(({ ifMatch }) => ifMatch === undefined),
      'no condition can be sent',
    );
    await store.put('k', longer);
    await rejects(reader.read([span(500, 600)]), 'ObjectChanged');
  }
  const { reader } = await begun((_, n) => ({ etag: n > 2 ? 'W/"y"' : 'W/"x"' }));
  await rejects(reader.read([span(300, 400)]), 'ObjectChanged');
});

test('what cannot be told apart begins anew too, and keeps nothing of before', async () => {
  const { store, reader, told, warnings } = await begun(() => ({ etag: undefined }), { onChange: 'restart' });
  await store.put('k', longer);
  const [kept, fetched] = await reader.read([span(0, 100), span(500, 600)]);
  sameBytes(kept, longer.subarray(0, 100));
  sameBytes(fetched, longer.subarray(500, 600));
  equal([told.length, warnings.length, reader.byteLength], [1, 1, 1500]);
  // of the same size, and a second later
  const later = await begun((_, n) => ({ etag: undefined, lastModified: new Date(n > 2 ? 2000 : 1000) }), { onChange: 'restart' });
  await later.store.put('k', second);
  const [again] = await later.reader.read([span(0, 300)]);
  sameBytes(again, second.subarray(0, 300));
});

test('a generation is asked for by name, at gs:// only', async () => {
  for (const [url, version] of [
    ['gs://b', '17'],
    ['https://h/', undefined],
  ] as const) {
    const { store, gets } = watchedStore(() => ({ generation: '17' }));
    await store.put('k', first);
    const asked: unknown[] = [];
    const get: typeof store.get = (key, { version, ...options } = {}) => {
      asked.push(version);
      return store.get(key, options);
    };
    const reader = await openReader({ ...store, url, get }, 'k', { blockBytes: 100 });
    sameBytes((await reader.read([span(300, 400)]))[0], first.subarray(300, 400));
    equal(asked, [undefined, version]);
    equal(gets[1]!.ifMatch, version ? undefined : reader.info.etag);
  }
});

test('a version of S3 is compared, and no version is none', async () => {
  const replaced = await begun((_, n) => ({ versionId: n > 2 ? 'b' : 'a', etag: '"equal"' }));
  await rejects(replaced.reader.read([span(300, 400)]), 'ObjectChanged');
  const { reader } = await begun((_, n) => (n > 2 ? { versionId: 'null' } : {}));
  sameBytes((await reader.read([span(300, 400)]))[0], first.subarray(300, 400));
  const shorter = await begun((_, n) => (n > 2 ? ({ totalBytes: 999 } as object) : {}));
  await rejects(shorter.reader.read([span(300, 400)]), 'ObjectChanged');
  // a listing tells the ETag alone
  const { store } = watchedStore((info) => ({ versionId: 'a', etag: info.etag }));
  await store.put('k', first);
  const { versionId: _, ...listed } = (await openReader(store, 'k')).info;
  sameBytes((await (await openReader(store, 'k', { expected: listed })).read([span(0, 9)]))[0], first.subarray(0, 9));
});
