/** CloudFiles at every kind of place: names, ranges, records, puts, listings. What the recorded tables do not say. */
import { Client, CloudFiles, type FileRecord, type ProgressEvent, type PutItem } from '../../../src/index.ts';
import { equal, ok, rejects, sameBytes } from '../../harness.ts';
import { all, blob, carries, everywhere, text, utf8 } from '../../parity/cloudfiles-places.ts';

const contents = (records: readonly FileRecord[]): [string, string | null][] => records.map(({ path, content }) => [path, text(content)]);

everywhere('names have no suffix, and every question finds them through it', async ({ cf, client, url, suffixed, tellsStored }) => {
  await cf.put('dir/x', 'hello', { compress: 'gzip' });
  equal(await all(cf.list()), ['dir/x']);
  equal(await all(cf.list({ prefix: 'dir/' })), ['dir/x']);
  equal([await cf.exists('dir/x'), await cf.exists('dir/y')], [true, false]);
  let stored: Uint8Array = new Uint8Array((await cf.size('dir/x'))!);
  if (tellsStored) {
    stored = (await cf.get('dir/x', { raw: true }))!;
    equal([stored[0], stored[1], await cf.size('dir/x')], [0x1f, 0x8b, stored.length]);
  } else await rejects(cf.get('dir/x', { raw: true }), 'NotSupported');
  const head = (await cf.head('dir/x'))!;
  equal([head.key, head['Content-Encoding'], head.contentEncoding, head.sizeBytes], ['dir/x', 'gzip', 'gzip', stored.length]);
  equal(text(await cf.get('dir/x')), 'hello');
  if (suffixed) {
    equal((await client.store(url).head('dir/x.gz'))?.sizeBytes, stored.length);
    sameBytes(await cf.get('dir/x.gz'), stored, 'by its full name it is what is stored');
    equal([await cf.exists('dir/x.gz'), await cf.size('dir/x.gz')], [true, stored.length]);
  }
  await cf.move('dir/x', 'dir/z');
  equal([await all(cf.list()), text(await cf.get('dir/z')), (await cf.head('dir/z'))!['Content-Encoding']], [['dir/z'], 'hello', 'gzip']);
  equal([await cf.delete('dir/z'), await all(cf.list())], [1, []]);
});

everywhere('every encoding is written or refused whole', async ({ cf, decodes, tellsStored }) => {
  for (const [encoding, name] of [
    ['gzip', 'hello.gz'],
    ['br', 'hello.br'],
    ['zstd', 'hello.zstd'],
    ['bz2', 'hello.bz2'],
    ['xz', 'hello.xz'],
  ] as const) {
    const path = `e/${encoding}`;
    if (await carries(encoding)) await cf.put(path, 'hello world', { compress: encoding });
    else {
      await rejects(cf.put(path, 'hello world', { compress: encoding }), 'NotSupported');
      await rejects(cf.puts([['first', '1'], { path, content: '2', compress: encoding }]), 'NotSupported');
      equal(await cf.exists([path, 'first']), { [path]: false, first: false }, 'nothing was written');
    }
    // ready-made bytes need no codec
    await cf.put(path, blob(name), { compress: encoding, raw: true });
    equal((await cf.head(path))!.sizeBytes, blob(name).length);
    if (tellsStored) {
      const [record] = await cf.get([path], { raw: true });
      equal([record!.compress, record!.raw], [encoding, true]);
      sameBytes(record!.content, blob(name));
    }
    if (decodes) {
      // what a runtime decodes by itself it decodes right, and what it does not is as it is elsewhere
      const [got] = await cf.get([path], { raiseErrors: false });
      ok(
        text(got!.content) === 'hello world' || (got!.error as { code?: string } | null)?.code === 'NotSupported',
        `${encoding}, decoded or refused, not ${text(got!.content)} and ${String(got!.error)}:`,
      );
      continue;
    }
    if (await carries(encoding)) equal(text(await cf.get(path)), 'hello world');
    else await rejects(cf.get(path), 'NotSupported');
    const [failed] = await cf.get([path], { raiseErrors: false });
    equal([failed!.error === null, failed!.content === null], (await carries(encoding)) ? [true, false] : [false, true]);
  }
  equal((await all(cf.list())).sort(), ['e/br', 'e/bz2', 'e/gzip', 'e/xz', 'e/zstd']);
});

