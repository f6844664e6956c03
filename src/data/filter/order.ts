/**
 * Items in the order of an attribute, and the checks of such a sequence.
 *
 * @module
 */
import { compareUtf8 } from '../../util/utf8.ts';
import { compareNumbers, compareValues, isEqual, orderOf } from './equality.ts';
import { FilterError, wrongType } from './errors.ts';
import { kindOf, nameOfKind, numeric } from './kind.ts';
import { lookup, missing, parsePath } from './lookup.ts';
import { compareMoments, momentOf, momentsApartMs } from './moment.ts';

/** How items are ordered. */
export interface ReverseOptions {
  /** From the highest to the lowest; items that are equal keep their order. @default false */
  reverse?: boolean | undefined;
}

/** How items are ordered, and what their sequence must be. */
export interface OrderOptions extends ReverseOptions {
  /** What the first item's attribute must be, after any reversal. Not checked when absent or null; 0 is checked. */
  checkStartValue?: unknown;
  /**
   * By how much each attribute must exceed the one before it, exactly, after any reversal: negative for a falling sequence. Of
   * date-times in ms. Not checked when absent or null.
   */
  checkConstantIncrement?: number | bigint | { valueOf(): number | bigint } | null | undefined;
}

/** A comparison of the keys, and the keys made ready for it. */
function prepare(keys: unknown[]): [prepared: unknown[], compare: (a: never, b: never) => number] {
  const kinds = new Set(keys.map((key) => orderOf(kindOf(key))));
  const [kind] = kinds;
  if (kinds.size > 1) {
    const other = keys.find((key) => orderOf(kindOf(key)) !== kind);
    wrongType(`items cannot be ordered by values of type ${nameOfKind(keys[0])} and of type ${nameOfKind(other)}`);
  }
  if (kind === 'number') return [keys.map(numeric), compareNumbers];
  if (kind === 'datetime') return [keys.map(momentOf), compareMoments];
  if (kind === 'str') return [keys, compareUtf8];
  return [keys, compareValues];
}

function difference(next: unknown, previous: unknown): number | bigint {
  const a = numeric(next);
  const b = numeric(previous);
  if (a !== undefined && b !== undefined) {
    if (typeof a === typeof b) return (a as number) - (b as number);
    // Python's ints have no two kinds: a bigint and a whole number are subtracted exactly.
    return Number.isInteger(Number(a)) && Number.isInteger(Number(b)) ? BigInt(a) - BigInt(b) : Number(a) - Number(b);
  }
  if (kindOf(next) !== 'datetime' || kindOf(previous) !== 'datetime') {
    wrongType(`a value of type ${nameOfKind(previous)} cannot be subtracted from one of type ${nameOfKind(next)}`);
  }
  return momentsApartMs(momentOf(next)!, momentOf(previous)!);
}

/**
 * Sort entries by an attribute of each one's item. Stable.
 *
 * @param itemOf gives the item of an entry
 * @throws FilterError `InvalidFilter` when an item lacks the attribute, `WrongType` when values cannot be ordered, `BrokenSequence` when a
 * check fails
 */
export function sortBy<E>(entries: readonly E[], itemOf: (entry: E) => unknown, name: string, options: OrderOptions): E[] {
  const path = parsePath(name);
  const keys = entries.map((entry) => {
    const key = lookup(itemOf(entry), path);
    if (key === missing) throw new FilterError('InvalidFilter', `not every item has the attribute '${name}' to be ordered by`);
    return key;
  });
  const [prepared, compare] = prepare(keys);
  const sign = options.reverse ? -1 : 1;
  const indices = entries.map((_, i) => i).sort((i, j) => sign * compare(prepared[i] as never, prepared[j] as never));
  check(
    indices.map((i) => keys[i]),
    name,
    options,
  );
  return indices.map((i) => entries[i]!);
}

function check(keys: unknown[], name: string, { checkStartValue, checkConstantIncrement }: OrderOptions): void {
  if (checkStartValue != null && !(keys.length && isEqual(keys[0], checkStartValue))) {
    const first = keys.length ? 'does not equal the given start value' : 'is not there: there are no items';
    throw new FilterError('BrokenSequence', `the attribute '${name}' of the first item ${first}`);
  }
  if (checkConstantIncrement == null) return;
  for (let i = 1; i < keys.length; i++) {
    if (!isEqual(difference(keys[i], keys[i - 1]), checkConstantIncrement)) {
      throw new FilterError(
        'BrokenSequence',
        `the attributes '${name}' do not step by ${String(checkConstantIncrement)} from item ${i - 1} to item ${i}`,
      );
    }
  }
}
