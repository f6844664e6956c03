/**
 * Keys that may name something in storage.
 *
 * @module
 */
import { maxValueBytes, type CacheEntry, type CacheKey } from './container.ts';

const NAMESPACE = /^[\da-f]{16}$/;
const OBJECT = /^[\da-f]{40}$/;

/** Whether it is a namespace: nothing else may come into a path. */
export const isNamespace = (text: string): boolean => NAMESPACE.test(text);

/** Whether a key is one: what is none is a miss everywhere. */
export function isKey({ namespace, object, part, sizeBytes }: CacheKey): boolean {
  return (
    NAMESPACE.test(namespace) &&
    OBJECT.test(object) &&
    (part === 'w' || part === 'o' || (Number.isSafeInteger(part) && part >= 0)) &&
    Number.isSafeInteger(sizeBytes) &&
    sizeBytes >= 0
  );
}

/** Whether an entry can be kept: under a key, of the length that the key says, and no larger than a value may be. */
export const isEntry = (entry: CacheEntry): boolean =>
  isKey(entry) && entry.bytes.length === entry.sizeBytes && entry.sizeBytes <= maxValueBytes;
