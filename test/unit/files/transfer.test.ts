/** Files between stores: labels, types, metadata, bytes as they are stored. */
import { CloudFile, type PutFilesOptions } from '../../../src/index.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';
import { crc32c } from '../../../src/hash.ts';
import { inFewEngines } from '../../env.ts';
import { all, blob, kinds, openPlace, text, utf8, type Place, type PlaceKind } from '../../parity/cloudfiles-places.ts';

const about: PutFilesOptions = { contentType: 'text/x-test', cacheControl: 'max-age=5' };
const keepsMetadata = (place: Place): boolean => place.client.store(place.url).capabilities.metadata;
const keepsHeaders = (place: Place): boolean => place.client.store(place.url).capabilities.headers;

async function withTwo(from: PlaceKind, to: PlaceKind, use: (from: Place, to: Place) => Promise<void>): Promise<void> {
  const one = await openPlace(from);
  try {
    const two = await openPlace(to);
    try {
      await use(one, two);
    } finally {
      await two.close();
    }
  } finally {
    await one.close();
  }
}

for (const from of kinds)
  for (const to of kinds) {
    test(
      `from ${from} to ${to}: stored bytes with all that is known of them`,
      () =>
        withTwo(from, to, async (one, two) => {
          const metadata = keepsMetadata(one) ? { metadata: { 'some-key': 'some value' } } : {};
          const noise = utf8('body { color: red }');
          await one.cf.put('plain/a', noise, { ...about, ...metadata });
          await one.cf.put('packed', noise, { ...about, ...metadata, compress: 'gzip' });
          await one.cf.put('other', blob('hello.bz2'), { compress: 'bz2', raw: true });
          await one.cf.put('empty', '');
          // a runtime that decodes by itself passes on what it decoded, and no label with it
          const labels = one.tellsStored;
          const stored = labels ? (await one.cf.get('packed', { raw: true }))! : noise;
          equal(await one.cf.transferTo(two.cf), 4);
          equal(await all(two.cf.list()), ['empty', 'other', 'packed', 'plain/a']);
          if (two.tellsStored) {
            sameBytes(await two.cf.get('packed', { raw: true }), stored, 'not packed anew');
            if (labels) sameBytes(await two.cf.get('other', { raw: true }), blob('hello.bz2'));
          } else equal(await two.cf.size('packed'), stored.length, 'not packed anew');
          sameBytes(await two.cf.get('plain/a'), noise);
          sameBytes(await two.cf.get('packed'), noise);
          equal(await two.cf.size('empty'), 0);
          const [plain, packed, other] = [(await two.cf.head('plain/a'))!, (await two.cf.head('packed'))!, (await two.cf.head('other'))!];
          equal([plain['Content-Encoding'], packed['Content-Encoding']], [null, labels ? 'gzip' : null]);
          if (labels) equal(other['Content-Encoding'], to === 's3' ? 'bzip2' : 'bz2', 'each store its own word');
          if (keepsHeaders(one) && keepsHeaders(two)) {
            equal(
              [plain.contentType, plain.cacheControl, packed.contentType, packed.cacheControl],
              ['text/x-test', 'max-age=5', 'text/x-test', 'max-age=5'],
            );
          } else if (keepsHeaders(two) && !two.suffixed) equal(plain.contentType, 'application/octet-stream');
          if (keepsMetadata(one) && keepsMetadata(two))
            equal([plain.metadata, packed.metadata], [{ 'some-key': 'some value' }, { 'some-key': 'some value' }]);
          // with names, other names, and encoded anew
          equal(
            await two.cf.transferFrom(one.cf, {
              paths: ['packed', ['plain/a', 'pair/a'], { path: 'packed', destPath: 'pair/b' }],
              reencode: 'none',
              contentType: 'text/plain',
            }),
            3,
          );
          equal(
            [text(await two.cf.get('pair/a')), text(await two.cf.get('pair/b')), (await two.cf.head('pair/b'))!['Content-Encoding']],
            ['body { color: red }', 'body { color: red }', null],
          );
          if (keepsHeaders(two)) equal((await two.cf.head('pair/b'))!.contentType, 'text/plain');
          await two.cf.transferFrom(one.cf, { paths: [['plain/a', 'pair/c']], reencode: 'gzip' });
          equal([(await two.cf.head('pair/c'))!['Content-Encoding'], text(await two.cf.get('pair/c'))], ['gzip', 'body { color: red }']);
          await rejects(two.cf.transferFrom(one.cf, { paths: ['packed', 'gone'] }), 'NotFound');
          // as recorded: from a disk a missing file becomes an empty one
          equal(await two.cf.transferFrom(one.cf, { paths: ['packed', 'gone'], allowMissing: true }), 1);
          equal(await two.cf.exists('gone'), from === 'file' || from === 'opfs');
          await rejects(two.cf.transferFrom(one.cf, { paths: ['packed'], reencode: 'snappy' as never }), 'InvalidArgument');
          // one file
          const file = new CloudFile(`${one.url}/plain/a`, { client: one.client });
          equal(await file.transferTo(new CloudFile(`${two.url}/single`, { client: two.client })), 1);
          equal(text(await two.cf.get('single')), 'body { color: red }');
        }),
      { timeoutMs: 60_000 },
    );
  }

