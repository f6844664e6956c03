/** Filters and their containers against what octue 0.69.0 was recorded to do; octue/filters.json is the recording as it was made. */
import { CloudError } from '../../src/errors.ts';
import type { PyDateTime } from '../../src/data/date-time.ts';
import { parseDateTime } from '../../src/data/date-time-parse.ts';
import { FilterDict, FilterList, FilterSet } from '../../src/data/filter/containers.ts';
import { isFilterError, type FilterErrorReason } from '../../src/data/filter/errors.ts';
import { satisfies } from '../../src/data/filter/satisfies.ts';
import { pyFloat } from '../../src/data/py-float.ts';
import { PyTuple, type PyValue } from '../../src/data/value.ts';
import { equal, ok, test } from '../harness.ts';
import table from './octue/filters.json' with { type: 'json' };

type Typed = Record<string, unknown>;
type Result = boolean | { error: string };

/** What Python shares is shared here: equal tuples and texts are one object in the recording, lists and sets are not. */
const tuples = new Map<string, PyTuple>();

/** A recorded value as the same value of JavaScript. */
function valueOf(typed: Typed): PyValue {
  const [[type, value]] = Object.entries(typed) as [[string, never]];
  switch (type) {
    case 'none':
      return null;
    case 'int':
      return Number.isSafeInteger(Number(value)) ? Number(value) : BigInt(value);
    case 'float':
      return pyFloat(Number((value as string).replace('inf', 'Infinity')));
    case 'list':
      return (value as Typed[]).map(valueOf);
    case 'tuple': {
      const text = JSON.stringify(value);
      const tuple = tuples.get(text) ?? new PyTuple(...(value as Typed[]).map(valueOf));
      tuples.set(text, tuple);
      return tuple;
    }
    case 'set':
      return new Set((value as Typed[]).map(valueOf));
    case 'labelset':
      return new Set(value as string[]);
    case 'dict':
      return Object.fromEntries((value as [Typed, Typed][]).map(([key, item]) => [valueOf(key), valueOf(item)]));
    case 'tagdict':
      return Object.fromEntries((value as [string, Typed][]).map(([key, item]) => [key, valueOf(item)]));
    case 'datetime':
      return parseDateTime(value);
    case 'other':
      if (value === "bytes:b'ab'") return Uint8Array.of(97, 98);
      ok(value === 'range:range(2020, 2025)', `a known value, got ${String(value)}`);
      return [2020, 2021, 2022, 2023, 2024];
    default:
      // text, labels, booleans; dates and times are ISO text
      return value;
  }
}

/** What happened, as the recording says it: errors by Python's class. */
function outcome(ask: () => boolean): string {
  try {
    return String(ask());
  } catch (error) {
    return isFilterError(error) ? error.reason : error instanceof CloudError ? error.code : String(error);
  }
}

const reasons: Record<string, FilterErrorReason | 'InvalidArgument'> = {
  InvalidInputException: 'InvalidFilter',
  AttributeError: 'MissingAttribute',
  TypeError: 'WrongType',
  IndexError: 'WrongType',
  ValueError: 'InvalidArgument',
  BrokenSequenceException: 'BrokenSequence',
  UnexpectedNumberOfResultsException: 'UnexpectedNumberOfResults',
};

const recorded = (result: Result, message = ''): string =>
  typeof result === 'boolean' ? String(result) : /casefold/.test(message) ? 'WrongType' : (reasons[result.error] ?? result.error);

/** Rows that record a WART, with what holds here; the list is test/parity/warts.md. */
function expected(row: { group: string; filter: string; value: Typed; argument: Typed; result: Result }): string {
  const { group, filter, value, argument, result } = row;
  const collection = ['list', 'tuple', 'set', 'dict', 'tagdict'].includes(group);
  if (collection && filter.endsWith('icontains') && typeof argument['str'] === 'string') {
    // An error for every argument in Python: members without regard to case here.
    const members = Object.values(value)[0] as unknown[];
    const texts = members.map((member) => (Array.isArray(member) ? (member[0] as Typed | string) : (member as Typed)));
    const holds = texts.some(
      (text) => String(typeof text === 'string' ? text : text['str']).toLowerCase() === String(argument['str']).toLowerCase(),
    );
    return String(holds !== filter.startsWith('not_'));
  }
  // A list of alternatives, refused for not being a tuple.
  if (group === 'str_wrong_arg' && /(starts|ends)_with/.test(filter) && 'list' in argument) {
    const holds = filter.endsWith('starts_with'); // 'Vestas' begins with 'V', and does not end with it
    return String(holds !== filter.startsWith('not_'));
  }
  // A Label, refused for not being a str; here labels are text.
  if (group === 'labelset' && /any_label_(starts|ends)_with/.test(filter) && 'label' in argument) {
    const edge = /starts/.test(filter) ? 'startsWith' : 'endsWith';
    const holds = (value['labelset'] as string[]).some((label) => label[edge](argument['label'] as string));
    return String(holds !== filter.startsWith('not_'));
  }
  return recorded(result, typeof result === 'object' ? (result as { message?: string }).message : '');
}

