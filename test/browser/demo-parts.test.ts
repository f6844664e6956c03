// The parts of the demo page that need no document.
import fc from 'fast-check';
import { adviceFor, detailsOf } from '../../src/demo/advice.ts';
import { parseCsv, separatorOf, tableOf } from '../../src/demo/csv.ts';
import { baseName, count, formatBytes, formatDate } from '../../src/demo/format.ts';
import { CloudError } from '../../src/index.ts';
import { env } from '../env.ts';
import { equal, ok, test } from '../harness.ts';

/** RFC 4180, every field quoted where it must be. */
const written = (rows: string[][], separator: string, end: string): string =>
  rows
    .map((row) =>
      row.map((field) => (/["\r\n,;\t]/.test(field) || field === '' ? `"${field.replaceAll('"', '""')}"` : field)).join(separator),
    )
    .join(end);

test('CSV that was written is parsed back', () => {
  const field = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', ';', '\t', '\r', '\n', ' ', '0'), maxLength: 6 });
  const rows = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });
  const property = fc.property(
    rows,
    fc.constantFrom(',', ';', '\t'),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
    (want, separator, end, last) => {
      equal(parseCsv(written(want, separator, end) + (last ? end : ''), separator), want);
    },
  );
  fc.assert(property, { seed: env().seed });
});

test('CSV ends with whatever text it is given', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\r', '\n'), maxLength: 30 });
  fc.assert(
    fc.property(text, (given) => {
      const rows = parseCsv(given, ',');
      ok(rows.length <= given.length, 'no more records than characters');
    }),
    { seed: env().seed },
  );
});

test('CSV by hand', () => {
  equal(parseCsv('\ufeffa,b\r\n1,"x, ""y"""\r\n', ','), [
    ['a', 'b'],
    ['1', 'x, "y"'],
  ]);
  equal(parseCsv('a,,\n\nb', ','), [['a', '', ''], [''], ['b']]);
  equal(parseCsv('a\nb\nc', ',', 2), [['a'], ['b']]);
  equal(parseCsv('', ','), []);
  equal(parseCsv('a"b,"open', ','), [['a"b', 'open']]);
  equal([separatorOf('a\tb,c\td\n,,,,'), separatorOf('a;b;c'), separatorOf('a')], ['\t', ';', ',']);
});

test('only arrays of objects are tables', () => {
  equal(tableOf([{ a: 1 }, { b: 2, a: 3 }])?.names, ['a', 'b']);
  for (const value of [[], [1], [{}], [[1]], { a: 1 }, null, 'a', [{ a: 1 }, null]])
    equal(tableOf(value), undefined, JSON.stringify(value));
});

test('sizes, dates and names are for people', () => {
  equal([0, 999, 1000, 1500, 99_950, 999_499, 999_950, 12_000_006, NaN].map(formatBytes), [
    '0 B',
    '999 B',
    '1.0 kB',
    '1.5 kB',
    '100 kB',
    '999 kB',
    '1.0 MB',
    '12.0 MB',
    '—',
  ]);
  ok(/^\d{4}-\d\d-\d\d \d\d:\d\d$/.test(formatDate(new Date(0))), 'a date');
  equal([formatDate(undefined), formatDate(new Date(NaN))], ['—', '—']);
  equal([count(1, 'file'), count(2501, 'file'), count(2, 'retry', 'retries')], ['1 file', '2,501 files', '2 retries']);
  equal(['a/b/c.csv', 'a/b/', 'c', 'a/#?.txt'].map(baseName), ['c.csv', 'b/', 'c', '#?.txt']);
});

test('an error says what to do, and tells CORS from a wrong key', () => {
  const place = { protocol: 's3', origin: 'https://page.example' } as const;
  const cors = adviceFor(new CloudError('x', { code: 'CorsOrNetwork' }), place);
  ok(cors.snippet?.text.includes('"https://page.example"'), 'rules that name the page');
  ok(Array.isArray(JSON.parse(cors.snippet?.text ?? '')), 'rules that are JSON');
  const wrong = adviceFor(new CloudError('x', { code: 'SignatureMismatch' }), place);
  ok(wrong.title !== cors.title && wrong.snippet === undefined && wrong.steps.length > 0, 'another advice');
  equal(adviceFor(new Error('x'), place).steps.length, 1);
});

test('the details of an error hold no query', () => {
  const error = new CloudError('x', { code: 'Network', url: 'https://h/b/k?X-Amz-Signature=canary' });
  ok(!detailsOf(error).includes('canary'), 'no signature');
  ok(detailsOf(error).includes('https://h/b/k'), 'the address');
});
