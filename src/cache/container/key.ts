/**
 * Keys that may name something in storage.
 *
 * @module
 */
import { maxValueBytes, type CacheEntry, type CacheKey, type CacheRange } from './container.ts';

const NAMESPACE = /^[\da-f]{16}$/;
/** A whole one, or an identity's 8 digits. */
const RANGE = /^(?:[\da-f]{8}){1,2}$/;
const OBJECT = /^[\da-f]{40}$/;

/** Whether it is a namespace: nothing else may come into a path. */
export const isNamespace = (text: string): boolean => NAMESPACE.test(text);

/** Whether a range is one: what is none has nothing in it. */
export const isRange = ({ namespace }: CacheRange): boolean => RANGE.test(namespace);

/** Whether a key is in a range. */
export const isIn = (key: Pick<CacheKey, 'namespace' | 'object'>, { namespace, object }: CacheRange): boolean =>
  key.namespace.startsWith(namespace) && (object === undefined || key.object === object);

/** Pointers count as used so much later, in ms: they are used before their blocks, and must not go before them. */
const POINTER_MS = 120_000;

/** When a value counts as used, in ms. @param used when it was */
export const ageOf = (part: unknown, used: number): number => (part === 'o' ? used + POINTER_MS : used);

/** Whether a key is one: what is none is a miss everywhere. */
export function isKey({ namespace, object, part, sizeBytes }: CacheKey): boolean {
  return (
    NAMESPACE.test(namespace) &&
    OBJECT.test(object) &&
    (part === 'o' ? sizeBytes === 0 : part === 'w' || (Number.isSafeInteger(part) && part >= 0)) &&
    Number.isSafeInteger(sizeBytes) &&
    sizeBytes >= 0
  );
}

/**
 * Whether an entry can be kept: under a key, of the length that the key says, and no larger than a value may be.
 *
 * @param mostBytes @default 8 MiB
 */
export const isEntry = (entry: CacheEntry, mostBytes: number = maxValueBytes): boolean =>
  isKey(entry) && entry.bytes.length === entry.sizeBytes && entry.sizeBytes <= mostBytes;
