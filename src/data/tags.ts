/**
 * Tags: names with values on a datafile or dataset, a plain object to the user.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { InvalidTagError } from './input-errors.ts';
import { defaultMaxDepth } from './json-read.ts';
import { entriesOf, isPlainObject, keysOf, objectOf, see, type PyObject, type PyValue } from './value.ts';

/** Tags as they are held: a plain object. */
export type Tags = PyObject;

/** What tags may be given as. */
export type TagsInput = Readonly<Record<string, PyValue>> | ReadonlyMap<string, PyValue> | null | undefined;

/**
 * Check a tag's name. Only the names of tags are restricted, not the keys within a tag's value.
 *
 * @throws InvalidTagError unless it is made of `a-z`, `0-9` and `_`, with no `_` at either end
 */
export function checkTagName(name: unknown): asserts name is string {
  if (typeof name !== 'string') throw new InvalidTagError(`A tag's name is a string, not ${typeof name}`);
  if (!/^[a-z0-9](?:[a-z0-9_]*[a-z0-9])?$/.test(name))
    throw new InvalidTagError(`Invalid tag '${name}': it takes a-z, 0-9 and '_', and neither begins nor ends with '_'`);
}

/**
 * Tags as a new plain object, in the order given.
 *
 * @throws InvalidTagError a name is not valid
 * @throws CloudError `InvalidArgument`: no mapping
 * @example tagsFrom({ manufacturer: 'V', height: pyFloat(80) })
 */
export function tagsFrom(tags: TagsInput): Tags {
  if (tags === null || tags === undefined) return {};
  if (!(tags instanceof Map) && !isPlainObject(tags)) {
    throw new CloudError(`Tags are a plain object or a Map, not ${Array.isArray(tags) ? 'a list' : typeof tags}`, {
      code: 'InvalidArgument',
    });
  }
  const entries = tags instanceof Map ? [...(tags as Map<string, PyValue>)] : entriesOf<PyValue>(tags);
  for (const [name] of entries) checkTagName(name);
  return objectOf(entries);
}

/** Tags with others put in, in their places or at the end. @throws InvalidTagError */
export const withTags = (tags: Tags, others: TagsInput): Tags => tagsFrom(new Map([...entriesOf(tags), ...entriesOf(tagsFrom(others))]));

/** Check the names of tags that a user may have changed, before they are stored. @throws InvalidTagError */
export function checkTags(tags: Tags): void {
  for (const name of keysOf(tags)) checkTagName(name);
}

/**
 * A copy of a value down to its last list, so that changes to one do not show in the other; what never changes is shared.
 *
 * @throws CloudError `InvalidArgument`: something in it is no value of metadata, or it is nested too deep
 */
export const copyValue = (value: PyValue): PyValue => copyAt(value, 0);

function copyAt(value: PyValue, depth: number): PyValue {
  if (depth > defaultMaxDepth) throw new CloudError('A value nested too deep, or in itself', { code: 'InvalidArgument' });
  const seen = see(value);
  switch (seen.kind) {
    case 'list':
      return seen.value.map((item) => copyAt(item, depth + 1));
    case 'set':
      return new Set(seen.value.map((item) => copyAt(item, depth + 1)));
    case 'datetime':
      return seen.value;
    case 'dict': {
      const entries = seen.value.map(([key, item]) => [key, copyAt(item, depth + 1)] as [PyValue, PyValue]);
      return isPlainObject(value) ? objectOf(entries as [string, PyValue][]) : new Map(entries);
    }
    case 'none':
    case 'bool':
    case 'int':
    case 'float':
    case 'str':
    case 'tuple':
      return value;
  }
}

/** A deep copy of tags. @throws CloudError `InvalidArgument`: see {@link copyValue} */
export const copyTags = (tags: Tags): Tags => copyValue(tags) as Tags;
