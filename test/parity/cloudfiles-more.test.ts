/** Moves, dl and web files against what cloud-files 6.3.1 was recorded to do; its mistakes ("WART") are named and mended. */
import { Client, CloudFile, dl } from '../../src/index.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import { openScenario, withScenario, type HttpFile, type LogEntry, type Scenarios } from '../servers/fixture/client.ts';
import { all, everywhere, openPlace, text, withPlace } from './cloudfiles-places.ts';
import table from './cloudfiles/more.json' with { type: 'json' };

const seen = table.observations;
/** The recordings' folder is not ours. */
const under = (url: string, value: unknown): string => JSON.stringify(value).replaceAll(/file:\/\/<root>\/d/g, url);

test('more.json: moves on a disk', () =>
  withPlace('file', async ({ cf, client, url }) => {
    const stored = async (): Promise<string[]> => {
      const names: string[] = [];
      for await (const page of client.store(url).list()) names.push(...page.objects.map(({ key }) => key));
      return names;
    };
    await cf.put('a', '1');
    await cf.move('a', `${url}/b`);
    equal(await stored(), seen.move_file.result);
    await cf.put('c', 'packed', { compress: 'gzip' });
    await cf.move('c', `${url}/e`);
    equal(await stored(), seen.move_compressed.result);
    equal(text(await cf.get('e')), 'packed');
    await cf.put('g', '1');
    await cf.put('dir/x', '');
    await cf.delete('dir/x');
    await cf.move('g', `${url}/dir`);
    equal(await stored(), seen.move_into_existing_directory.result);
    await cf.put('h', '1');
    await cf.move('h', `${url}/new/deep/h2`);
    equal(await stored(), seen.move_new_directory.result);
    await cf.puts([
      ['i', '1'],
      ['i2', 'old'],
    ]);
    await cf.move('i', `${url}/i2`);
    equal([text(await cf.get('i2')), await cf.exists('i')], [seen.move_overwrites.result, false]);
    equal(seen.move_missing.message, "[Errno 2] No such file or directory: ''", 'WART: the error names nothing there');
    equal((await rejects<Error & { key?: string }>(cf.move('missing', `${url}/z`), 'NotFound')).key, 'missing');
    // WART: bare local paths are refused there
    await cf.move('i2', `${url.slice('file://'.length)}/plain`);
    equal([await cf.exists('i2'), text(await cf.get('plain'))], [false, '1']);
    await cf.move('plain', 'beside');
    await cf.move('beside', 'dir');
    await cf.move('dir/beside', 'dir2/');
    equal(
      [text(await cf.get('dir2/beside')), await cf.exists(['plain', 'beside', 'dir/beside'])],
      ['1', { plain: false, beside: false, 'dir/beside': false }],
    );
  }));

test('more.json: one file moved and copied', () =>
  withPlace('file', async ({ cf, client, url }) => {
    await cf.put('b', '1');
    const file = new CloudFile(`${url}/b`, { client });
    equal(await file.transferTo(`${url}/copied`), 1);
    // WART: there a folder called `precomputed:` is left in the working folder
    equal(
      await all(cf.list()),
      seen.CloudFile_transfer_to.result.filter((name) => ['b', 'copied'].includes(name)),
    );
    equal(await new CloudFile(`${url}/from`, { client }).transferFrom(file), 1);
    equal(await new CloudFile(`${url}/from2`, { client }).transferFrom(`${url}/b`), 1);
    await file.move(`${url}/moved`);
    equal([await all(cf.list()), await file.exists()], [['copied', 'from', 'from2', 'moved'], false]);
    equal(await cf.exists('moved'), seen.CloudFile_move.result.includes('moved'));
    await rejects(file.move(`${url}/again`), 'NotFound');
    await rejects(file.transferTo(`${url}/again`), 'NotFound');
    await new CloudFile(`${url}/from`, { client }).move('renamed');
    equal(await cf.exists(['from', 'renamed']), { from: false, renamed: true });
  }));