test('within one bucket the server copies, also between folders, and nothing is fetched', async () => {
  for (const kind of ['s3', 'gcs'] as const) {
    const requests: string[] = [];
    const place = await openPlace(kind, { onRequest: ({ method }) => requests.push(method) });
    try {
      const { cf, client, url } = place;
      await cf.put('a', 'x'.repeat(5000), { compress: 'gzip', contentType: 'text/x-test', metadata: { m: '1' } });
      requests.length = 0;
      equal(await cf.transferTo(client.files(`${url}/sub`), { paths: [['a', 'b']] }), 1);
      ok(!requests.includes('GET') || kind === 'gcs', `${kind}: no GET in ${requests.join(' ')}:`);
      equal(client.stats().bytesReceived < 5000, true);
      const head = (await client.files(`${url}/sub`).head('b'))!;
      equal([head.contentType, head['Content-Encoding'], head.metadata], ['text/x-test', 'gzip', { m: '1' }]);
      await cf.move('a', `${url}/sub/c`);
      equal([await cf.exists('a'), await all(client.files(`${url}/sub`).list())], [false, ['b', 'c']]);
    } finally {
      await place.close();
    }
  }
});

test('a failed transfer says which file, and leaves nothing half', async () => {
  const place = await openPlace('mem');
  try {
    const { cf, url } = place;
    await cf.put('bad', 'no gzip', { compress: 'gzip', raw: true });
    await rejects(cf.transferTo(`${url}/to`, { paths: ['bad'], reencode: 'none' }), 'DecompressionError');
    equal(
      (await rejects<Error & { key?: string; operation?: string }>(cf.transferTo(`${url}/to`, { paths: ['nope'] }), 'NotFound')).key,
      'nope',
    );
    equal((await rejects<Error & { key?: string; operation?: string }>(cf.moves(`${url}/to`, ['nope']), 'NotFound')).operation, 'move');
    equal(await all(place.client.files(`${url}/to`).list()), []);
    for (const blockSize of [-1, 0.5, NaN]) await rejects(cf.transferTo(`${url}/to`, { blockSize }), 'InvalidArgument');
  } finally {
    await place.close();
  }
});

test('what is large is encoded anew as a stream, whole or not at all', async () => {
  inFewEngines('a stream of 65 MiB takes seconds');
  const place = await openPlace('mem');
  try {
    const { cf, url } = place;
    const bytes = new Uint8Array(0x410_0000);
    for (let i = 0; i < bytes.length; i += 4096) bytes[i] = i >>> 12;
    await cf.put('big', bytes);
    await cf.transferTo(`${url}/packed`, { paths: ['big'], reencode: 'gzip' });
    const packed = place.client.files(`${url}/packed`);
    const stored = (await packed.get('big', { raw: true }))!;
    ok(stored.length < bytes.length / 10, `packed to ${stored.length} bytes`);
    equal(crc32c((await packed.get('big'))!), crc32c(bytes));
    // packed bytes that are as large, and broken near the end
    const noise = bytes.slice();
    await cf.put('noise', noise, { compress: 'gzip', compressionLevel: 0 });
    const raw = (await cf.get('noise', { raw: true }))!;
    ok(raw.length > 0x400_0000, 'large as it is stored');
    await cf.transferTo(`${url}/plain`, { paths: ['noise'], reencode: 'none' });
    equal(crc32c((await place.client.files(`${url}/plain`).get('noise'))!), crc32c(noise));
    raw[raw.length - 6]! ^= 1;
    await cf.put('broken', raw, { compress: 'gzip', raw: true });
    await rejects(cf.transferTo(`${url}/plain`, { paths: ['broken'], reencode: 'none' }), 'DecompressionError');
    equal(await place.client.files(`${url}/plain`).exists('broken'), false);
  } finally {
    await place.close();
  }
});
