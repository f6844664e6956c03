/**
 * Reading typed JSON: `{"_type": "set", "items": …}` is a set, `{"_type": "datetime", "value": …}` a datetime, at every depth; other types
 * stay plain objects. Writing is {@link formatJson}.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { parseDateTime } from './date-time-parse.ts';
import { parseJson, type ParseJsonOptions } from './json-read.ts';
import { entriesOf, isPlainObject, objectOf, type PyValue } from './value.ts';

/**
 * Read typed JSON.
 *
 * @throws CloudError `InvalidArgument`: not JSON, a datetime that cannot be read, or a limit
 * @example parseTypedJson('{"_type": "set", "items": ["a"]}') // Set { 'a' }
 */
export const parseTypedJson = (text: string, options?: ParseJsonOptions): PyValue => decodeTyped(parseJson(text, options));

/**
 * The values that plain JSON stands for; what is given is not changed.
 *
 * @throws CloudError `InvalidArgument`: a set without a list of items, or a datetime that cannot be read
 */
export function decodeTyped(value: PyValue): PyValue {
  if (Array.isArray(value)) return (value as PyValue[]).map(decodeTyped);
  if (!isPlainObject(value)) return value;
  const object = objectOf(entriesOf(value).map(([key, item]) => [key, decodeTyped(item)]));
  const type = Object.hasOwn(object, '_type') ? object['_type'] : undefined;
  if (type === 'set') {
    if (!Array.isArray(object['items'])) throw unreadable('a set without a list of items');
    return new Set(object['items'] as PyValue[]);
  }
  if (type === 'datetime') {
    if (typeof object['value'] !== 'string') throw unreadable('a datetime without its text');
    return parseDateTime(object['value']);
  }
  return object;
}

const unreadable = (what: string): CloudError => new CloudError(`Typed JSON holds ${what}`, { code: 'InvalidArgument' });
