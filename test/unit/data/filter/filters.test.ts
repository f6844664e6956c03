/** Filters beyond the recording: names, types of JavaScript, errors. */
import { PyDateTime } from '../../../../src/data/date-time.ts';
import { parseDateTime } from '../../../../src/data/date-time-parse.ts';
import { FilterSet } from '../../../../src/data/filter/containers.ts';
import { isFilterError, type FilterErrorReason } from '../../../../src/data/filter/errors.ts';
import { satisfies, type SatisfiesOptions } from '../../../../src/data/filter/satisfies.ts';
import { PyTuple } from '../../../../src/data/value.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';

const fails = (reason: FilterErrorReason) => (error: unknown) => isFilterError(error, reason);
const lenient: SatisfiesOptions = { raiseErrorIfFilterIsInvalid: false };
const ask = (item: object, name: string, argument: unknown, options?: SatisfiesOptions): boolean =>
  satisfies(item as Record<string, unknown>, { [name]: argument }, options);
const holds = (x: unknown, action: string, argument: unknown): boolean => ask({ x }, `x__${action}`, argument);

test('attributes and actions in both spellings', () => {
  class File {
    get sizeBytes(): number {
      return 3;
    }
    labels = new Set(['a-b']);
    cloud_path = 'gs://b/k';
    tags = { a_b: 1, nested: { aB: 2 } };
  }
  const file = new File();
  for (const name of ['size_bytes', 'sizeBytes', 'size_bytes__gte', 'sizeBytes__notEquals'])
    equal(ask(file, name, 3), !/not/.test(name), name);
  ok(ask(file, 'cloudPath__startsWith', 'gs://') && ask(file, 'labels__notAnyLabelContains', 'c') && ask(file, 'cloud_path__isNot', null));
  ok(ask(file, 'tags__a_b', 1) && !ask(file, 'tags__aB__equals', 1, lenient), 'keys of mappings are taken as they are written');
  ok(ask(file, 'tags__nested__aB__equals', 2) && !ask(file, 'tags__nested__a_b__equals', 2, lenient));
});

test('names that every object has are no attributes', async () => {
  for (const name of ['constructor__equals', 'toString__equals', 'hasOwnProperty__is', 'tags__constructor__equals', 'tags__keys__is'])
    await rejects(() => ask({ tags: new Map([['a', 1]]), x: {} }, name, 1), fails('MissingAttribute'));
  await rejects(() => ask({ x: 1 }, 'x__constructor', 1), fails('InvalidFilter'));
  ok(ask({ tags: { constructor: 1 } }, 'tags__constructor', 1));
  ok(ask(JSON.parse('{"tags":{"__proto__":1}}') as object, 'tags__contains', '__proto__'));
});

test('tags whose names hold __ or are those of actions', async () => {
  const item = { tags: { a__b: 1, contains: 9, c: { d__e: 2 } } };
  ok(ask(item, 'tags__a__b', 1) && ask(item, 'tags__a__b__gt', 0) && ask(item, 'tags__c__d__e__lt', 3));
  ok(ask(item, 'tags__contains__equals', 9) && ask(item, 'tags__contains', 'contains'));
  await rejects(() => ask(item, 'tags__a__c__gt', 0), fails('MissingAttribute'));
  ok(ask({ tags: { a: { b: 1 }, a__b: 2 } }, 'tags__a__b', 1), 'the plain reading comes first');
});

test('mappings, lists and tuples are walked through', async () => {
  const item = {
    m: new Map<unknown, unknown>([
      ['k', [{ v: 1 }]],
      [0, 'zero'],
    ]),
    t: new PyTuple(5, { w: 6 }),
  };
  ok(ask(item, 'm__k__0__v__equals', 1) && ask(item, 'm__0', 'zero') && ask(item, 't__1__w', 6));
  await rejects(() => ask(item, 'm__k__length__equals', 1), fails('MissingAttribute'));
  await rejects(() => ask(item, 't__2__equals', 1), fails('MissingAttribute'));
});

test('items without an attribute', async () => {
  const items = [
    { tags: { n: 1 }, time: null },
    { tags: {}, time: parseDateTime('2022-01-01T00:00:00') },
    { tags: { n: null }, time: null },
  ];
  const set = new FilterSet<object>(items);
  const strict = { ignoreItemsWithoutAttribute: false };
  const count = (criteria: object): number => set.filter(criteria).size;
  equal(
    [count({ tags__n: 1 }), count({ tags__n__equals: 1 }), count({ tags__n__gt: 0 }), count({ time__year_equals: 2022 })],
    [1, 1, 1, 1],
  );
  equal([count({ tags__n__not_equals: 1 }), count({ time__not_in_range: ['2021-01-01', '2021-01-02'] })], [1, 1]);
  await rejects(() => set.filter({ tags__n: 1 } as never, strict), fails('InvalidFilter'));
  await rejects(() => set.filter({ time__gt: '2020-01-01' } as never, strict), fails('InvalidFilter'));
  await rejects(() => set.filter({ tags__n__equals: 1, tags__contains: 'n' } as never, strict), fails('MissingAttribute'));
  await rejects(() => count({ time__nonsense: 1 }), fails('InvalidFilter'));
  await rejects(() => count({ nonsense: 1 }), fails('InvalidFilter'));
  equal(count({ nonsense__equals: 1 }), 0);
});

