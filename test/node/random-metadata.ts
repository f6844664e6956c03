/**
 * Random metadata for comparisons with Python.
 *
 * @module
 */
import fc from 'fast-check';
import { fromWallSeconds, type PyDateTime } from '../../src/data/date-time.ts';
import { LabelSet } from '../../src/data/label.ts';
import type { HashedDatafile } from '../../src/data/metadata-hash.ts';
import { pyFloat } from '../../src/data/py-float.ts';
import { objectOf, type PyValue } from '../../src/data/value.ts';

/** Date-times of all years, naive and aware. */
export function momentsWith(offsets: fc.Arbitrary<number>): fc.Arbitrary<PyDateTime> {
  return fc
    .tuple(
      fc.integer({ min: -62135596800, max: 253402300799 }),
      fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 999_999 })),
      fc.oneof(fc.constant(null), fc.constant(0), offsets),
    )
    .map(([seconds, microsecond, offset]) => fromWallSeconds(seconds, microsecond, offset));
}

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.constantFrom(`it's`, `"'\\`, '\ud800', '\u200d'));

/** Timestamps, tags with values of every kind, labels. @param offsets seconds east of UTC that aware times have */
export function metadataWith(offsets: fc.Arbitrary<number>): fc.Arbitrary<HashedDatafile> {
  const moments = momentsWith(offsets);
  const scalar: fc.Arbitrary<PyValue> = fc.oneof(
    fc.constantFrom<PyValue>(null, true, false, -0, 2 ** 53, 1e21, NaN, -Infinity),
    fc.integer(),
    fc.bigInt(),
    fc.double(),
    fc.integer().map(pyFloat),
    text,
    moments,
  );
  const sets = fc.oneof(
    fc.array(text, { maxLength: 4 }).map((items) => new Set<PyValue>(items)),
    fc.array(fc.oneof<fc.Arbitrary<PyValue>[]>(fc.integer(), fc.bigInt(), fc.boolean()), { maxLength: 4 }).map((items) => new Set(items)),
  );
  const { value } = fc.letrec<{ value: PyValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      scalar,
      sets,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.array(fc.tuple(fc.oneof(text, fc.nat(12).map(String)), tie('value')), { maxLength: 4 }).map(objectOf),
    ),
  }));
  return fc.record({
    timestamp: fc.oneof(fc.constant(null), moments),
    tags: fc.array(fc.tuple(fc.stringMatching(/^[a-z0-9]([a-z0-9_]{0,5}[a-z0-9])?$/), value), { maxLength: 4 }).map(objectOf),
    labels: fc.array(fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,5}[a-z0-9])?$/), { maxLength: 4 }).map((labels) => new LabelSet(labels)),
  });
}