test('filters.json: every row', () => {
  let count = 0;
  for (const [group, value, filter, argument, result] of table.rows as unknown as [string, Typed, string, Typed, Result][]) {
    const item = { x: valueOf(value) };
    const what = `${group}: ${JSON.stringify(value)} ${filter} ${JSON.stringify(argument)}`;
    const want = expected({ group, filter, value, argument, result });
    const camel = filter.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    equal(
      outcome(() => satisfies(item, { [`x__${filter}`]: valueOf(argument) })),
      want,
      what,
    );
    equal(
      outcome(() => satisfies(item, { [`x__${camel}`]: valueOf(argument) }, { raiseErrorIfFilterIsInvalid: false })),
      want,
      `${what}, by its camelCase and lenient`,
    );
    count++;
  }
  equal(count, table.rows.length);
});

/** The object that names were resolved on. */
const object = (): object => {
  class Obj {
    x = 5;
    name = 'n';
    ghost = null;
    equals = 1;
    tags = { a: 1, b: { c: 'deep', l: [10, 20] }, n: null, contains: 9, a_b: 3 };
    items = [child({ v: 1 }), { k: 2 }];
    d = { k: child({ j: 3 }) };
    child = child({ y: 2, z: null });
  }
  return new Obj();
};

/** An object of some class. */
function child(fields: object): object {
  return Object.assign(Object.create({}) as object, fields);
}

test('filters.json: how names are resolved', () => {
  // WART: an item without a key or with null is skipped when lenient, as it is where the action is spelled out.
  const skipped = new Set(['tags__missing', 'tags__n__gt', 'ghost__lt']);
  for (const { kwargs, strict, lenient } of table.name_resolution as unknown as { kwargs: Typed; strict: Result; lenient: Result }[]) {
    const [[name, argument]] = Object.entries(kwargs) as [[string, Typed]];
    const ask = (raiseErrorIfFilterIsInvalid: boolean) => (): boolean =>
      satisfies(object(), { [name]: valueOf(argument) }, { raiseErrorIfFilterIsInvalid });
    equal(outcome(ask(true)), recorded(strict), `${name}, strict`);
    equal(outcome(ask(false)), skipped.has(name) ? 'false' : recorded(lenient), `${name}, lenient`);
  }
  equal(
    outcome(() => satisfies(object(), {})),
    recorded(table.satisfies_arity.none),
  );
  equal(
    outcome(() => satisfies(object(), { x: 1, name: 'n' })),
    recorded(table.satisfies_arity.two),
  );
});

/** One value of each type that the recording names; the rest does not exist in JavaScript. */
const samples: Record<string, unknown> = {
  bool: true,
  str: 'a',
  NoneType: null,
  LabelSet: new Set(['a']),
  datetime: parseDateTime('2022-05-04T17:57:57'),
  int: 1,
  float: pyFloat(1),
  list: [1],
  tuple: new PyTuple(1),
  set: new Set([1]),
  dict: { a: 1 },
  TagDict: { a: 1 },
  bytes: Uint8Array.of(1),
  date: child({ year: 2022, month: 5, day: 4 }),
  time: child({ hour: 1, minute: 2 }),
  object: child({}),
};

