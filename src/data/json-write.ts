/**
 * Typed JSON as Octue writes it, byte for byte what Python's `json` module gives: ASCII only, its spaces, its floats. Sets and datetimes
 * become objects with a `_type`.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { defaultMaxDepth } from './json-read.ts';
import { compareText, sortedItems } from './order.ts';
import { floatText } from './py-float.ts';
import { see, type PyValue, type Seen } from './value.ts';

/** How {@link formatJson} writes. */
export interface FormatJsonOptions {
  /** Spaces of each level; all on one line when 0. @default 0 */
  indent?: number | undefined;
  /** Write keys in the order of their code points. @default false: in their own order */
  sortKeys?: boolean | undefined;
  /** How deep values may be nested; a loop is deeper than that. @default 300 */
  maxDepth?: number | undefined;
}

/**
 * Write a value as typed JSON.
 *
 * @throws CloudError `InvalidArgument`: something in it has no form in JSON, a set cannot be ordered, or it is nested too deep
 * @example formatJson({ n: 1, f: pyFloat(1), s: new Set(['b', 'a']) }) // '{"n": 1, "f": 1.0, "s": {"_type": "set", "items": ["a", "b"]}}'
 */
export function formatJson(value: PyValue, options: FormatJsonOptions = {}): string {
  const { indent = 0, sortKeys = false, maxDepth = defaultMaxDepth } = options;
  const write = (item: PyValue, depth: number): string => {
    const seen = see(item);
    if (depth > maxDepth) throw new CloudError(`A value nested deeper than ${maxDepth} levels, or in itself`, { code: 'InvalidArgument' });
    switch (seen.kind) {
      case 'list':
      case 'tuple': {
        // Loops, not maps: half as many frames a level on a worker's small stack.
        const items: string[] = [];
        for (const each of seen.value) items.push(write(each, depth + 1));
        return inBrackets('[]', items, depth);
      }
      case 'set':
        return writeTyped('set', sortedItems(seen.value), depth);
      case 'datetime':
        return writeTyped('datetime', seen.value.toString(), depth);
      case 'dict': {
        const entries = seen.value.map(([key, each]) => [keyText(key), each] as const);
        if (sortKeys) entries.sort(([a], [b]) => compareText(a, b));
        const items: string[] = [];
        for (const [key, each] of entries) items.push(`${quote(key)}: ${write(each, depth + 1)}`);
        return inBrackets('{}', items, depth);
      }
      case 'none':
      case 'bool':
      case 'int':
      case 'float':
      case 'str':
        return scalarText(seen);
    }
  };
  const writeTyped = (type: string, content: PyValue, depth: number): string =>
    inBrackets('{}', [`"_type": "${type}"`, `${type === 'set' ? '"items"' : '"value"'}: ${write(content, depth + 1)}`], depth);
  const inBrackets = (brackets: string, items: string[], depth: number): string => {
    if (!items.length) return brackets;
    if (!indent) return brackets[0] + items.join(', ') + brackets[1];
    const margin = `\n${' '.repeat(indent * depth)}`;
    const inner = margin + ' '.repeat(indent);
    return brackets[0] + inner + items.join(`,${inner}`) + margin + brackets[1];
  };
  return write(value, 0);
}

function scalarText(seen: Seen & { kind: 'none' | 'bool' | 'int' | 'float' | 'str' }): string {
  switch (seen.kind) {
    case 'none':
      return 'null';
    case 'str':
      return quote(seen.value);
    case 'float':
      if (Number.isFinite(seen.value)) return floatText(seen.value);
      return String(seen.value); // NaN, Infinity and -Infinity, bare
    case 'bool':
    case 'int':
      return String(seen.value);
  }
}

/** A key as text: what is no string is written as its JSON. */
function keyText(key: PyValue): string {
  const seen = see(key);
  switch (seen.kind) {
    case 'str':
      return seen.value;
    case 'none':
    case 'bool':
    case 'int':
    case 'float':
      return scalarText(seen);
    case 'list':
    case 'tuple':
    case 'set':
    case 'dict':
    case 'datetime':
      throw new CloudError(`A ${seen.kind} cannot be a key`, { code: 'InvalidArgument' });
  }
}

const short: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A string in double quotes, all but printable ASCII escaped; a code point above U+FFFF as its two surrogates. */
function quote(text: string): string {
  const escaped = text.replace(/["\\]|[^ -~]/g, (char) => short[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `"${escaped}"`;
}