test('more.json: dl', () =>
  withPlace('file', async ({ cf, client, url }) => {
    await cf.put('b', '1');
    const list = await dl([`${url}/b`, `${url}/h-missing`], { client });
    const want = JSON.parse(under(url, seen.dl_list.result)) as [string, string, string | null][];
    equal(
      list.map(({ fullPath, content }) => [fullPath, text(content)]),
      want.map(([, fullPath, content]) => [fullPath, content]),
    );
    const { fullPath, byteRange, content, path, verified, ...rest } = await dl(`${url}/b`, { client });
    const {
      fullpath,
      byte_range,
      content: one,
      path: _,
      ...same
    } = JSON.parse(under(url, seen.dl_scalar_is_a_dict.result)) as Record<string, unknown>;
    equal([fullPath, byteRange, text(content), rest], [fullpath, byte_range, one, same]);
    equal([path, verified], [`${url.slice('file://'.length)}/b`, false]);
    equal(seen.dl_dict_needs_byte_range_key.error, 'KeyError', 'WART: start and end are not looked at there');
    equal((await dl({ path: `${url}/b`, byteRange: [0, 1] }, { client })).byteRange, seen.dl_dict_byte_range.result);
    equal(text((await dl({ path: `${url}/b`, start: 0, end: 1 }, { client })).content), '1');
    // WART: and bare paths are refused
    equal(text((await dl(`${url.slice('file://'.length)}/b`, { client })).content), '1');
  }));

const files: Record<string, HttpFile> = {
  '/a.txt': { text: 'hello world' },
  '/sub/b.txt': { text: 'deep' },
  '/query': { text: 'by query' },
};
const web = async (use: (http: Scenarios['http'], client: Client, requests: () => Promise<LogEntry[]>) => Promise<void>): Promise<void> =>
  withScenario(
    'http',
    { files, faults: [403, 500].map((status) => ({ match: { pathPrefix: `/err${status}` }, fault: { type: 'status', status } })) },
    async (http) => {
      const client = new Client({ retry: { attempts: 7, minDelayMs: 1, maxDelayMs: 2 } });
      const requests = async (): Promise<LogEntry[]> => {
        const { requests } = await http.log();
        await http.update({ clearLog: true });
        return requests.filter(({ method }) => method !== 'OPTIONS');
      };
      try {
        await use(http, client, requests);
      } finally {
        await client.close();
      }
    },
  );
const shown = (requests: LogEntry[]): string[] =>
  requests.map(({ method, path, headers }) => [method, path, headers['range']].filter(Boolean).join(' '));

test('more.json: web files', () =>
  web(async ({ endpoint }, client, requests) => {
    const cf = client.files(endpoint);
    equal([text(await cf.get('a.txt')), shown(await requests())], [seen.http_get.result.value, seen.http_get.result.requests]);
    equal(
      [text(await cf.get({ path: 'a.txt', start: 0, end: 5 })), text(await cf.get({ path: 'a.txt', start: 6 })), shown(await requests())],
      [...seen.http_get_range.result.value, seen.http_get_range.result.requests],
    );
    equal([await cf.get('nope'), shown(await requests())], [seen.http_get_missing.result.value, seen.http_get_missing.result.requests]);
    equal(seen.http_get_403.result.value, null, 'WART: 403 is "missing" there; a refusal is not absence');
    await rejects(cf.get('err403'), 'PermissionDenied');
    await requests();
    await rejects(cf.get('err500'), 'ServerError');
    equal((await requests()).length, seen.http_get_500.retries + 1);
    equal([await cf.exists('a.txt'), await cf.exists('nope')], seen.http_exists.result.value);
    equal(await cf.size('a.txt'), seen.http_size.result);
    equal([await cf.size('nope'), seen.http_size_missing.error], [null, 'TypeError'], 'WART: an error there');
    equal(await cf.head('nope'), seen.http_head_missing.result);
    equal(
      [seen.http_put, seen.http_delete, seen.http_list].map(({ error }) => error),
      Array.from({ length: 3 }, () => 'NotImplementedError'),
    );
    await rejects(cf.put('x', 'y'), 'NotSupported');
    await rejects(cf.delete('x'), 'NotSupported');
    await rejects(all(cf.list()), (error: { code?: string }) => error.code === 'NotSupported' || error.code === 'NotFound');
    equal([await cf.isDir('sub/')], [seen.http_isdir.result[0]]);
  }));

