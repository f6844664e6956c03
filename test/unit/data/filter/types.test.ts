/** What an editor offers and what does not compile; checked by `tsc -p test`, run for the errors at run time. */
import type { PyDateTime } from '../../../../src/data/date-time.ts';
import { parseDateTime } from '../../../../src/data/date-time-parse.ts';
import { FilterDict, FilterSet } from '../../../../src/data/filter/containers.ts';
import { isFilterError } from '../../../../src/data/filter/errors.ts';
import type { Criteria, OrderName } from '../../../../src/data/filter/types.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';

/** The public shape of a datafile, as far as filters see it. */
interface Datafile {
  readonly id: string;
  readonly name: string;
  readonly extension: string;
  readonly cloudPath: string | null;
  readonly timestamp: PyDateTime | null;
  readonly tags: Record<string, unknown>;
  readonly labels: Set<string>;
  readonly sizeBytes: number | undefined;
  readonly existsLocally: boolean;
  readonly parent?: { readonly name: string };
  hashValue(): Promise<string>;
}

type Has<N extends string> = N extends keyof Criteria<Datafile> ? true : false;

const file: Datafile = {
  id: '1',
  name: 'a.csv',
  extension: 'csv',
  cloudPath: null,
  timestamp: parseDateTime('2022-05-04T17:57:57'),
  tags: { manufacturer: 'V', a: { b: 1 } },
  labels: new Set(['a']),
  sizeBytes: 3,
  existsLocally: true,
  parent: { name: 'p' },
  hashValue: () => Promise.resolve('AAAAAA=='),
};

test('names that are offered', () => {
  const offered: [Has<'labels__contains'>, Has<'labels__not_any_label_starts_with'>, Has<'labels__anyLabelContains'>, Has<'labels'>] = [
    true,
    true,
    true,
    true,
  ];
  const more: [Has<'size_bytes__gte'>, Has<'sizeBytes__inRange'>, Has<'timestamp__iso_weekday_in'>, Has<'cloud_path__is_not'>] = [
    true,
    true,
    true,
    true,
  ];
  const none: [Has<'labels__lt'>, Has<'timestamp__contains'>, Has<'hash_value'>, Has<'existsLocally__lt'>] = [false, false, false, false];
  const order: OrderName<Datafile>[] = ['name', 'size_bytes', 'sizeBytes', 'tags__a', 'tags.a.b', 'timestamp', 'parent__name'];
  ok([...offered, ...more].every(Boolean) && !none.some(Boolean));
  const set = new FilterSet([file]);
  for (const name of order) equal(set.orderBy(name).at(0), file);
});

test('criteria that compile', () => {
  const set = new FilterSet([file]);
  equal(
    set.filter({
      extension: 'csv',
      labels__contains: 'a',
      timestamp__year_equals: 2022,
      tags__manufacturer__equals: 'V',
      tags__a__b__lt: 2,
    }).size,
    1,
  );
  equal(set.filter({ timestamp__gte: '2022-01-01', timestamp__in_time_range: ['17:00', '18:00'], cloud_path__is: null }).size, 1);
  equal(set.filter({ sizeBytes__inRange: [0, 5], size_bytes: 3, existsLocally: true, name__starts_with: ['a', 'b'] }).size, 1);
  equal(set.filter({ parent__name__starts_with: 'p', labels: new Set(['a']), labels__any_label_ends_with: 'a' }).size, 1);
  equal(new FilterSet<Record<string, unknown>>([{ x: 1 }]).filter({ anything__at: 1, x__lt: 2 }, {}).size, 0);
  equal(new FilterDict({ a: file }).one({ tags__contains: 'a' })[0], 'a');
});

test('criteria that do not compile', async () => {
  const set = new FilterSet([file]);
  const invalid = (error: unknown): boolean => isFilterError(error, 'InvalidFilter');
  const wrong = (error: unknown): boolean => isFilterError(error, 'WrongType');
  // @ts-expect-error labels have no order
  await rejects(() => set.filter({ labels__lt: 'a' }), invalid);
  // @ts-expect-error no such attribute
  await rejects(() => set.filter({ colour: 'red' }), invalid);
  // @ts-expect-error a method is no attribute
  await rejects(() => set.filter({ hashValue: 'AAAAAA==' }), invalid);
  // @ts-expect-error numbers contain nothing
  await rejects(() => set.filter({ size_bytes__contains: 1 }), invalid);
  // @ts-expect-error a label is text
  await rejects(() => set.filter({ labels__any_label_contains: 1 }), wrong);
  // @ts-expect-error two bounds
  await rejects(() => set.filter({ size_bytes__in_range: [1] }), wrong);
  // @ts-expect-error no negation of an order
  await rejects(() => set.filter({ name__not_lt: 'a' }), invalid);
  // @ts-expect-error no such attribute to order by
  await rejects(() => set.orderBy('colour'), invalid);
  // @ts-expect-error pairs are no items
  await rejects(() => new FilterDict({ a: file }).orderBy('name').filter({ name: 'a.csv' }), wrong);
});
