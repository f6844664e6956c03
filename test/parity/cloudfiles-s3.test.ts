/** CloudFiles on S3 (the fixture server, which checks each signature) against what cloud-files 6.3.1 was recorded to do on moto. */
import type { EncodingOption } from '../../src/index.ts';
import { parseEncoding } from '../../src/encoding/names.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import { openScenario } from '../servers/fixture/client.ts';
import { all, blob, carries, openPlace, recorded, text, utf8, withPlace, type Place } from './cloudfiles-places.ts';
import table from './cloudfiles/s3-api.json' with { type: 'json' };

const tuple = (row: { tuple: unknown }): unknown[] => row.tuple as unknown[];
/** A recorded file of each encoding, all of `hello world`. */
const packed: [compress: EncodingOption & string, name: string][] = [
  ['gzip', 'hello.gz'],
  ['br', 'hello.br'],
  ['zstd', 'hello.zstd'],
  ['bz2', 'hello.bz2'],
  ['xz', 'hello.xz'],
];

async function fill({ cf }: Place): Promise<void> {
  equal(await cf.put('a.txt', utf8('hello')), table.put);
  // stored as they were recorded, so that every label is there whatever codecs are carried
  for (const [compress, name] of packed) {
    await cf.put(`e/${compress}`, blob(name), { compress, raw: true, contentType: 'text/plain', cacheControl: 'no-cache' });
  }
}

test('s3-api.json: labels and heads', () =>
  withPlace('s3', async (place) => {
    await fill(place);
    const { cf } = place;
    for (const [name, want] of Object.entries(table.object_headers)) {
      const head = (await cf.head(`e/${name}`))!;
      equal(
        { ContentEncoding: head['Content-Encoding'], ContentType: head['Content-Type'], CacheControl: head['Cache-Control'] },
        want,
        name,
      );
    }
    equal((await cf.head('a.txt'))!['Content-Type'], table.default_content_type);
    const head = (await cf.head('e/gzip'))!;
    ok(head['Last-Modified'] instanceof Date && /^"[\da-f]{32}"$/.test(head.ETag ?? ''), 'a time and an ETag');
    for (const [name, expected] of Object.entries({ ...table.head, 'Content-Length': blob('hello.gz').length, ETag: head.ETag }))
      equal(head[name as 'ETag'], expected, name);
    equal(await cf.head('missing'), table.head_missing);
    equal(await cf.get('missing'), table.get_missing);
    equal([await cf.size('a.txt'), await cf.size('missing'), await cf.exists('a.txt'), await cf.exists('missing')], table.size_exists);
    equal(await cf.size('e/gzip'), blob('hello.gz').length);
    equal([await cf.isDir('e/'), await cf.isDir('a.txt'), await cf.isDir('e'), await cf.isDir('nothing'), await cf.isDir()], table.isdir);
  }));

test('s3-api.json: reads', () =>
  withPlace('s3', async (place) => {
    await fill(place);
    const { cf, decodes } = place;
    for (const row of table.get_all) {
      const [path, , label] = tuple(row) as [string, unknown, string];
      const encoding = parseEncoding(label as EncodingOption);
      const [raw] = await cf.get([path], { raw: true });
      // the table has `''` and the header's text; here it is null and one name for each encoding
      equal([raw!.path, raw!.compress, raw!.raw, raw!.byteRange], [path, encoding, true, [null, null]]);
      const [, name] = packed.find(([compress]) => compress === encoding) ?? [];
      equal(raw!.content, name ? blob(name) : utf8('hello'), `${path}, stored bytes`);
      const want = encoding ? 'hello world' : 'hello';
      if (encoding === null || (await carries(encoding))) equal(text(await cf.get(path)), want);
      // some browsers decode br and zstd by themselves
      else if (decodes) ok([want, 'NotSupported'].includes((await cf.get(path).then(text, ({ code }) => code as string)) ?? ''), path);
      else await rejects(cf.get(path), 'NotSupported');
    }
    equal([recorded(await cf.get({ path: 'a.txt', start: 0, end: 2 })), recorded(await cf.get({ path: 'a.txt', start: 2 }))], table.range);
    await rejects(cf.get({ path: 'a.txt', start: 50, end: 60 }), 'RangeNotSatisfiable');
    equal(recorded(await cf.get({ path: 'a.txt', start: 1, end: 100 })), { bytes: 'ZWxsbw==' });
  }));

