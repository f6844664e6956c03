// The filters of datasets in the demo page, without a document: what is typed, against plain JavaScript over the same rows.
import fc from 'fast-check';
import { applyWishes, parseComparison, parseMoment, parseSize, type Wishes } from '../../src/demo/dataset-filter.ts';
import { sortRows, timeParts, valueText, type Row } from '../../src/demo/dataset-rows.ts';
import { FilterSet, LabelSet, PyDateTime, pyFloat, toDate, type Tags } from '../../src/index.ts';
import { env } from '../env.ts';
import { equal, ok, test } from '../harness.ts';

const nothing: Wishes = { name: '', labels: [], label: '', tag: '', value: '', from: '', to: '', least: '', most: '' };

const row = ({
  name = 'a.csv',
  sizeBytes = 1,
  timestamp = null,
  labels = [],
  tags = {},
}: Partial<Omit<Row, 'labels'>> & { labels?: string[] }): Row => {
  const posixTimestamp = timestamp && toDate(timestamp).getTime() / 1000;
  return {
    name,
    sizeBytes,
    timestamp,
    labels: new LabelSet(labels),
    tags,
    datafile: { posixTimestamp } as Row['datafile'],
    facts: () => [],
  };
};

const find = (rows: Row[], wishes: Partial<Wishes>): string[] =>
  [...applyWishes(new FilterSet(rows), { ...nothing, ...wishes }).found].map(({ name }) => name).sort();