everywhere('ranges are of stored bytes', async ({ cf, kind, suffixed, tellsStored }) => {
  await cf.put('a', 'hello world');
  const range = async (start?: number, end?: number): Promise<string | null> => text(await cf.get({ path: 'a', start, end }));
  equal(
    [await range(0, 5), await range(6), await range(undefined, 5), await range(6, 100), await range(4, 4), await range(0)],
    ['hello', 'world', 'hello', 'world', '', 'hello world'],
  );
  for (const start of [11, 12, 50]) {
    if (suffixed) equal(await range(start, 60), '');
    else await rejects(range(start, 60), 'RangeNotSatisfiable');
  }
  for (const [start, end] of [
    [-1, 5],
    [0, -1],
    [5, 3],
    [1.5, 3],
    [NaN, 3],
  ] as const)
    await rejects(range(start, end), 'InvalidArgument');
  equal(await cf.get({ path: 'gone', start: 0, end: 5 }), null);
  const records = await cf.get([
    { path: 'a', start: 1, end: 3, tags: { n: 1 } },
    { path: 'a', end: 2 },
    { path: 'a', start: 9, tags: 0 },
    'a',
    { path: 'gone', start: 3 },
  ]);
  equal(
    records.map(({ byteRange, tags, content }) => [byteRange, tags, text(content)]),
    [
      [[1, 3], { n: 1 }, 'el'],
      [[null, 2], null, 'he'],
      [[9, null], 0, 'ld'],
      [[null, null], null, 'hello world'],
      [[3, null], null, null],
    ],
  );
  await cf.put('p', 'hello world', { compress: 'gzip' });
  // where the runtime decodes GCS by itself this is refused as all ranges of encoded files are
  const fit = (error: { code?: string }): boolean =>
    error.code === 'DecompressionError' || (error.code === 'NotSupported' && (kind === 's3' || !tellsStored));
  await rejects(cf.get({ path: 'p', start: 0, end: 4 }), fit);
  const [refused] = await cf.get([{ path: 'p', start: 0, end: 4 }], { raiseErrors: false });
  ok(fit(refused!.error as { code?: string }), 'the same in its record');
  equal([refused!.content, refused!.byteRange], [null, [0, 4]]);
  if (!tellsStored) return;
  sameBytes(await cf.get({ path: 'p', start: 0, end: 4 }, { raw: true }), (await cf.get('p', { raw: true }))!.subarray(0, 4));
});

everywhere('records: order, missing ones, sources of names', async ({ cf }) => {
  const names = Array.from({ length: 40 }, (_, i) => `n${i}`);
  equal(await cf.puts(names.map((name): PutItem => [name, name])), 40);
  const backwards = names.toReversed();
  equal(
    contents(await cf.get(backwards, { parallel: 7 })),
    backwards.map((name) => [name, name]),
  );
  function* some(): Generator<string> {
    yield* ['n3', 'gone', 'n1'];
  }
  async function* later(): AsyncGenerator<string> {
    yield* some();
  }
  const want = [
    ['n3', 'n3'],
    ['gone', null],
    ['n1', 'n1'],
  ];
  equal(contents(await cf.get(some())), want);
  equal(contents(await cf.get(later())), want);
  equal(contents(await cf.get(new Set(['n3', 'gone', 'n1']))), want);
  const streamed: FileRecord[] = [];
  for await (const record of cf.getStream(later())) streamed.push(record);
  equal(contents(streamed).sort(), want.toSorted());
  equal(contents(await all(cf.getStream(some(), { ordered: true }))), want);
  equal([await cf.get([]), await all(cf.getStream([]))], [[], []]);
  const [gone] = await cf.get(['gone']);
  equal(gone, {
    path: 'gone',
    content: null,
    byteRange: [null, null],
    error: null,
    compress: null,
    raw: false,
    tags: null,
    verified: false,
  });
  await cf.puts([
    ['j1', '{"a":1}'],
    ['j2', '[2]'],
    ['bad', '{'],
  ]);
  equal(await cf.getJson(['j2', 'gone', 'j1', 'j2']), [[2], null, { a: 1 }, [2]]);
  await rejects(cf.getJson(['j1', 'bad']), (error: Error) => error instanceof SyntaxError);
  await rejects(cf.getJson('bad'), (error: Error) => error instanceof SyntaxError);
});