test('s3-api.json: listings', () =>
  withPlace('s3', async (place) => {
    await fill(place);
    const { cf } = place;
    equal(await all(cf.list()), table.list);
    equal(await all(cf.list({ flat: true })), table.list_flat);
    equal(await all(cf.list({ prefix: 'e', flat: true })), table.list_flat_subdir_no_slash);
    equal(await all(cf.list({ prefix: 'e/', flat: true })), table.list_flat_subdir_no_slash);
    equal(await cf.subtreeSize('e/'), { N: 5, num_bytes: packed.reduce((sum, [, name]) => sum + blob(name).length, 0) });
    await cf.put('e.txt', 'x');
    equal(await all(cf.list({ prefix: 'e', flat: true })), ['e.txt', 'e/'], 'more than one: nothing is opened');
    equal(await cf.delete('missing'), table.delete_missing);
  }));

test('s3-api.json: from bucket to bucket', async () => {
  const s3 = await openScenario('s3', { buckets: ['one', 'two'] });
  const place = await openPlace('s3');
  try {
    await fill(place);
    const { client } = place;
    const near = client.files(`${place.url}-copy`);
    equal(await place.cf.transferTo(near), 6);
    const [, names, label] = tuple(table.s3_to_s3);
    equal([await all(near.list()), (await near.head('e/gzip'))!['Content-Encoding']], [names, label]);
    const head = (await near.head('e/bz2'))!;
    equal([head['Content-Encoding'], head['Content-Type'], head['Cache-Control']], ['bzip2', 'text/plain', 'no-cache']);
    await near.transferTo(`${place.url}-plain`, { paths: ['a.txt', 'e/gzip'], reencode: 'none' });
    const plain = client.files(`${place.url}-plain`);
    equal([text(await plain.get('e/gzip')), (await plain.head('e/gzip'))!['Content-Encoding']], ['hello world', null]);
    await near.transferTo(`${place.url}-packed`, { paths: ['a.txt', 'e/gzip'], reencode: 'gzip' });
    const gzip = client.files(`${place.url}-packed`);
    equal((await gzip.head('a.txt'))!['Content-Encoding'], 'gzip');
    equal(await gzip.get('e/gzip', { raw: true }), blob('hello.gz'), 'equal encodings pass through');
    if (!(await carries('br'))) {
      await rejects(near.transferTo(`${place.url}-br`, { paths: ['a.txt'], reencode: 'br' }), 'NotSupported');
      equal(await all(client.files(`${place.url}-br`).list()), []);
    }
    await near.transferTo(`${place.url}-br`, { paths: ['e/br'], reencode: 'br' });
    equal(await client.files(`${place.url}-br`).get('e/br', { raw: true }), blob('hello.br'));
  } finally {
    await place.close();
    await s3.close();
  }
});

test('s3-api.json: to a disk and back', () =>
  withPlace('s3', async (place) => {
    const disk = await openPlace('file');
    try {
      await fill(place);
      await place.cf.transferTo(disk.cf);
      const names: string[] = [];
      for await (const page of disk.client.store(disk.url).list()) names.push(...page.objects.map(({ key }) => key));
      equal(names, tuple(table.s3_to_file)[1]);
      equal(await all(disk.cf.list()), table.list);
      const back = place.client.files(`${place.url}/back`);
      equal(await disk.cf.transferTo(back), 6);
      const labels: Record<string, unknown> = {};
      for await (const name of back.list()) labels[`back/${name}`] = (await back.head(name))!['Content-Encoding'];
      equal(labels, tuple(table.file_to_s3)[1]);
      equal(await back.get('e/xz', { raw: true }), blob('hello.xz'));
    } finally {
      await disk.close();
    }
  }));

test('s3-api.json: move, storage class, a bucket that is not there', () =>
  withPlace('s3', async ({ cf, client, url }) => {
    equal(
      [await cf.put('mv1', 'x'), (await cf.move('mv1', `${url}/mv2`)) ?? null, await all(cf.list({ prefix: 'mv' }))],
      tuple(table.s3_move),
    );
    await cf.put('cold', 'x', { storageClass: 'STANDARD_IA' });
    equal((await cf.head('cold'))!['Storage-Class'], tuple(table.storage_class)[1]);
    const gone = client.files(url.replace(/bucket\/dir$/, 'no-such-bucket'));
    // there a missing bucket is asked for seven times and then an error; here it is one at once
    await rejects(gone.get('a'), 'NotFound');
  }));
