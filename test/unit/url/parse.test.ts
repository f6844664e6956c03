import fc from 'fast-check';
import { isCloudError } from '../../../src/errors.ts';
import type { Location } from '../../../src/types.ts';
import { formatUrl, toHttps } from '../../../src/url/format.ts';
import { parseUrl } from '../../../src/url/parse.ts';
import { env } from '../../env.ts';
import { equal, ok, test } from '../../harness.ts';

const platformPath = (path: string): { protocol: 'file'; path: string } => ({
  protocol: 'file',
  path: path.startsWith('/') ? path : `/${path}`,
});
const aliases = new Map([['lab', 's3://https://lab.example:9000/']]);

const text = fc.string({ unit: fc.constantFrom(...'ab/.?#%+ |:~ü字😀\\-_&=é'), maxLength: 12 });
/** A second address in the path and a format behind it have no place in a URL. */
const key = text.filter((s) => !/:\/\//.test(s) && !/\|[\w+.-]+:$/.test(s));
const bucket = fc.constantFrom('b', 'my-bucket', 'B_1.x', 'b:80', '~me', 'Ü');
const endpoint = fc.constantFrom('http://h:9000', 'https://h.example', 'http://127.0.0.1:1', 'http://[::1]:8');
const format = fc.constantFrom('precomputed', 'zarr', 'n5');
const none = { alias: fc.constant(null), host: fc.constant(null), bucket: fc.constant(null) };
const filePath = key.map((s) => `/${s.replace(/\/+/g, '/').replace(/^\/|\/$/g, '')}`).filter((s) => !/(^|\/)\.\.?(\/|$)/.test(s));

const location: fc.Arbitrary<Location> = fc.oneof(
  fc.record({ ...none, format, protocol: fc.constantFrom('s3', 'gs', 'mem'), bucket, path: key }),
  fc.record({ ...none, format, protocol: fc.constant('s3'), bucket, path: key, host: endpoint }),
  fc.record({
    format,
    protocol: fc.constant('s3'),
    bucket,
    path: key,
    alias: fc.constant('lab'),
    host: fc.constant('https://lab.example:9000'),
  }),
  fc.record({ ...none, format, protocol: fc.constant('http'), host: endpoint.filter((host) => host.startsWith('http:')), path: key }),
  fc.record({ ...none, format, protocol: fc.constant('https'), host: endpoint.filter((host) => host.startsWith('https:')), path: key }),
  fc.record({ ...none, format, protocol: fc.constantFrom('file', 'opfs'), path: filePath }),
);

test('a printed location is parsed as itself', () => {
  fc.assert(
    fc.property(location, (one) => equal(parseUrl(formatUrl(one), { aliases, platformPath }), one, formatUrl(one))),
    { seed: env().seed, numRuns: 300 },
  );
});

test('parseUrl throws nothing but CloudErrors that hold no user info', () => {
  const piece = fc.constantFrom(
    's3',
    'gs',
    'https',
    'http',
    'file',
    'opfs',
    'mem',
    'lab',
    'matrix',
    'zarr',
    '://',
    ':',
    '/',
    '//',
    'b',
    '..',
    '|n5:',
    '\0',
    '\ud800',
    '?',
    '#',
    '[',
    ' ',
    '~',
    'u:pass@',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece, { maxLength: 9 }).map((parts) => parts.join('')),
      ),
      (url) => {
        try {
          const parsed = parseUrl(url, { aliases, platformPath });
          ok(typeof formatUrl(parsed) === 'string' && typeof formatUrl(toHttps(parsed)) === 'string');
        } catch (error) {
          if (!isCloudError(error)) throw error;
        }
      },
    ),
    { seed: env().seed, numRuns: 500 },
  );
});

test('printing what was parsed changes nothing more', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true }), (url) => {
      const parsed = parseUrl(url);
      equal(parseUrl(formatUrl(parsed)), parsed);
    }),
    { seed: env().seed, numRuns: 200 },
  );
});

test('plain paths are where this runtime keeps files', () => {
  const parsed = parseUrl('/some/../where');
  equal(parsed.path.replace(/^[A-Z]:/, ''), '/where');
  const page = typeof (globalThis as { process?: { versions?: object } }).process?.versions !== 'object';
  equal(parsed.protocol, page ? 'opfs' : 'file');
});