test('filters.json: the filters of each type, and no others', () => {
  for (const [type, names] of Object.entries(table.filters_by_type)) {
    if (!(type in samples)) continue;
    const isKnown = (action: string): boolean =>
      outcome(() => satisfies({ x: samples[type] }, { [`x__${action}`]: Symbol('argument') })) !== 'InvalidFilter';
    // A set is a LabelSet: both tables are there for both.
    const both = type === 'set' || type === 'LabelSet';
    const want = both ? [...table.filters_by_type.set, ...table.filters_by_type.LabelSet] : Array.isArray(names) ? names : [];
    equal(
      table.all_filter_names.filter(isKnown),
      table.all_filter_names.filter((name) => want.includes(name)),
      type,
    );
    ok(!isKnown('nonsense') && !isKnown('constructor'), `unknown filters of ${type}`);
  }
  equal(table.invalid_filter.filter(({ result }) => result.error !== 'InvalidInputException').length, 0);
});

interface FileRow {
  name: string;
  extension: string;
  tags: Record<string, unknown>;
  labels: Set<string>;
  timestamp: PyDateTime | null;
  sizeBytes: number;
}

const files = (): FileRow[] =>
  (table.containers.files as unknown as [string, Record<string, unknown>, string[], number | null][]).map(([name, tags, labels, time]) => ({
    name,
    extension: name.split('.').at(-1)!,
    tags,
    labels: new Set(labels),
    timestamp: time === null ? null : parseDateTime(`1970-01-01T00:00:${String(time).padStart(2, '0')}`),
    sizeBytes: 4,
  }));

type Any = FilterSet<FileRow> | FilterList<FileRow> | FilterDict<string, FileRow>;
type Ask = (container: Any) => unknown;

/** What was asked of each container, by the recording's names. */
const asked = ((): Record<string, Ask> => {
  const lenient = { ignoreItemsWithoutAttribute: true };
  const strict = { ignoreItemsWithoutAttribute: false };
  const subset = (container: Any): Any => (container as FilterSet<FileRow>).filter({ tags__cluster__gte: 0 });
  const filter =
    (criteria: object, options = lenient): Ask =>
    (container) =>
      (container as FilterSet<FileRow>).filter(criteria as Record<string, never>, options);
  const one =
    (criteria?: object): Ask =>
    (container) =>
      (container as FilterSet<FileRow>).one(criteria as Record<string, never>);
  const by =
    (name: string, options: object = {}, of: (container: Any) => Any = (container) => container): Ask =>
    (container) =>
      (of(container) as FilterSet<FileRow>).orderBy(name as 'name', options);
  const empty = (container: Any): Any => (container as FilterSet<FileRow>).filter({ name: 'zzz' });
  return {
    'filter extension': filter({ extension: 'csv' }),
    'filter name ends_with': filter({ name__ends_with: '.csv' }),
    'filter tags__cluster__gt=0 (d lacks tag; default lenient)': filter({ tags__cluster__gt: 0 }),
    'filter tags__cluster__gt=0 strict': filter({ tags__cluster__gt: 0 }, strict),
    'filter tags__cluster=0 shortcut (d lacks tag)': filter({ tags__cluster: 0 }),
    'filter tags__cluster__equals=0 (d lacks tag)': filter({ tags__cluster__equals: 0 }),
    'filter labels__contains': filter({ labels__contains: 'a' }),
    'filter timestamp__gt with None present': filter({ timestamp__gt: parseDateTime('1970-01-01T00:00:15') }),
    'filter timestamp__is_not None': filter({ timestamp__is_not: null }),
    'filter two: name then labels': filter({ name__ends_with: '.csv', labels__contains: 'a' }),
    'filter two: tag first (missing on d)': filter({ tags__cluster__gt: 0, name__ends_with: '.csv' }),
    'filter two strict: tag first': filter({ tags__cluster__gt: 0, name__ends_with: '.csv' }, strict),
    'filter two: tag second (missing on d)': filter({ name__ends_with: '.dat', tags__cluster__gt: 0 }),
    'filter three: tag second': filter({ name__contains: '.', tags__cluster__gt: 0, extension: 'csv' }),
    'filter no kwargs': filter({}),
    'filter unknown filter': filter({ name__nonsense: 1 }),
    'filter unknown attribute': filter({ nonsense__equals: 1 }),
    'filter unknown attribute shortcut': filter({ nonsense: 1 }),
    'filter size_bytes__gte': filter({ size_bytes__gte: 0 }),
    'one match': one({ name: 'a.csv' }),
    'one no match': one({ name: 'zzz' }),
    'one many': one({ extension: 'csv' }),
    'one no kwargs': one(),
    'order_by name': by('name'),
    'order_by name reverse': by('name', { reverse: true }),
    'order_by tags__cluster (missing on d)': by('tags__cluster'),
    'order_by tags.cluster (missing on d)': by('tags.cluster'),
    'order_by timestamp (None present)': by('timestamp'),
    'order_by nonsense': by('nonsense'),
    'subset order_by tags__cluster': by('tags__cluster', {}, subset),
    'subset order_by tags.cluster': by('tags.cluster', {}, subset),
    'subset order_by start 0 inc 1': by('tags__cluster', { checkStartValue: 0, checkConstantIncrement: 1 }, subset),
    'subset order_by start 1': by('tags__cluster', { checkStartValue: 1 }, subset),
    'subset order_by inc 2': by('tags__cluster', { checkConstantIncrement: 2 }, subset),
    'subset order_by inc -1 reverse': by('tags__cluster', { checkConstantIncrement: -1, reverse: true }, subset),
    'order_by then filter': (container) => (by('name')(container) as FilterList<FileRow>).filter({ extension: 'csv' }),
    'empty order_by': by('name', {}, empty),
    'empty order_by start': by('name', { checkStartValue: 1 }, empty),
  };
})();