for (const kind of ['file', 'mem', 'opfs'] as const) {
  test(`more.json: from the web to ${kind}`, () =>
    web(({ endpoint }, client) =>
      withPlace(kind, async ({ cf, url }) => {
        const here = client.files(endpoint);
        // memory belongs to a client: the same one has to read and write it
        const to = kind === 'mem' ? client.files(url) : cf;
        for (let i = 0; i < 2; i++) {
          await here.transferTo(to, { paths: ['a.txt'], resumable: true });
          equal(text(await to.get('a.txt')), seen.http_to_file.result.value, 'WART: there the second transfer appends');
        }
        await here.transferTo(to, { paths: ['sub/b.txt'] });
        equal(text(await to.get('sub/b.txt')), 'deep', 'WART: there the folder has to be there');
        await rejects(here.transferTo(to, { paths: ['nope'] }), 'NotFound');
        equal(await here.transferTo(to, { paths: ['nope'], allowMissing: true }), 0);
        equal(await all(to.list()), ['a.txt', 'sub/b.txt']);
      }),
    ));
}

test('CloudFile and dl on web addresses with a query', () =>
  web(async ({ endpoint }, client, requests) => {
    const url = `${endpoint}/query?X-Amz-Signature=abc/def&x=%2F..%2F`;
    const file = new CloudFile(url, { client });
    equal(
      [text(await file.get()), text(await file.get({ start: 3 })), await file.exists(), await file.size()],
      ['by query', 'query', true, 8],
    );
    ok(
      (await requests()).every(({ query, queryKeys }) => query['x'] === '/../' && queryKeys.includes('X-Amz-Signature')),
      'the query, as it was written',
    );
    const { path, fullPath, content } = await dl(url, { client });
    equal([path, fullPath, text(content)], ['query', url, 'by query']);
    const [failed] = await dl([`${endpoint}/err403?X-Amz-Signature=s3cret`], { client, raiseErrors: false });
    ok(
      failed!.error && !/s3cret/.test(JSON.stringify(failed!.error) + String(failed!.error) + failed!.path),
      'no signature in what failed',
    );
  }));

test('a presigned URL is a file', () =>
  withPlace('s3', async ({ cf, client }) => {
    await cf.put('a b', 'hello world');
    const url = await cf.signUrl('a b');
    const file = new CloudFile(url, { retry: { attempts: 1 } });
    equal(
      [text(await file.get()), text(await file.get({ start: 0, end: 5 })), await file.size(), await file.exists()],
      ['hello world', 'hello', 11, true],
    );
    equal(text((await dl(url)).content), 'hello world');
    const to = await openPlace('mem');
    const dest = new CloudFile('mem://b/copy', { client: to.client });
    equal([await dest.transferFrom(url), text(await dest.get())], [1, 'hello world']);
    await Promise.all([to.close(), file.files.context.close(), client.close()]);
  }));

