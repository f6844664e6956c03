/**
 * The typed inputs of the recorded tables as values of metadata.
 *
 * @module
 */
import { PyDateTime } from '../../src/data/date-time.ts';
import { parseDateTime } from '../../src/data/date-time-parse.ts';
import { boxFloat } from '../../src/data/py-float.ts';
import { objectOf, PyTuple, type PyObject, type PyValue } from '../../src/data/value.ts';

/** One recorded input, e.g. `{ "float": "1.0" }`. */
export type Typed = Record<string, unknown>;

const floats: Record<string, number> = { inf: Infinity, '-inf': -Infinity, nan: NaN };

/** The value that a recorded input describes. */
export function valueOf(typed: Typed): PyValue {
  const [kind = '', content] = Object.entries(typed)[0] ?? [];
  const items = (): PyValue[] => (content as Typed[]).map(valueOf);
  const text = String(content);
  switch (kind) {
    case 'none':
      return null;
    case 'bool':
    case 'str':
      return content as PyValue;
    case 'int':
      return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text);
    case 'float':
      return boxFloat(floats[text] ?? Number(text));
    case 'list':
      return items();
    case 'tuple':
      return new PyTuple(...items());
    case 'set':
      return new Set(items());
    case 'dict': {
      const entries = (content as [Typed, Typed][]).map(([key, value]) => [valueOf(key), valueOf(value)] as const);
      return entries.every(([key]) => typeof key === 'string') ? objectOf(entries as [string, PyValue][]) : new Map(entries);
    }
    case 'datetime':
      return new PyDateTime({ ...parseDateTime(text), fold: typed['fold'] as 0 | 1 });
    default:
      throw new Error(`an input of type ${kind}`);
  }
}

/** Recorded tags: none, or a mapping. */
export const tagsOf = (typed: Typed): PyObject => (valueOf(typed) ?? {}) as PyObject;