test('sizes, moments and comparisons as they are typed', () => {
  equal(['0', '2000', '2 kB', '1.5MB', '1 KiB', '', 'x', '1 x', '-1'].map(parseSize), [
    0,
    2000,
    2000,
    1.5e6,
    1024,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  equal(
    ['2026-01-05', '2026-01-05T12:30', '2026-01-05 12:30:15'].map((text) => String(parseMoment(text, false)?.naive)),
    ['2026-01-05T00:00:00', '2026-01-05T12:30:00', '2026-01-05T12:30:15'],
  );
  equal(String(parseMoment('2026-01-05', true)?.utc), '2026-01-05T23:59:59.999999+00:00');
  equal(String(parseMoment('2026-01-05T12:30', true)?.naive), '2026-01-05T12:30:59.999999');
  for (const text of ['', 'today', '2026-02-30', '2026-01-05T25:00', '05.01.2026']) equal(parseMoment(text, false), undefined, text);
  equal(['80', '>80', '>= 80', '<-1.5', '<=1e3', '1..9', '-2 .. 2.5', '', 'x', '>', '1..'].map(parseComparison), [
    ['equals', 80],
    ['gt', 80],
    ['gte', 80],
    ['lt', -1.5],
    ['lte', 1000],
    ['in_range', [1, 9]],
    ['in_range', [-2, 2.5]],
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('a tag is looked for by its name and by its value, whatever types there are', () => {
  const tagged: [string, Tags][] = [
    ['text', { t: 'North Sea' }],
    ['int', { t: 80 }],
    ['float', { t: pyFloat(80) }],
    ['big', { t: 2n ** 60n }],
    ['yes', { t: true }],
    ['none', { t: null }],
    ['list', { t: [1, 'sea'] }],
    ['time', { t: new PyDateTime({ year: 2026, month: 1, day: 5 }) }],
    ['other', { constructor: 'sea' }],
    ['without', {}],
  ];
  const rows = tagged.map(([name, tags]) => row({ name, tags }));
  equal(find(rows, { tag: 't' }), ['big', 'float', 'int', 'list', 'none', 'text', 'time', 'yes']);
  equal(find(rows, { tag: 't', value: 'SEA' }), ['list', 'text']);
  equal(find(rows, { tag: 't', value: '80' }), ['float', 'int']);
  equal(find(rows, { tag: 't', value: '>79' }), ['big', 'float', 'int']);
  equal(find(rows, { tag: 't', value: 'tr' }), ['yes']);
  equal(find(rows, { tag: 't', value: '2026-01-05' }), ['time']);
  equal(find(rows, { tag: 'constructor', value: 'e' }), ['other']);
  equal(find(rows, { value: 'sea' }).length, rows.length, 'a value without a tag asks for nothing');
});

test('times with a zone are compared as instants, those without as they are written', () => {
  const at = (hour: number, offsetSeconds: number | null): PyDateTime =>
    new PyDateTime({ year: 2026, month: 1, day: 5, hour, offsetSeconds });
  const rows = [
    row({ name: 'naive', timestamp: at(12, null) }),
    row({ name: 'utc', timestamp: at(12, 0) }),
    row({ name: 'east', timestamp: at(12, 7200) }),
    row({ name: 'never' }),
  ];
  equal(find(rows, { from: '2026-01-05T11:00' }), ['naive', 'utc']);
  equal(find(rows, { to: '2026-01-05T10:00' }), ['east']);
  equal(find(rows, { from: '2026-01-05', to: '2026-01-05' }), ['east', 'naive', 'utc']);
  equal(find(rows, { from: 'soon' }).length, 4, 'what is no time asks for nothing');
  equal(
    rows.slice(0, 3).map(({ timestamp }) => timeParts(timestamp!).zone),
    ['no zone', 'UTC', '+02:00'],
  );
});

test('any wishes find what plain JavaScript finds', () => {
  const label = fc.constantFrom('raw', 'checked', 'lidar');
  const given = fc.record({ size: fc.nat(3000), labels: fc.uniqueArray(label), height: fc.option(fc.nat(200), { nil: undefined }) });
  const wishes = fc.record({
    least: fc.option(fc.nat(3000)),
    most: fc.option(fc.nat(3000)),
    labels: fc.uniqueArray(label, { maxLength: 2 }),
    above: fc.option(fc.nat(200)),
  });
  fc.assert(
    fc.property(fc.array(given, { maxLength: 30 }), wishes, (files, { least, most, labels, above }) => {
      const names = files.map((_, i) => String(i));
      const rows = files.map(({ size, labels: own, height }, i) =>
        row({ name: names[i]!, sizeBytes: size, labels: own, tags: height === undefined ? {} : { height } }),
      );
      const want = names.filter((_, i) => {
        const { size, labels: own, height } = files[i]!;
        return (
          size >= (least ?? 0) &&
          size <= (most ?? Infinity) &&
          labels.every((one) => own.includes(one)) &&
          (above === null || (height ?? -1) > above)
        );
      });
      const typed = {
        least: String(least ?? ''),
        most: String(most ?? ''),
        labels,
        ...(above !== null && { tag: 'height', value: `>${above}` }),
      };
      equal(find(rows, typed), want.sort());
    }),
    { seed: env().seed },
  );
});

test('rows are sorted by any column; those that have nothing there come last', () => {
  const rows = [
    row({ name: 'b', sizeBytes: null, labels: ['x'] }),
    row({ name: 'a', sizeBytes: 5, timestamp: new PyDateTime({ year: 2026, month: 1, day: 5, offsetSeconds: 0 }) }),
    row({ name: 'c', sizeBytes: 40, timestamp: new PyDateTime({ year: 2025, month: 1, day: 5, offsetSeconds: 0 }), tags: { k: 'v' } }),
  ];
  const sorted = (column: number, descending = false): string =>
    sortRows(rows, { column, descending })
      .map(({ name }) => name)
      .join('');
  equal([sorted(0), sorted(0, true)], ['abc', 'cba']);
  equal([sorted(1), sorted(1, true)], ['acb', 'cab']);
  equal([sorted(2), sorted(2, true)], ['cab', 'acb']);
  equal([sorted(3), sorted(4)], ['bac', 'cab']);
});

test('values of tags in words', () => {
  const time = new PyDateTime({ year: 2026, month: 1, day: 5, hour: 7, offsetSeconds: 0 });
  const values = ['a', 1, pyFloat(1), 2n ** 60n, true, null, [1, ['b']], new Set(['c']), time, { d: { e: 1 } }];
  equal(
    values.map(valueText).join(' | '),
    'a | 1 | 1 | 1152921504606846976 | true | null | [1, [b]] | {c} | 2026-01-05 07:00 UTC | {d: {e: 1}}',
  );
  ok(timeParts(new PyDateTime({ year: 2026, month: 1, day: 5, second: 7 })).time.endsWith('00:00:07'), 'seconds where there are any');
});