everywhere('one failure rejects, or stands in its record', async ({ cf, decodes }) => {
  await cf.puts([
    ['a', '1'],
    ['b', '2'],
  ]);
  await cf.put('broken', 'this is no gzip data', { compress: 'gzip', raw: true });
  // where the runtime or the server decodes they have errors of their own
  const one = await cf.get('broken').catch((error: { code: string }) => error.code);
  ok(typeof one === 'string' && (one === 'DecompressionError' || decodes), `an error, not ${String(one)}:`);
  await rejects(cf.get(['a', 'broken', 'b']), one);
  await rejects(all(cf.getStream(['a', 'broken', 'b'])), one);
  const records = await cf.get(['a', 'broken', { path: 'b', tags: 't' }], { raiseErrors: false });
  equal(
    records.map(({ content, error, tags }) => [text(content), (error as { code?: string } | null)?.code, tags]),
    [
      ['1', undefined, null],
      [null, one, null],
      ['2', undefined, 't'],
    ],
  );
});

everywhere('puts: fields of an item win, bodies of all kinds, duplicates', async ({ cf, suffixed, kind }) => {
  const items: PutItem[] = [
    ['text', 'hällo'],
    ['bytes', utf8('x').subarray(0, 1)],
    ['buffer', utf8('buf').buffer],
    ['blob', new Blob(['blob'], { type: 'text/x-test' })],
    { path: 'packed', content: new Blob(['packed'], { type: 'text/x-test' }) },
    { path: 'plain', content: 'plain', compress: 'none', contentType: 'text/html', cacheControl: 'no-store' },
    ['response', new Response('response')],
    ['stream', new Blob(['stream']).stream()],
  ];
  equal(await cf.puts(items, { compress: 'gzip', cacheControl: 'max-age=1' }), items.length);
  const records = await cf.get(items.map((item) => ('path' in item ? item.path : item[0])));
  equal(
    records.map(({ content }) => text(content)),
    ['hällo', 'x', 'buf', 'blob', 'packed', 'plain', 'response', 'stream'],
  );
  equal(
    records.map(({ compress }) => compress),
    ['gzip', 'gzip', 'gzip', 'gzip', 'gzip', null, 'gzip', 'gzip'],
  );
  if (!suffixed || kind === 'mem') {
    const [plain, packed, bytes] = [(await cf.head('plain'))!, (await cf.head('packed'))!, (await cf.head('bytes'))!];
    equal([plain.contentType, plain.cacheControl], ['text/html', 'no-store']);
    equal([packed.contentType, packed.cacheControl], ['text/x-test', 'max-age=1'], 'what a Blob says of itself stays');
    if (!suffixed) equal(bytes.contentType, 'application/octet-stream');
  }
  await rejects(cf.puts([['d1', '1'], ['d2', '2'], { path: 'd1', content: '3' }]), 'InvalidArgument');
  equal(await cf.exists(['d1', 'd2']), { d1: false, d2: false }, 'refused before anything is written');
  async function* twice(): AsyncGenerator<PutItem> {
    yield ['s1', '1'];
    yield { path: 's1', content: '2' };
  }
  await rejects(cf.puts(twice()), 'InvalidArgument');
  function* few(): Generator<PutItem> {
    yield ['g1', '1'];
    yield ['g2', '2'];
  }
  equal(await cf.puts(few()), 2);
  equal(await cf.puts(new Map([['m1', '1']])), 1);
  equal(await cf.putJsons(new Map<string, unknown>([['m2', { b: [1], a: 'é' }]])), 1);
  equal(text(await cf.get('m2')), '{"b":[1],"a":"é"}');
  if (!suffixed) equal((await cf.head('m2'))!.contentType, 'application/json');
  equal(await cf.putJson('m3', null, { compress: 'gzip' }), 1);
  equal(await cf.getJson('m3'), null);
  await rejects(cf.putJson('m4', undefined), 'InvalidArgument');
  await rejects(cf.put('m4', 5 as never), 'InvalidArgument');
  for (const level of [-1, 13, 1.5, NaN])
    await rejects(cf.put('m4', 'x', { compress: 'gzip', compressionLevel: level }), 'InvalidArgument');
  for (let level = 0; level <= 12; level++) await cf.put('m5', 'level', { compress: 'gzip', compressionLevel: level });
  equal([text(await cf.get('m5')), await cf.exists('m4')], ['level', false]);
});

