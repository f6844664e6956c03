/** parseUrl against the recorded table of cloud-files' paths; what it calls a mistake of the original is named here. */
import { isCloudError } from '../../src/errors.ts';
import { formatUrl, toHttps } from '../../src/url/format.ts';
import { parseUrl } from '../../src/url/parse.ts';
import { resolvePath } from '../../src/util/path.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import table from './cloudfiles/paths.json' with { type: 'json' };

interface Row {
  path: string;
  normalize: string;
  extract: { error?: string; path?: string; protocol?: string; [field: string]: unknown };
  asprotocolpath?: string;
  ascloudpath?: string;
  to_https_protocol: string;
}

const root = '/where/this/runs';
const here = (text: string): string => text.replaceAll('<root>', root);
const platformPath = (path: string): { protocol: 'file'; path: string } => ({
  protocol: 'file',
  path: resolvePath(root, path.replace(/^~(?=$|\/)/, `${root}/home`)),
});
const parse = (url: string): ReturnType<typeof parseUrl> => parseUrl(url, { platformPath });

/** Mistakes that are mended: what they give instead. */
const mended: Record<string, string> = {
  '': 'InvalidUrl',
  'unknown://bucket/a': 'UnsupportedProtocol',
  'ftp://host/a': 'UnsupportedProtocol',
  'gs:/bucket/a': 'UnsupportedProtocol',
  'GS://bucket/a': 'UnsupportedProtocol',
  'middleauth+https://host/a': 'UnsupportedProtocol', // the original's parser takes it, and then has no interface for it
};

for (const row of table.rows as Row[]) {
  test(`paths.json: ${row.path || '(empty)'}`, async () => {
    const code = mended[row.path] ?? (/^(gs|s3):\/\/$/.test(row.path) ? 'UnsupportedProtocol' : undefined);
    if (code !== undefined) {
      await rejects(() => parse(row.path), code);
      return;
    }
    const got = parse(row.path);
    if (row.extract.error === undefined) {
      equal(got, JSON.parse(here(JSON.stringify(row.extract))));
    } else {
      // Paths without a protocol must be normalised first there; here parsing does both.
      const [format, path] = /^(?:(\w+):\/\/)?file:\/\/(.*)$/s.exec(here(row.normalize))!.slice(1);
      equal(got, { format: format ?? 'precomputed', protocol: 'file', bucket: null, path, host: null, alias: null });
    }
    equal(parse(here(row.normalize)), got, 'the normal form');
    equal(parse(formatUrl(got)), got, 'printed and parsed again');
    if (row.asprotocolpath !== undefined && !row.path.includes('//double')) {
      equal(formatUrl({ ...got, format: 'precomputed' }), here(row.asprotocolpath), 'without a format');
      equal(
        formatUrl(got).replace(/^(precomputed:\/\/)?/, got.format === 'precomputed' ? 'precomputed://' : ''),
        here(row.ascloudpath!),
        'with it',
      );
    }
    if (/^(gs|s3|https?|matrix|tigerdata):\/\/[^|]*[^|/]$/.test(row.path)) equal(formatUrl(toHttps(got)), row.to_https_protocol);
  });
}

test('the table is whole', () => ok(table.rows.length >= 30));

test('what neither side takes', async () => {
  for (const url of [
    'gs://',
    'mem:///a',
    's3://b d/x',
    's3://https://h',
    's3://https://h/',
    'gs://b/a/s3://c/d',
    'file://gs://a/b',
    'zarr://n5://gs://a/b',
    'gs://../a',
  ]) {
    await rejects(() => parse(url), 'UnsupportedProtocol');
  }
  for (const url of [
    'http://',
    'https:///a',
    'https://u:p@host/a',
    's3://https://u:p@host/b/a',
    'a\0b',
    'a\ud800b',
    'zarr://',
    'https://h h/a',
  ]) {
    const error = await rejects(() => parse(url), 'InvalidUrl');
    ok(!JSON.stringify(error).includes('u:p') && !String(error.stack).includes('u:p'), 'no user info in the error');
  }
  for (const value of [undefined, null, 7, {}])
    await rejects(
      () => parseUrl(value as never),
      (error) => isCloudError(error, 'InvalidUrl'),
    );
});

test('forms beside the table', () => {
  equal(parse('gs://b/a|neuroglancer-precomputed:').path, 'a');
  equal(parse('rel/x|zarr3:'), { format: 'zarr3', protocol: 'file', bucket: null, path: `${root}/rel/x`, host: null, alias: null });
  equal(parse('~/x').path, `${root}/home/x`);
  equal(parse('file://~/x').path, `${root}/home/x`);
  equal(parse('C:/x').path, `${root}/C:/x`);
  equal(parse('mem://Bücket/a').bucket, 'Bücket');
  equal(parse('https://h?x=http://y'), {
    format: 'precomputed',
    protocol: 'https',
    bucket: null,
    path: '?x=http://y',
    host: 'https://h',
    alias: null,
  });
  equal(formatUrl(parse('https://h?x=1')), 'https://h?x=1');
  equal(parse('opfs://a/../b/./c/'), { format: 'precomputed', protocol: 'opfs', bucket: null, path: '/b/c', host: null, alias: null });
  equal(formatUrl(parse('opfs:///b/c')), 'opfs:///b/c');
  equal(formatUrl(toHttps(parse('gs://b/a b?c'))), 'https://storage.googleapis.com/b/a%20b%3Fc');
  equal(toHttps(parse('s3://http://h:1/b/k')).protocol, 'http');
  equal(parseUrl('a/b', { platformPath: (path) => ({ protocol: 'opfs', path: `/${path}` }) }).protocol, 'opfs');
});
