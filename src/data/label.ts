/**
 * Labels: short words on a datafile or dataset.
 *
 * @module
 */
import { InvalidLabelError } from './input-errors.ts';
import { parseJson } from './json-read.ts';
import { isPyFloat } from './py-float.ts';

/** What labels may be given as: words in one string, a JSON list in a string, anything iterable, or a mapping's keys. */
export type LabelsInput = string | Iterable<string> | ReadonlyMap<string, unknown> | Readonly<Record<string, unknown>> | null | undefined;

// What Python's str.strip() and str.split() take for white space: not the byte order mark, but the separators U+001C to U+001F and U+0085.
const space = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const edges = new RegExp(`^${space}|${space}$`, 'gu');
const between = new RegExp(space, 'u');

/**
 * A label without white space around it.
 *
 * @throws InvalidLabelError unless it is made of `a-z`, `0-9` and `-`, with no `-` at either end
 * @example parseLabel(' raw-data ') // 'raw-data'
 */
export function parseLabel(label: unknown): string {
  if (typeof label !== 'string') throw new InvalidLabelError(`A label is a string, not ${typeof label}`);
  const text = label.replace(edges, '');
  if (!/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(text))
    throw new InvalidLabelError(`Invalid label '${label}': it takes a-z, 0-9 and '-', and neither begins nor ends with '-'`);
  return text;
}

/**
 * A set of labels; what is added is checked. An ordinary `Set` otherwise.
 *
 * @example new LabelSet('raw checked').has('raw') // true
 */
export class LabelSet extends Set<string> {
  /** @throws InvalidLabelError */
  constructor(labels?: LabelsInput) {
    super();
    for (const label of labelsIn(labels)) this.add(label);
  }

  /** @throws InvalidLabelError */
  override add(label: string): this {
    return super.add(parseLabel(label));
  }

  /** Add several; none when one is not valid. @throws InvalidLabelError */
  update(...labels: string[]): this {
    for (const label of labels.map(parseLabel)) super.add(label);
    return this;
  }

  /** Whether some label contains the text. */
  anyLabelContains(text: string): boolean {
    return [...this].some((label) => label.includes(text));
  }

  /** Whether some label starts with the text. */
  anyLabelStartsWith(text: string): boolean {
    return [...this].some((label) => label.startsWith(text));
  }

  /** Whether some label ends with the text. */
  anyLabelEndsWith(text: string): boolean {
    return [...this].some((label) => label.endsWith(text));
  }
}

/** The labels, in order. They are ASCII: the order of UTF-16 units is that of code points. */
export const sortedLabels = (labels: Iterable<string>): string[] => [...labels].sort();

function labelsIn(labels: unknown): Iterable<string> {
  // As in Python, all that is false is none.
  if (!labels) return [];
  if (typeof labels === 'string') return listIn(labels) ?? labels.split(between).filter(Boolean);
  if (labels instanceof Map) return labels.keys() as Iterable<string>;
  if (typeof labels !== 'object' || isPyFloat(labels))
    throw new InvalidLabelError(`Labels are words in a string or an iterable of strings, not ${typeof labels}`);
  return Symbol.iterator in labels ? (labels as Iterable<string>) : Object.keys(labels);
}

/** The items of a JSON list in a string; undefined when it is none. */
function listIn(text: string): Iterable<string> | undefined {
  if (!/^[ \t\n\r]*\[/.test(text)) return undefined;
  try {
    return parseJson(text) as string[];
  } catch {
    return undefined; // its words are then no labels, and the error names one
  }
}