everywhere('listings: prefixes, one level, order', async ({ cf, kind }) => {
  const names = ['a', 'b-1', 'b/1', 'b/2/x', 'b0', 'é', '\uff5e', '😀'];
  await cf.puts(names.map((name): PutItem => [name, '']));
  equal(await all(cf.list()), names, 'by code points');
  equal(await all(cf.list({ prefix: 'b' })), ['b-1', 'b/1', 'b/2/x', 'b0'], 'a prefix is text');
  equal(await all(cf.list({ prefix: 'b/' })), ['b/1', 'b/2/x']);
  equal(await all(cf.list({ flat: true })), ['a', 'b-1', 'b/', 'b0', 'é', '\uff5e', '😀']);
  equal(await all(cf.list({ flat: true, prefix: 'b/' })), ['b/1', 'b/2/']);
  equal(await all(cf.list({ flat: true, prefix: 'b/2' })), kind === 'mem' ? ['b/2/'] : ['b/2/x']);
  equal(await all(cf.list({ flat: true, prefix: 'b' })), ['b-1', 'b/', 'b0']);
  equal(await all(cf.list({ prefix: 'nothing' })), []);
  equal(
    [await cf.isDir('b'), await cf.isDir('b/'), await cf.isDir('a'), await cf.isDir('nothing'), await cf.isDir()],
    [true, true, false, false, true],
  );
  equal(await cf.subtreeSize('b/'), { N: 2, num_bytes: 0 });
  await cf.puts([
    ['b/1', '12345'],
    ['a', '1'],
  ]);
  equal(await cf.subtreeSize(['', 'b/', 'nothing/']), {
    '': { N: 8, num_bytes: 6 },
    'b/': { N: 2, num_bytes: 5 },
    'nothing/': { N: 0, num_bytes: 0 },
  });
  let seen = 0;
  for await (const _ of cf.list()) if (++seen === 2) break;
  equal(seen, 2);
});