test('case folding', () => {
  for (const [a, b] of [
    ['straße', 'STRASSE'],
    ['ẞ', 'ss'],
    ['İ', 'i̇'],
    ['ΣΑΣ', 'σας'],
    ['ſ', 'S'],
    ['K', 'k'],
    ['ﬁ', 'FI'],
    ['ᾳ', 'ΑΙ'],
  ])
    ok(holds(a, 'iequals', b), `${a} and ${b}`);
  for (const [a, b] of [
    ['ı', 'i'],
    ['ı', 'I'],
    ['é', 'e'],
    ['i', 'İ'],
  ])
    ok(!holds(a, 'iequals', b), `${a} and ${b}`);
  ok(holds('DER STRASSENRAND', 'icontains', 'straße') && holds(['Straße'], 'icontains', 'STRASSE') && !holds(['abc'], 'icontains', 'b'));
});

test('numbers are compared exactly', () => {
  ok(holds(2n ** 53n + 1n, 'gt', 2 ** 53) && !holds(2n ** 53n + 1n, 'equals', 2 ** 53) && holds(2n, 'equals', 2));
  ok(!holds(NaN, 'equals', NaN) && !holds(NaN, 'gte', NaN) && holds(NaN, 'not_in_range', [-Infinity, Infinity]));
  ok(holds(true, 'equals', 1) && !holds(true, 'is', 1) && holds(1n, 'is', 1));
  ok(holds('\uffee', 'lt', '\u{1f600}') && holds('\u{1f600}', 'gt', '\uffee') && holds('z', 'lt', '\ud83d\ude00'));
});

test('a Date is an instant; with naive times it is what the clock here shows', async () => {
  const date = new Date(2022, 4, 4, 17, 57, 57, 136);
  ok(holds(date, 'equals', new Date(date)) && holds(date, 'is', new Date(date)) && holds(date, 'lt', new Date(+date + 1)));
  ok(holds(new Date('2022-05-04T17:57:57Z'), 'equals', parseDateTime('2022-05-04T19:57:57+02:00')));
  ok(holds(parseDateTime('2022-05-04T17:57:57.136000'), 'equals', date) && holds(parseDateTime('2022-05-04T17:57:57.136001'), 'gt', date));
  ok(holds(new Date('2022-05-04T23:30:00Z'), 'hour_equals', 23) && holds(new Date('2022-05-04T23:30:00Z'), 'day_in', new Set([4])));
  ok(!holds(new Date(NaN), 'equals', new Date(NaN)));
  await rejects(() => holds(new Date(NaN), 'lt', new Date()), fails('WrongType'));
});

test('date-times and ISO text', async () => {
  const time = parseDateTime('2022-05-04T17:57:57.136739');
  ok(
    holds(time, 'equals', '2022-05-04T17:57:57.136739') &&
      holds(time, 'gte', '2022-05-04') &&
      holds(time, 'in_range', ['2022-05-04', '2022-05-05']),
  );
  ok(holds(parseDateTime('2022-05-04T17:57:57+01:00'), 'equals', '2022-05-04T16:57:57Z') && !holds(time, 'equals', 'yesterday'));
  ok(holds(time, 'time_equals', { hour: 17, minute: 57, second: 57, microsecond: 136_739 }) && holds(time, 'time_in', ['17:57:57.136739']));
  ok(holds(time, 'in_date_range', [{ year: 2022, month: 5, day: 4 }, '2022-05-04']) && !holds(time, 'in_time_range', ['18:00', '02:00']));
  ok(
    holds(new PyDateTime({ year: 50, month: 3, day: 1 }), 'year_equals', 50) &&
      holds(new PyDateTime({ year: 1969, month: 12, day: 31, hour: 23 }), 'weekday_equals', 2),
  );
  for (const [action, argument] of [
    ['gt', 'yesterday'],
    ['gt', '2022-02-30'],
    ['gt', '2022-05-04T00:00:00Z'],
    ['gt', 5],
    ['in_date_range', ['2022-05-04', '2022-05-04T00:00:00']],
    ['in_date_range', [time, time]],
    ['in_time_range', ['25:00', '26:00']],
    ['year_in', 2022],
    ['year_in', null],
  ] as const)
    await rejects(() => holds(time, action, argument), fails('WrongType'));
});

test('collections', async () => {
  ok(
    holds(
      { a: 1, b: [1, { c: 2 }] },
      'equals',
      new Map<string, unknown>([
        ['b', [1n, { c: 2 }]],
        ['a', true],
      ]),
    ),
  );
  ok(
    holds(new Set([1, 'a']), 'equals', new Set(['a', true])) &&
      !holds(new Set(['a']), 'equals', ['a']) &&
      !holds([1], 'equals', new PyTuple(1)),
  );
  ok(holds(new Map([[1, 2]]), 'contains', 1n) && !holds({ 1: 2 }, 'contains', 1) && !holds({}, 'contains', 'toString'));
  ok(holds([[1], null], 'contains', [1]) && holds([undefined], 'contains', null) && !holds([NaN], 'contains', NaN));
  ok(holds(Uint8Array.of(1, 2, 3), 'contains', Uint8Array.of(2, 3)) && !holds(Uint8Array.of(1, 2), 'contains', Uint8Array.of(2, 1)));
  ok(holds(new Float64Array([1.5]), 'contains', 1.5) && holds(Object.create(null), 'equals', {}));
  for (const [x, action, argument] of [
    [new Set(['a']), 'contains', ['a']],
    [{}, 'contains', []],
    [{}, 'contains', new Set()],
    [Uint8Array.of(1), 'contains', 256],
    [new Set([1]), 'any_label_contains', 'a'],
    ['a', 'starts_with', ['a', 1]],
    [1, 'in_range', [0]],
    [1, 'in_range', { 0: 0, 1: 2 }],
  ] as const)
    await rejects(() => holds(x, action, argument), fails('WrongType'));
});
