/**
 * Order as Python's `<` has it, which sets are written and hashed by.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { compareDateTimes } from './date-time.ts';
import { defaultMaxDepth } from './json-read.ts';
import { see, type PyValue, type Seen } from './value.ts';

/** Order two texts by code point. Unlike UTF-8's order, this places lone surrogates. */
export function compareText(a: string, b: string): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    if (a.charCodeAt(i) === b.charCodeAt(i)) continue;
    // Within a pair the code point begins one unit before.
    const pair = i > 0 && a.charCodeAt(i - 1) >> 10 === 0x36;
    return (pair && a.codePointAt(i - 1)! - b.codePointAt(i - 1)!) || a.codePointAt(i)! - b.codePointAt(i)!;
  }
  return a.length - b.length;
}

const isNumber = (seen: Seen): seen is Seen & { kind: 'bool' | 'int' | 'float' } =>
  seen.kind === 'bool' || seen.kind === 'int' || seen.kind === 'float';

function compareNumbers(a: number | bigint, b: number | bigint): number {
  // NaN is equal to nothing and before nothing; here it comes last, so that there is an order.
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : Number(a > b);
}

/**
 * Order two values: numbers (booleans among them), texts by code point, datetimes, and lists item by item.
 *
 * @returns negative, 0 or positive
 * @throws CloudError `InvalidArgument`: Python does not order them either
 */
export function compareValues(a: PyValue, b: PyValue): number {
  return compareAt(a, b, 0);
}

function compareAt(a: PyValue, b: PyValue, depth: number): number {
  if (depth > defaultMaxDepth) throw new CloudError('A value nested too deep, or in itself', { code: 'InvalidArgument' });
  const x = see(a);
  const y = see(b);
  if (isNumber(x) && isNumber(y)) return compareNumbers(plain(x.value), plain(y.value));
  if (x.kind === 'str' && y.kind === 'str') return compareText(x.value, y.value);
  if (x.kind === 'datetime' && y.kind === 'datetime') return compareDateTimes(x.value, y.value);
  if ((x.kind === 'list' || x.kind === 'tuple') && x.kind === y.kind) {
    const n = Math.min(x.value.length, y.value.length);
    for (let i = 0; i < n; i++) {
      const order = compareAt(x.value[i]!, y.value[i]!, depth + 1);
      if (order) return order;
    }
    return x.value.length - y.value.length;
  }
  throw new CloudError(`Items of type ${x.kind} and ${y.kind} cannot be ordered`, { code: 'InvalidArgument' });
}

const plain = (value: boolean | number | bigint): number | bigint => (typeof value === 'boolean' ? Number(value) : value);

/**
 * The items of a set in order; of equal ones (`1`, `1.0` and `true`) the first, as Python's sets keep them.
 *
 * @throws CloudError `InvalidArgument`: some cannot be ordered
 */
export function sortedItems(items: readonly PyValue[]): PyValue[] {
  if (items.length < 2) return [...items];
  return [...items].sort(compareValues).filter((item, i, all) => i === 0 || compareValues(all[i - 1]!, item) !== 0);
}
