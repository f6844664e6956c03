import { createAliases } from '../../../src/url/aliases.ts';
import { formatUrl } from '../../../src/url/format.ts';
import { parseUrl } from '../../../src/url/parse.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

test('an alias is an S3 endpoint with a name', async () => {
  const aliases = createAliases({ lab: 's3://https://e.com' });
  equal(parseUrl('lab://bkt/x', { aliases }), {
    format: 'precomputed',
    protocol: 's3',
    bucket: 'bkt',
    path: 'x',
    host: 'https://e.com',
    alias: 'lab',
  });
  await aliases.addAlias('other', 's3://http://o:9/');
  equal(formatUrl(parseUrl('zarr://other://b/k', { aliases })), 'zarr://other://b/k');
  await aliases.removeAlias('other');
  await rejects(() => parseUrl('other://b/k', { aliases }), 'UnsupportedProtocol');
  await aliases.removeAlias('never-there');
  equal(parseUrl('map://b/k', { aliases: new Map([['map', 's3://https://e.com']]) }).bucket, 'b', 'a table may leave the slash out');
});

test('an alias of a bucket or a web address is resolved for good', () => {
  const aliases = createAliases({ data: 'gs://bucket/dir/', web: 'https://host/base' });
  equal(formatUrl(parseUrl('data://a/b', { aliases })), 'gs://bucket/dir/a/b');
  equal(formatUrl(parseUrl('web://a/b', { aliases })), 'https://host/base/a/b');
});

test('names and hosts that cannot be', async () => {
  const aliases = createAliases();
  for (const name of ['s3', 'gs', 'file', 'opfs', 'mem', 'https', 'zarr', 'precomputed', '', 'x', '1a', 'a b', 'a/b', 'a://']) {
    await rejects(aliases.addAlias(name, 's3://https://e.com/'), 'InvalidArgument');
  }
  for (const host of ['', 'e.com', 'ftp://e.com/', 'matrix://', 's3://https://u:p@h/', 's3://https://']) {
    await rejects(aliases.addAlias('name', host), 'InvalidArgument');
  }
  for (const name of ['nokura', 'matrix', 'tigerdata']) {
    await rejects(aliases.addAlias(name, 's3://https://e.com/'), 'AlreadyExists');
    await rejects(aliases.removeAlias(name), 'InvalidArgument');
  }
  await rejects(() => createAliases({ gs: 's3://https://e.com/' }), 'InvalidArgument');
  equal(
    parseUrl('matrix://b/k', { aliases: new Map([['matrix', 's3://https://other/']]) }).host,
    'https://s3-hpcrc.rc.princeton.edu',
    'official ones cannot be shadowed',
  );
});

test('two sets of aliases know nothing of each other', async () => {
  const one = createAliases();
  const two = createAliases();
  await one.addAlias('mine', 's3://https://e.com/');
  equal(two.get('mine'), undefined);
  ok((await one.listAliases()).some(({ name, host, official }) => name === 'mine' && host === 's3://https://e.com/' && !official));
  equal(
    (await two.listAliases()).filter(({ official }) => official).map(({ name }) => name),
    ['nokura', 'matrix', 'tigerdata'],
  );
});

test('an abort is kept', async () => {
  const reason = new Error('enough');
  await rejects(createAliases().load({ signal: AbortSignal.abort(reason) }), (error) => error === reason);
  await rejects(createAliases().addAlias('abc', 's3://https://e.com/', { signal: AbortSignal.abort(reason) }), (error) => error === reason);
});