everywhere('deleting, touching, names in many forms', async ({ cf, kind }) => {
  const names = Array.from({ length: 30 }, (_, i) => `d/${i}`);
  async function* stream(): AsyncGenerator<string> {
    yield* names;
  }
  equal(await cf.touch(stream()), 30);
  equal((await all(cf.list())).length, 30);
  equal(await cf.size(['d/0', 'gone']), { 'd/0': 0, gone: null });
  equal(Object.keys(await cf.exists(stream())), names);
  equal((await cf.head(new Set(['gone', 'd/1'])))['gone'], null);
  await cf.put('kept', 'content');
  const before = (await cf.head('kept'))!.lastModified;
  equal([await cf.touch('kept'), await cf.touch(['kept', 'd/1']), text(await cf.get('kept'))], [1, 2, 'content']);
  if (kind === 'file' || kind === 'opfs') ok((await cf.head('kept'))!.lastModified! >= before!, 'no older than before');
  equal(await cf.delete(stream()), 30);
  equal(await all(cf.list()), ['kept']);
  equal([await cf.delete(['gone', 'gone']), await cf.delete([])], [2, 0]);
  await rejects(cf.get(''), 'InvalidArgument');
});

everywhere('progress is told after each file', async ({ cf, client, url }) => {
  const events: ProgressEvent[] = [];
  const progress = (event: ProgressEvent): void => void events.push(event);
  const taken = (): ProgressEvent[] => events.splice(0);
  const body = (n: number): Uint8Array => new Uint8Array(n);
  await cf.puts(
    [
      ['a', body(3)],
      ['b', body(5)],
    ],
    { progress, parallel: 1 },
  );
  equal(taken(), [
    { operation: 'put', path: 'a', doneFiles: 1, totalFiles: 2, doneBytes: 3 },
    { operation: 'put', path: 'b', doneFiles: 2, totalFiles: 2, doneBytes: 8 },
  ]);
  await cf.get(['b', 'gone', 'a'], { progress });
  equal(taken(), [
    { operation: 'get', path: 'b', doneFiles: 1, totalFiles: 3, doneBytes: 5 },
    { operation: 'get', path: 'gone', doneFiles: 2, totalFiles: 3, doneBytes: 5 },
    { operation: 'get', path: 'a', doneFiles: 3, totalFiles: 3, doneBytes: 8 },
  ]);
  async function* stream(): AsyncGenerator<string> {
    yield* ['a', 'b'];
  }
  await cf.get(stream(), { progress, total: 9 });
  equal(
    taken().map(({ totalFiles }) => totalFiles),
    [9, 9],
  );
  await cf.get(stream(), { progress });
  equal(
    taken().map(({ totalFiles }) => totalFiles),
    [undefined, undefined],
  );
  equal(await cf.transferTo(`${url}/t`, { paths: ['a', 'b'], progress, blockSize: 1 }), 2);
  equal(
    taken().map(({ operation, doneBytes, totalFiles }) => [operation, doneBytes, totalFiles]),
    [
      ['transfer', 3, 2],
      ['transfer', 8, 2],
    ],
  );
  await cf.moves(`${url}/t`, ['a'], { progress });
  await cf.touch(['a'], { progress });
  await cf.delete(['a', 'b'], { progress });
  equal(
    taken().map(({ operation, path, doneFiles }) => [operation, path, doneFiles]),
    [
      ['move', 'a', 1],
      ['touch', 'a', 1],
      ['delete', 'a', 1],
      ['delete', 'b', 2],
    ],
  );
  // said once for a place, or a client; a call has the last word
  const told = new CloudFiles(url, { client, progress });
  await told.puts([['c', body(1)]]);
  await told.puts([['c', body(1)]], { progress: false });
  await told.puts([['c', body(1)]], { progress: true });
  await told.putJson('c', 1);
  equal(
    taken().map(({ path }) => path),
    ['c', 'c'],
  );
  const other = new Client({ progress });
  await other.files('mem://b').put('x', 'y');
  await new CloudFiles('mem://b', { progress }).get(['x']);
  equal(
    taken().map(({ operation, path }) => [operation, path]),
    [
      ['put', 'x'],
      ['get', 'x'],
    ],
  );
  await other.close();
  const angry = new Error('from the callback');
  await rejects(
    cf.get(['c', 'gone'], {
      progress: () => {
        throw angry;
      },
    }),
    (error) => error === angry,
  );
});
