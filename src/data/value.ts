/**
 * The values of metadata: what Python's typed JSON can say, as ordinary JavaScript.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { fromDate, PyDateTime } from './date-time.ts';
import { isPyFloat, pyFloat, type PyFloat } from './py-float.ts';

/** A tuple: hashed as one, stored as a list. */
export class PyTuple {
  readonly items: readonly PyValue[];

  constructor(...items: PyValue[]) {
    this.items = items;
  }
}

/**
 * A value of metadata. Reading gives `null`, booleans, numbers, bigints (ints beyond ±2^53), {@link PyFloat} (whole floats), strings,
 * arrays, Sets, {@link PyDateTime} and plain objects; writing also takes a `Date` (an aware time in UTC), Maps, tuples and typed arrays
 * (lists).
 */
export type PyValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PyFloat
  | PyDateTime
  | Date
  | PyTuple
  | readonly PyValue[]
  | ReadonlySet<PyValue>
  | ReadonlyMap<PyValue, PyValue>
  | NumberArray
  | PyObject;

/** A plain object of values. */
export interface PyObject {
  [key: string]: PyValue;
}

/** Arrays of numbers, written as lists; `Float32Array` and `Float64Array` hold floats, the others ints. */
export type NumberArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** What a value is to Python, and its content in one form. */
export type Seen =
  | { kind: 'none' }
  | { kind: 'bool'; value: boolean }
  | { kind: 'int'; value: number | bigint }
  | { kind: 'float'; value: number }
  | { kind: 'str'; value: string }
  | { kind: 'datetime'; value: PyDateTime }
  | { kind: 'list' | 'tuple' | 'set'; value: readonly PyValue[] }
  | { kind: 'dict'; value: [PyValue, PyValue][] };

const none: Seen = { kind: 'none' };

/**
 * Look at a value as Python would.
 *
 * @throws CloudError `InvalidArgument`: it has no form in metadata (undefined, a function, an instance of some class …)
 */
export function see(value: unknown): Seen {
  switch (typeof value) {
    case 'string':
      return { kind: 'str', value };
    case 'boolean':
      return { kind: 'bool', value };
    case 'bigint':
      return { kind: 'int', value };
    case 'number':
      // The zero of an int has no sign.
      return Number.isSafeInteger(value) ? { kind: 'int', value: value + 0 } : { kind: 'float', value };
    case 'object':
      return value === null ? none : seeObject(value);
    case 'undefined':
    case 'function':
    case 'symbol':
      throw foreign(typeof value);
  }
}

function seeObject(value: object): Seen {
  if (Array.isArray(value)) return { kind: 'list', value };
  if (value instanceof PyDateTime) return { kind: 'datetime', value };
  if (value instanceof PyTuple) return { kind: 'tuple', value: value.items };
  // By tag, so that values of other realms (a frame's, a worker's) are known too.
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (tag === 'Set') return { kind: 'set', value: [...(value as Set<PyValue>)] };
  if (tag === 'Map') return { kind: 'dict', value: [...(value as Map<PyValue, PyValue>)] };
  if (tag === 'Date') return { kind: 'datetime', value: fromDate(value as Date) };
  if (isPyFloat(value)) return { kind: 'float', value: value.valueOf() };
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const items = [...(value as unknown as Iterable<number | bigint>)];
    return { kind: 'list', value: tag.startsWith('Float') ? items.map((item) => pyFloat(Number(item))) : items };
  }
  if (isPlainObject(value)) return { kind: 'dict', value: entriesOf(value) };
  throw foreign((value.constructor as { name?: string } | undefined)?.name ?? tag);
}

const foreign = (what: string): CloudError => new CloudError(`A value of type ${what} cannot be metadata`, { code: 'InvalidArgument' });

/** Where an object keeps the order of its keys: JavaScript lists keys that look like indices (`"2"`, `"10"`) first and by value. */
const keyOrder: unique symbol = Symbol.for('anyfile.keyOrder');

interface Ordered {
  [keyOrder]?: readonly string[];
}

const isIndex = (key: string): boolean => /^(?:0|[1-9]\d{0,9})$/.test(key) && Number(key) < 2 ** 32 - 1;

/**
 * A plain object whose entries keep their order for metadata even where JavaScript would not keep it; a key that comes twice keeps its
 * first place and its last value. Later changes to the object are followed: new keys come last.
 *
 * @example datafile.tags = objectOf([['2022', 'a'], ['2021', 'b']])
 */
export function objectOf(entries: Iterable<readonly [string, PyValue]>): PyObject {
  const object: PyObject = {};
  const keys: string[] = [];
  let indices = false;
  for (const [key, value] of entries) {
    indices ||= isIndex(key);
    if (!Object.hasOwn(object, key)) keys.push(key);
    setOwn(object, key, value);
  }
  if (indices) noteOrder(object, keys);
  return object;
}

/** Set a key as the object's own, `__proto__` too. */
function setOwn(object: PyObject, key: string, value: PyValue): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
  else object[key] = value;
}

function noteOrder(object: PyObject, keys: readonly string[]): void {
  if (Object.keys(object).every((key, i) => key === keys[i])) return;
  // Not enumerable: deep comparisons and copies do not see it.
  Object.defineProperty(object, keyOrder, { value: keys, configurable: true });
}

/** The keys of a plain object in the order of metadata. */
export function keysOf(object: Readonly<Record<string, unknown>>): string[] {
  const noted = (object as Ordered)[keyOrder];
  if (!noted) return Object.keys(object);
  const known = new Set(noted);
  return [...noted.filter((key) => Object.hasOwn(object, key)), ...Object.keys(object).filter((key) => !known.has(key))];
}

/** The entries of a plain object in the order of metadata. */
export function entriesOf<T>(object: Readonly<Record<string, T>>): [string, T][] {
  return keysOf(object).map((key) => [key, object[key] as T]);
}

/** Whether a value is a plain object, neither a list nor any of the typed values. */
export function isPlainObject(value: unknown): value is PyObject {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || (Object.prototype.toString.call(value) === '[object Object]' && Object.getPrototypeOf(prototype) === null);
}
