/**
 * Python's `==`, `is`, `<` and `in` over the values that attributes and tags hold.
 *
 * @module
 */
import { equal as equalBytes } from '../../util/bytes.ts';
import { compareUtf8 } from '../../util/utf8.ts';
import { wrongType } from './errors.ts';
import { elementsOf, isTuple, kindOf, nameOfKind, numeric, type Kind, type SetLike } from './kind.ts';
import { compareMoments, equalMoments, momentOf } from './moment.ts';

/** The pairs of a mapping: a `Map`, or a plain object's own properties. */
export function entriesOf(mapping: unknown): [unknown, unknown][] {
  const { entries } = mapping as { entries?: unknown };
  return typeof entries === 'function' && Symbol.iterator in (mapping as object)
    ? [...(mapping as ReadonlyMap<unknown, unknown>).entries()]
    : Object.entries(mapping as object);
}

/** Whether an int is equal to a number; an int beyond 2^53 exactly. */
const sameAsInt = (int: bigint, n: number): boolean => Number.isInteger(n) && BigInt(n) === int;

function sameNumber(a: number | bigint, b: number | bigint): boolean {
  if (typeof a === 'bigint' && typeof b === 'number') return sameAsInt(a, b);
  return typeof a === 'number' && typeof b === 'bigint' ? sameAsInt(b, a) : a === b;
}

function equalMappings(a: unknown, b: unknown): boolean {
  const pairs = entriesOf(a);
  const others = new Map(entriesOf(b));
  return pairs.length === others.size && pairs.every(([key, value]) => others.has(key) && isEqual(value, others.get(key)));
}

function equalSequences(a: unknown, b: unknown): boolean {
  if (isTuple(a as object) !== isTuple(b as object)) return false;
  const x = elementsOf(a);
  const y = elementsOf(b);
  return x.length === y.length && x.every((value, i) => isEqual(value, y[i]));
}

/**
 * Python's `a == b`: `1`, `1.0` and `true` are equal, sets and mappings whatever their order, NaN to nothing. A tuple is not equal
 * to a list, a set to sets only.
 */
export function isEqual(a: unknown, b: unknown): boolean {
  const kind = kindOf(a);
  const other = kindOf(b);
  if (kind === 'number' || kind === 'bool') {
    return (other === 'number' || other === 'bool') && sameNumber(numeric(a) as number, numeric(b) as number);
  }
  if (kind !== other) return false;
  switch (kind) {
    case 'none':
      return true;
    case 'datetime':
      return equalMoments(momentOf(a)!, momentOf(b)!);
    case 'set':
      return (a as SetLike).size === (b as SetLike).size && [...(a as SetLike)].every((value) => isMember(value, b as SetLike));
    case 'mapping':
      return a === b || equalMappings(a, b);
    case 'sequence':
      return a === b || equalSequences(a, b);
    case 'bytes':
      return equalBytes(a as Uint8Array, b as Uint8Array);
    case 'str':
    case 'unsupported':
      return a === b;
  }
}

/**
 * Python's `a is b`, made dependable: null, booleans, text, numbers and date-times by type and value (an int is not a float), everything
 * that can be changed by identity.
 */
export function isSame(a: unknown, b: unknown): boolean {
  const kind = kindOf(a);
  if (kind !== kindOf(b)) return false;
  if (kind === 'none') return true;
  if (kind === 'datetime') {
    const x = momentOf(a)!;
    const y = momentOf(b)!;
    return x.offsetMs === y.offsetMs && equalMoments(x, y);
  }
  if (kind !== 'number') return a === b;
  const x = numeric(a)!;
  const y = numeric(b)!;
  const isFloat = (value: unknown, n: number | bigint): boolean =>
    typeof n === 'number' && (typeof value === 'object' || !Number.isSafeInteger(n));
  return isFloat(a, x) === isFloat(b, y) && (typeof x === typeof y ? Object.is(x, y) : sameNumber(x, y));
}

/** Whether a set or any iterable has an equal member. */
export function isMember(value: unknown, members: Iterable<unknown> | SetLike): boolean {
  if ('has' in members && members.has(value) && value === value) return true;
  // Text is equal to itself alone, and that was asked.
  if ('has' in members && typeof value === 'string') return false;
  for (const member of members) if (isEqual(member, value)) return true;
  return false;
}

function compareSequences(a: unknown, b: unknown): number {
  const x = elementsOf(a);
  const y = elementsOf(b);
  const at = x.findIndex((value, i) => i >= y.length || !isEqual(value, y[i]));
  if (at < 0) return x.length - y.length;
  return at < y.length ? compareValues(x[at], y[at]) : 1;
}

/** Numbers as JavaScript orders them; NaN after all others, so that an order exists. */
export function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(a !== a) - Number(b !== b);
}

/** Kinds that Python orders; booleans are numbers. */
export const orderOf = (kind: Kind): Kind => (kind === 'bool' ? 'number' : kind);

/**
 * Python's order of two values of one type: text by code point, sequences by their first difference, sets by inclusion.
 *
 * @returns negative, 0 or positive
 * @throws FilterError `WrongType` for values of two types, and for types without an order
 */
export function compareValues(a: unknown, b: unknown): number {
  const kind = orderOf(kindOf(a));
  if (kind === orderOf(kindOf(b))) {
    if (kind === 'number') return compareNumbers(numeric(a)!, numeric(b)!);
    if (kind === 'str') return compareUtf8(a as string, b as string);
    if (kind === 'datetime') return compareMoments(momentOf(a)!, momentOf(b)!);
    if (kind === 'bytes' || (kind === 'sequence' && isTuple(a as object) === isTuple(b as object))) return compareSequences(a, b);
    if (kind === 'set') return compareSets(a as SetLike, b as SetLike);
  }
  return wrongType(`a value of type ${nameOfKind(a)} cannot be ordered with one of type ${nameOfKind(b)}`);
}

function compareSets(a: SetLike, b: SetLike): number {
  if (a.size > b.size) return -compareSets(b, a);
  return a.size < b.size && [...a].every((value) => isMember(value, b)) ? -1 : 0;
}
