/**
 * Tags, labels and the time of a datafile as text that a person edits.
 *
 * @module
 */
import { formatJson, parseDateTime, parseTypedJson, type Datafile, type PyDateTime, type PyValue, type Tags } from '../../index.ts';

/** A tag as it is typed. */
export interface DraftTag {
  readonly name: string;
  readonly text: string;
}

/** All of it as it is typed. */
export interface Draft {
  /** Between blanks or commas. */
  readonly labels: string;
  readonly tags: readonly DraftTag[];
  /** ISO 8601, or empty. */
  readonly timestamp: string;
}

/** What is to be stored. */
export interface Wanted {
  readonly labels: string[];
  readonly tags: Tags;
  readonly timestamp: PyDateTime | null;
}

function jsonOf(text: string): PyValue | undefined {
  try {
    return parseTypedJson(text);
  } catch {
    return undefined;
  }
}

/** A value as one types it: texts without quotes, unless they could be taken for something else. */
export function textOf(value: PyValue): string {
  if (typeof value === 'string' && value !== '' && value === value.trim() && jsonOf(value) === undefined) return value;
  return formatJson(value);
}

/** What a text means: JSON where it is that, else itself. */
export function valueOf(text: string): PyValue {
  const trimmed = text.trim();
  return jsonOf(trimmed) ?? (trimmed === 'null' ? null : trimmed);
}

/** What a datafile has now. */
export const draftOf = ({ labels, tags, timestamp }: Datafile): Draft => ({
  labels: [...labels].sort().join(', '),
  tags: Object.entries(tags).map(([name, value]) => ({ name, text: textOf(value) })),
  timestamp: timestamp?.toString() ?? '',
});

/**
 * Read what was typed; lines of tags without a name and a value are left out.
 *
 * @throws TypeError in words for the person: a name twice, or a value without a name
 * @throws CloudError the time is none
 */
export function wantedOf({ labels, tags, timestamp }: Draft): Wanted {
  const wanted: Record<string, PyValue> = {};
  for (const { name, text } of tags) {
    const key = name.trim();
    if (key === '' && text.trim() === '') continue;
    if (key === '') throw new TypeError(`The value ${text.trim()} has no name.`);
    if (Object.hasOwn(wanted, key)) throw new TypeError(`There are two tags with the name ${key}.`);
    Object.defineProperty(wanted, key, { value: valueOf(text), enumerable: true, configurable: true, writable: true });
  }
  return {
    labels: labels.split(/[\s,]+/).filter(Boolean),
    tags: wanted,
    timestamp: timestamp.trim() === '' ? null : parseDateTime(timestamp.trim()),
  };
}
