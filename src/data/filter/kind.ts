/**
 * Which of Python's types a JavaScript value stands for.
 *
 * @module
 */
import { isDateOrTime, isDatetimeLike } from './moment.ts';

/** The types that have tables of filters of their own, and the rest. */
export type Kind = 'none' | 'bool' | 'number' | 'str' | 'datetime' | 'set' | 'mapping' | 'sequence' | 'bytes' | 'unsupported';

/** What filters ask of a set: `Set`, and classes with its reading methods. */
export type SetLike = Pick<ReadonlySet<unknown>, 'has' | 'size'> & Iterable<unknown>;

/** Whether an object is one of no class: a mapping of text to values. */
export function isPlain(value: object): value is Record<string, unknown> {
  const proto = Object.getPrototypeOf(value) as object | null;
  // Of another realm: its Object.prototype is not ours, yet has no prototype either.
  return proto === Object.prototype || proto === null || (Object.getPrototypeOf(proto) === null && Object.hasOwn(proto, 'hasOwnProperty'));
}

/** A tuple as metadata holds it: an object of a class whose one field is its `items`. Arrays are lists. */
export function isTuple(value: object): value is { readonly items: readonly unknown[] } {
  return !Array.isArray(value) && Array.isArray((value as { items?: unknown }).items) && !isPlain(value) && Object.keys(value).length === 1;
}

/** The elements of a list, a tuple or another iterable. */
export function elementsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isTuple(value as object) ? (value as { items: readonly unknown[] }).items : [...(value as Iterable<unknown>)];
}

function kindOfObject(value: object): Kind {
  if (Array.isArray(value)) return 'sequence';
  if (isPlain(value)) return 'mapping';
  if (value instanceof Date) return 'datetime';
  if (value instanceof Set) return 'set';
  if (value instanceof Map) return 'mapping';
  if (value instanceof Uint8Array) return 'bytes';
  if (isDatetimeLike(value)) return 'datetime';
  if (isDateOrTime(value)) return 'unsupported';
  if (isTuple(value)) return 'sequence';
  const { has, get, size } = value as unknown as Record<string, unknown>;
  if (Symbol.iterator in value) {
    if (typeof has !== 'function' || typeof size !== 'number') return 'sequence';
    return typeof get === 'function' ? 'mapping' : 'set';
  }
  return numeric(value) === undefined ? 'unsupported' : 'number';
}

/** The type of a value. `undefined` is none; wrappers whose `valueOf()` is a number or a bigint, as of a float, are numbers. */
export function kindOf(value: unknown): Kind {
  if (value === null || value === undefined) return 'none';
  const type = typeof value;
  if (type === 'string') return 'str';
  if (type === 'number' || type === 'bigint') return 'number';
  if (type === 'boolean') return 'bool';
  return type === 'object' ? kindOfObject(value) : 'unsupported';
}

/** The number that a value is, booleans included as in Python; `undefined` when it is none. */
export function numeric(value: unknown): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'object' || value === null || value instanceof Date || isDatetimeLike(value)) return undefined;
  const { valueOf } = value as { valueOf?: unknown };
  const inner: unknown = typeof valueOf === 'function' && valueOf !== Object.prototype.valueOf ? valueOf.call(value) : undefined;
  return typeof inner === 'number' || typeof inner === 'bigint' ? inner : undefined;
}

/** A type's name for messages. */
export function nameOfKind(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value !== 'object') return typeof value;
  return (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)?.constructor?.name ?? 'object';
}
