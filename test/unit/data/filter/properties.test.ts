/** What holds for any items and any criteria. */
import fc from 'fast-check';
import { PyDateTime } from '../../../../src/data/date-time.ts';
import { FilterList, FilterSet } from '../../../../src/data/filter/containers.ts';
import { isFilterError } from '../../../../src/data/filter/errors.ts';
import { env } from '../../../env.ts';
import { equal, ok, test } from '../../../harness.ts';

interface Item {
  text: string;
  number: number;
  labels: Set<string>;
  tags: Record<string, unknown>;
  list: unknown[];
  time: PyDateTime;
}

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'B', 'ß', 's', '\u{1f600}', '\uffee'), maxLength: 3 });
const number = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constantFrom(NaN, 0.5, Infinity));
const time = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }), fc.constantFrom(0, 999_999))
  .map(([year, month, day, microsecond]) => new PyDateTime({ year, month, day, microsecond }));
const labels = fc.array(word, { maxLength: 3 }).map((words) => new Set(words));
const tags = fc.dictionary(fc.constantFrom('a', 'b'), fc.oneof(word, fc.constant(1)));
const list = fc.array(fc.oneof(word, number), { maxLength: 3 });
const item = fc.record({ text: word, number, labels, tags, list, time });
const items = fc.array(item, { maxLength: 12 });

const pair = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { minLength: 2, maxLength: 2 });

/** Attributes with the actions that have a `not_` form, and arguments of their types. */
const negatable: [string, fc.Arbitrary<unknown>][] = [
  ...['equals', 'is', 'iequals', 'contains', 'icontains', 'starts_with', 'ends_with'].map((a): [string, typeof word] => [
    `text__${a}`,
    word,
  ]),
  ['text__in_range', pair(word)],
  ['number__equals', number],
  ['number__in_range', pair(number)],
  ['labels__equals', labels],
  ...['contains', 'icontains', 'any_label_contains', 'any_label_starts_with', 'any_label_ends_with'].map((a): [string, typeof word] => [
    `labels__${a}`,
    word,
  ]),
  ['tags__contains', fc.constantFrom('a', 'b', 'c')],
  ['tags__equals', tags],
  ['list__contains', fc.oneof(word, number)],
  ['list__icontains', word],
  ['list__equals', list],
  ['time__equals', time],
  ['time__in_range', pair(time)],
];
const criterion = fc.oneof(...negatable.map(([name, argument]) => argument.map((value): [string, unknown] => [name, value])));
const negationOf = (name: string): string => (name.endsWith('__is') ? `${name}_not` : name.replace('__', '__not_'));

const settings = { seed: env().seed };
const numbered = (of: Item[], criteria: object): number[] => {
  const chosen = new FilterSet(of).filter(criteria as never);
  return of.flatMap((one, i) => (chosen.has(one) ? [i] : []));
};

test('not_x is the complement of x', () => {
  fc.assert(
    fc.property(items, criterion, (of, [name, argument]) => {
      const both = [...numbered(of, { [name]: argument }), ...numbered(of, { [negationOf(name)]: argument })];
      equal(
        both.sort((a, b) => a - b),
        of.map((_, i) => i),
      );
    }),
    { ...settings, numRuns: 500 },
  );
});

test('the order of filters does not matter, nor whether they are chained', () => {
  fc.assert(
    fc.property(items, fc.uniqueArray(criterion, { selector: ([name]) => name, maxLength: 4 }), (of, criteria) => {
      const want = numbered(of, Object.fromEntries(criteria));
      equal(numbered(of, Object.fromEntries([...criteria].reverse())), want);
      const chained = criteria.reduce((set, [name, value]) => set.filter({ [name]: value }), new FilterSet(of));
      equal(
        of.flatMap((one, i) => (chained.has(one) ? [i] : [])),
        want,
      );
    }),
    settings,
  );
});

test('orderBy is stable, both ways, and an order', () => {
  const names = ['text', 'number', 'time'] as const;
  fc.assert(
    fc.property(items, fc.constantFrom(...names), (of, name) => {
      const place = new Map(of.map((one, i) => [one, i]));
      for (const reverse of [false, true]) {
        const got = [...new FilterList(of).orderBy(name, { reverse })];
        equal(
          got.map((one) => place.get(one)!).sort((a, b) => a - b),
          [...of.keys()],
        );
        for (let i = 1; i < got.length; i++) {
          const [before, after] = [got[i - 1]!, got[i]!];
          const set = new FilterSet([before]);
          const [below, alike] = [`${name}__${reverse ? 'gt' : 'lt'}`, `${name}__equals`].map(
            (filter) => set.filter({ [filter]: after[name] }).size,
          );
          if (Number.isNaN(before.number) || Number.isNaN(after.number)) {
            if (name === 'number') continue;
          }
          ok(below || (alike && place.get(before)! < place.get(after)!), `${String(i)} in order`);
        }
      }
    }),
    settings,
  );
});

test('any criteria on any items end in a result or in a typed error', () => {
  const value = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withNullPrototype: true,
  });
  const name = fc.array(fc.constantFrom('x', 'y', 'equals', 'contains', 'in_range', 'lt', 'is_not', 'year_in', 'constructor', ''), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(fc.array(fc.record({ x: value, y: value }), { maxLength: 4 }), name, value, fc.boolean(), (of, parts, argument, skip) => {
      try {
        const got = new FilterSet<Record<string, unknown>>(of).filter(
          { [parts.join('__')]: argument },
          { ignoreItemsWithoutAttribute: skip },
        );
        ok(got.size <= of.length);
      } catch (error) {
        if (!isFilterError(error)) throw error;
      }
    }),
    { ...settings, numRuns: 500 },
  );
});