/** What holds here where the recording is of a WART. */
const fixed: Record<string, unknown> = {
  'filter tags__cluster=0 shortcut (d lacks tag)': ['a.csv'],
  'filter timestamp__gt with None present': ['b.txt', 'd.dat'],
  'filter two: tag first (missing on d)': ['c.csv'],
  'filter two strict: tag first': 'MissingAttribute',
  'filter three: tag second': ['c.csv'],
  'filter no kwargs': ['a.csv', 'b.txt', 'c.csv', 'd.dat'],
  'empty order_by start': 'BrokenSequence',
};

/** The names of a recorded or real answer; of pairs the second. */
function names(answer: unknown): unknown {
  if (answer instanceof FilterDict) return [...answer.values()].map((item) => (item as FileRow).name);
  if (answer instanceof FilterSet || answer instanceof FilterList) {
    return [...(answer as Iterable<FileRow | [string, FileRow]>)].map((item) => (Array.isArray(item) ? item[1] : item).name);
  }
  return [(Array.isArray(answer) ? (answer[1] as FileRow) : (answer as FileRow)).name];
}

test('filters.json: containers', () => {
  const entries = (): [string, FileRow][] => files().map((file) => [file.name, file]);
  const made = {
    FilterSet: () => new FilterSet(files()),
    FilterList: () => new FilterList(files()),
    FilterDict: () => new FilterDict(entries()),
  };
  for (const [kind, make] of Object.entries(made)) {
    const results = table.containers.results[kind as 'FilterSet'] as Record<string, Record<string, unknown>>;
    for (const [what, result] of Object.entries(results)) {
      const ask = asked[what];
      ok(ask, `${what} to be asked here`);
      const container = make();
      let got: unknown;
      let answer: unknown;
      try {
        answer = ask(container);
        got = names(answer);
      } catch (error) {
        got = isFilterError(error) ? error.reason : String(error);
      }
      let want = fixed[what];
      if (want === undefined && 'error' in result) want = reasons[result['error'] as string];
      if (want === undefined) {
        const [[type, value]] = Object.entries(result) as [[string, unknown]];
        const constructor = { FilterSet, FilterList, FilterDict }[type];
        ok(!constructor || answer instanceof constructor, `${kind}, ${what}: a ${type}`);
        want = Array.isArray(value) ? value.map((one: unknown) => (Array.isArray(one) ? (one[1] as unknown) : one)) : value;
        if (type === 'tuple') want = [(value as string[])[1]];
        else if (type === 'FilterDict') want = Object.values(value as object);
        else if (type === 'Datafile') want = [value];
      }
      // WART: names with __ are read here too. A FilterDict has no checks of a sequence; they are no options of its orderBy.
      if (kind === 'FilterDict' && what === 'subset order_by tags__cluster') want = ['a.csv', 'b.txt', 'c.csv'];
      if (kind === 'FilterDict' && /order_by (start|inc)/.test(what)) continue;
      equal(got, want, `${kind}, ${what}`);
      equal(container.size, 4);
    }
  }
});