test('dl across stores, in order, each with its own record', async () => {
  const s3 = await openPlace('s3');
  const http = await openScenario('http', { files });
  try {
    const { client } = s3;
    await s3.cf.puts([['a', 'one'], { path: 'deep/b', content: 'two', compress: 'gzip' }]);
    await client.files('mem://m').put('c', 'three');
    const urls = [`${http.endpoint}/a.txt`, 'mem://m/c', `${s3.url}/deep/b`, `${s3.url}/gone`, `${s3.url}/a`];
    const events: [number, number | undefined][] = [];
    const records = await dl(urls, { client, progress: ({ doneFiles, totalFiles }) => events.push([doneFiles, totalFiles]) });
    equal(
      records.map(({ fullPath }) => fullPath),
      urls,
    );
    equal(
      records.map(({ content }) => text(content)),
      ['hello world', 'three', 'two', null, 'one'],
    );
    equal(
      records.map(({ path }) => path),
      ['a.txt', 'c', 'dir/deep/b', 'dir/gone', 'dir/a'],
    );
    equal(
      records.map(({ error, raw, tags }) => [error, raw, tags]),
      urls.map(() => [null, false, null]),
    );
    equal(
      events,
      urls.map((_, i) => [i + 1, 5]),
    );
    const [raw] = await dl([`${s3.url}/deep/b`], { client, raw: true });
    equal([raw!.raw, raw!.compress, raw!.content![0]], [true, 'gzip', 0x1f]);
    const [ok1, bad, ok2] = await dl([urls[1]!, 'nonsense://x/y', { path: urls[4]!, start: 1, tags: 7 }], { client, raiseErrors: false });
    equal(
      [text(ok1!.content), (bad!.error as { code?: string }).code, text(ok2!.content), ok2!.tags, ok2!.byteRange],
      ['three', 'UnsupportedProtocol', 'ne', 7, [1, null]],
    );
    await rejects(dl([urls[1]!, 'nonsense://x/y'], { client }), 'UnsupportedProtocol');
    async function* stream(): AsyncGenerator<string> {
      yield* urls;
    }
    equal((await dl(stream(), { client })).length, 5);
    equal(await dl([], { client }), []);
    const why = new Error('enough');
    await rejects(dl(urls, { client, signal: AbortSignal.abort(why) }), (error) => error === why);
    await rejects(dl(urls[0]!, { client, signal: AbortSignal.abort(why), raiseErrors: false }), (error) => error === why);
    await rejects(dl(urls, { client, parallel: -2 }), 'InvalidArgument');
  } finally {
    await Promise.all([s3.close(), http.close()]);
  }
});

everywhere('a file that is moved onto itself stays', async ({ cf, url, client, suffixed }) => {
  await cf.put('a', 'precious');
  await cf.put('p', 'packed', { compress: 'gzip' });
  await cf.move('a', 'a');
  await cf.move('a', `${url}/a`);
  await cf.move('p', `${url}/p`);
  equal(await cf.moves(client.files(`${url}/`), ['a', ['p', 'p']]), 2);
  equal(await cf.moves(cf, ['a'], { reencode: 'none' }), 1);
  equal(await cf.transferTo(`${url}/`, { paths: ['a', 'p'] }), 2);
  equal([text(await cf.get('a')), text(await cf.get('p'))], ['precious', 'packed']);
  await rejects(cf.move('gone', 'gone'), 'NotFound');
  // encoded anew in its own place
  await cf.transferTo(cf, { paths: ['a'], reencode: 'gzip' });
  equal(text(await cf.get('a')), 'precious');
  if (!suffixed) equal((await cf.head('a'))!['Content-Encoding'], 'gzip');
});

everywhere(
  'of a name that is there twice, a move takes one and a transfer both',
  async ({ cf, client, url }) => {
    const keys = async (place: string): Promise<string[]> => {
      const names: string[] = [];
      for await (const page of client.store(place).list()) names.push(...page.objects.map(({ key }) => key));
      return names;
    };
    await cf.put('amb', 'plain');
    await cf.put('amb', 'packed', { compress: 'gzip' });
    equal(await cf.transferTo(`${url}/copy`), 2);
    equal(await keys(`${url}/copy`), ['amb', 'amb.gz']);
    const first = text(await cf.get('amb'));
    await cf.move('amb', 'other');
    equal([text(await cf.get('other')), text(await cf.get('amb')) === first], [first, false]);
    await cf.put('amb', 'plain');
    await cf.put('amb', 'packed', { compress: 'gzip' });
    await cf.delete('amb');
    equal(await cf.exists('amb'), false, 'nothing of a deleted name is left');
  },
  ['file', 'mem', 'opfs'],
);
