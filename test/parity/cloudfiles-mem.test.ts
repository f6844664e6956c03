/** CloudFiles in memory against what cloud-files 6.3.1 was recorded to do; its mistakes are named. */
import { Client } from '../../src/index.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import { all, openPlace, recorded, text, utf8, withPlace } from './cloudfiles-places.ts';
import table from './cloudfiles/mem-api.json' with { type: 'json' };

const tuple = (row: { tuple: unknown }): unknown[] => row.tuple as unknown[];

test('mem-api.json: files', () =>
  withPlace('mem', async ({ cf, client, url }) => {
    equal([await cf.put('a', utf8('1')), recorded(await cf.get('a')), await cf.get('b')], tuple(table.put_get));
    const packed = [await cf.put('g', utf8('hello'), { compress: 'gzip' }), recorded(await cf.get('g')), await all(cf.list())];
    equal(
      [...packed, await cf.exists(['g', 'q'])],
      tuple(table.compressed).filter((_, i) => i !== 3),
    );
    const stored = (await cf.get('g', { raw: true }))!.length;
    equal(await cf.size('g'), stored);
    const head = (await cf.head('g'))!;
    // we know more of a file than there: an ETag and a time
    const want = { ...table.head, 'Content-Length': stored, ETag: head.ETag, 'Last-Modified': head.lastModified };
    for (const [name, expected] of Object.entries(want)) equal(head[name as 'ETag'], expected, name);
    equal(await cf.head('missing'), null, 'WART: a TypeError there');
    const flat = async (prefix: string): Promise<string[]> => all(cf.list({ prefix, flat: true }));
    equal([await cf.put('x/y/z', '1'), await flat(''), await flat('x/')], tuple(table.list_flat));
    equal(await flat('x'), ['x/'], 'not opened without its slash, other than on disks');
    equal(await cf.subtreeSize(), { N: 3, num_bytes: 2 + stored }, 'WART: a NameError there');
    const range = [
      await cf.put('r', utf8('hello world')),
      recorded(await cf.get({ path: 'r', start: 0, end: 5 })),
      recorded(await cf.get({ path: 'r', start: 6 })),
    ];
    equal(range, tuple(table.range));
    equal([await cf.delete('a'), await cf.exists('a')], tuple(table.delete));
    equal([(await cf.touch('t')) - 1 || null, recorded(await cf.get('t'))], tuple(table.touch));
    equal([await cf.isDir('x'), await cf.isDir('nothing'), await cf.isDir('nothing/'), await cf.isDir()], table.isdir);
    const before = await cf.put('mva', 'm');
    const nothing = await cf.move('mva', `${url}/mvb`);
    equal([before, nothing ?? null, await all(cf.list({ prefix: 'mv' }))], tuple(table.move));
    equal(recorded(await client.files(url).get('r')), table.separate_instances_share, 'one place for all of a client');
  }));

test('mem-api.json: to a disk', () =>
  withPlace('mem', async ({ cf }) => {
    const disk = await openPlace('file');
    try {
      await cf.puts([['r', 'hello world'], ['t', ''], ['mvb', 'm'], ['x/y/z', '1'], { path: 'g', content: 'hello', compress: 'gzip' }]);
      equal(await cf.transferTo(disk.cf), 5);
      const names: string[] = [];
      for await (const page of disk.client.store(disk.url).list()) names.push(...page.objects.map(({ key }) => key));
      equal(names, tuple(table.transfer_to_file)[1]);
      equal(text(await disk.cf.get('g')), 'hello');
    } finally {
      await disk.close();
    }
  }));

test('mem: a suffix is always put on, and packed contents are read before the bare name', () =>
  withPlace('mem', async ({ cf, client, url }) => {
    await cf.put('x.gz', 'twice', { compress: 'gzip' });
    equal((await client.store(url).list()[Symbol.asyncIterator]().next()).value?.objects[0]?.key, 'x.gz.gz');
    equal([text(await cf.get('x.gz')), await all(cf.list())], ['twice', ['x.gz']]);
    await cf.put('amb', 'plain');
    await cf.put('amb', 'packed', { compress: 'gzip' });
    equal(text(await cf.get('amb')), 'packed');
    equal(await all(cf.list({ prefix: 'amb' })), ['amb', 'amb']);
  }));

test('mem: what one client holds another does not see', async () => {
  // there memory is global to the process (clear_memory empties it); here a client owns it
  const [one, two] = [new Client(), new Client()];
  await one.files('mem://b').put('a', 'x');
  equal(text(await one.files('mem://b').get('a')), 'x');
  equal(await two.files('mem://b').get('a'), null);
  await Promise.all([one.close(), two.close()]);
  ok(table.clear_memory, 'the row that this is about');
  await rejects(
    two.files('mem://b').getJson(['a', 'b'], { signal: AbortSignal.abort(new Error('why')) }),
    (error: Error) => error.message === 'why',
  );
});
