/** The containers: what they hold, what they answer, what they refuse. */
import { parseDateTime } from '../../../../src/data/date-time-parse.ts';
import { FilterDict, FilterList, FilterSet } from '../../../../src/data/filter/containers.ts';
import { isFilterError, type FilterErrorReason } from '../../../../src/data/filter/errors.ts';
import { pyFloat } from '../../../../src/data/py-float.ts';
import { isCloudError } from '../../../../src/errors.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';

const fails = (reason: FilterErrorReason) => (error: unknown) => isFilterError(error, reason) && isCloudError(error, 'InvalidArgument');
const numbers = (...values: unknown[]): { n: unknown }[] => values.map((n) => ({ n }));
const ordered = (items: Iterable<{ n: unknown }>): unknown[] => [...items].map(({ n }) => n);

test('what containers hold', () => {
  const [a, b] = [{ n: 1 }, { n: 2 }];
  const set = new FilterSet([a, b, a]);
  equal(set.size, 2);
  ok(set.has(a) && !set.has({ n: 1 }));
  equal([...set], [a, b]);
  const list = new FilterList([b, a, b]);
  equal(list.size, 3);
  ok(list.has(a) && !list.has({ n: 1 }) && list.at(-1) === b && list.at(3) === undefined);
  const dict = new FilterDict(new Map([['x', a]]));
  ok(dict.has('x') && !dict.has('constructor') && dict.get('x') === a && dict.size === 1);
  equal([...dict], [['x', a]]);
  equal([...dict.keys(), ...dict.values()], ['x', a]);
  equal([...new FilterDict({ x: a, y: b }).keys()], ['x', 'y']);
  equal([new FilterSet().size, new FilterList().size, new FilterDict().size], [0, 0, 0]);
});

test('filtering makes another container of the same kind', () => {
  const items = numbers(1, 2, 3);
  const source = [...items];
  const set = new FilterSet(source);
  source.push({ n: 4 });
  equal(set.size, 3, 'later changes to the source are not seen');
  const all = set.filter({});
  ok(all instanceof FilterSet && all !== set && all.size === 3);
  ok(set.filter({ n__gt: 1 }).has(items[1]!) && !set.filter({ n__gt: 1 }).has(items[0]!));
  ok(new FilterList(items).filter({ n__gt: 1 }) instanceof FilterList);
  const dict = new FilterDict({ a: items[0]!, b: items[1]! });
  equal([...dict.filter({ n: 2 }).keys()], ['b']);
  equal(dict.size, 2);
});

test('one', async () => {
  const set = new FilterSet(numbers(1, 2, 2));
  equal(set.one({ n: 1 }).n, 1);
  await rejects(() => set.one({ n: 2 }), fails('UnexpectedNumberOfResults'));
  await rejects(() => set.one({ n: 3 }), fails('UnexpectedNumberOfResults'));
  await rejects(() => set.one(), fails('UnexpectedNumberOfResults'));
  await rejects(() => new FilterList().one(), fails('UnexpectedNumberOfResults'));
  await rejects(() => new FilterSet<object>([{}]).one({ n__gt: 1 }, { ignoreItemsWithoutAttribute: false }), fails('MissingAttribute'));
  const only = { n: 1 };
  equal(new FilterSet([only]).one(), only);
  equal(new FilterDict({ k: only }).one(), ['k', only]);
});

test('members must be objects, which is seen when filtering', async () => {
  for (const member of [1, 'a', null, [1]]) {
    const criteria = { size__gt: 1 } as never;
    await rejects(() => new FilterSet<unknown>([member]).filter(criteria), fails('WrongType'));
    await rejects(() => new FilterDict<string, unknown>([['k', member]]).filter(criteria), fails('WrongType'));
  }
  equal(new FilterSet([1]).size, 1);
});

test('ordering: types, nulls, NaN, reversal', async () => {
  const by = (...values: unknown[]) => ordered(new FilterList(numbers(...values)).orderBy('n'));
  equal(by(3, 1n, true, pyFloat(2)).map(Number), [1, 1, 2, 3]);
  equal(by(2 ** 60, 2n ** 60n + 1n, 0), [0, 2 ** 60, 2n ** 60n + 1n]);
  equal(by(NaN, 2, -Infinity), [-Infinity, 2, NaN]);
  equal(by('b', 'B', '\u{1f600}', '\uffee'), ['B', 'b', '\uffee', '\u{1f600}']);
  equal(by([2], [1, 5], [1]), [[1], [1, 5], [2]]);
  equal(by(Uint8Array.of(2), Uint8Array.of(1, 9)), [Uint8Array.of(1, 9), Uint8Array.of(2)]);
  const [early, late] = [parseDateTime('2022-01-01T00:00:00.000001'), parseDateTime('2022-01-01T00:00:00.000002')];
  equal(by(late, early), [early, late]);
  equal(ordered(new FilterList(numbers(1, 3, 2)).orderBy('n', { reverse: true })), [3, 2, 1]);
  equal(by(null), [null]);
  for (const mixed of [
    [1, null],
    [null, null],
    [1, 'a'],
    [{}, {}],
    [early, parseDateTime('2022-01-01T00:00:00+00:00')],
  ]) {
    await rejects(() => by(...mixed), fails('WrongType'));
  }
  await rejects(() => new FilterList<object>([{ n: 1 }, {}]).orderBy('n' as never), fails('InvalidFilter'));
  const dict = new FilterDict({ a: { t: { x: 2 } }, b: { t: { x: 1 } } });
  for (const name of ['t__x', 't.x'] as const)
    equal(
      [...dict.orderBy(name)].map(([key]) => key),
      ['b', 'a'],
    );
  equal(
    [...dict.orderBy('t.x', { reverse: true })].map(([key]) => key),
    ['a', 'b'],
  );
});

test('ordering: start and increment', async () => {
  const check = (values: unknown[], options: object) => ordered(new FilterList(numbers(...values)).orderBy('n', options));
  const broken = fails('BrokenSequence');
  equal(check([2, 0, 1], { checkStartValue: 0, checkConstantIncrement: 1 }), [0, 1, 2]);
  equal(check([0, 1], { checkStartValue: null, checkConstantIncrement: null }), [0, 1]);
  await rejects(() => check([1, 2], { checkStartValue: 0 }), broken);
  await rejects(() => check([], { checkStartValue: 0 }), broken);
  equal(check([], { checkConstantIncrement: 1 }), []);
  await rejects(() => check([0, 1, 3], { checkConstantIncrement: 1 }), broken);
  await rejects(() => check([0, 0], { checkConstantIncrement: 1 }), broken);
  equal(check([0, 1, 2], { reverse: true, checkStartValue: 2, checkConstantIncrement: -1 }), [2, 1, 0]);
  await rejects(() => check([0.1, 0.2, 0.3], { checkConstantIncrement: 0.1 }), broken);
  equal(check([2n ** 60n, 2n ** 60n + 2n], { checkConstantIncrement: 2 }), [2n ** 60n, 2n ** 60n + 2n]);
  equal(check(['a'], { checkStartValue: 'a', checkConstantIncrement: 1 }), ['a']);
  await rejects(() => check(['a', 'b'], { checkConstantIncrement: 1 }), fails('WrongType'));
  const times = [parseDateTime('2022-01-01T00:00:00'), parseDateTime('2022-01-01T00:00:01.500000')];
  equal(check(times, { checkConstantIncrement: 1500 }), times);
  await rejects(() => check(times, { checkConstantIncrement: 1501 }), broken);
});
