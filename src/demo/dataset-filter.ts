/**
 * What a person types into the filters of a dataset, as filters of a FilterSet.
 *
 * @module
 */
import { FilterSet, PyDateTime, type PyValue } from '../index.ts';
import { valueText, type Row } from './dataset-rows.ts';

/** The fields as they were typed; empty ones ask for nothing. */
export interface Wishes {
  /** A part of the name. */
  name: string;
  /** All of these. */
  labels: readonly string[];
  /** A part of some label. */
  label: string;
  /** The name of a tag. */
  tag: string;
  /** A part of its text; of numbers also `>80`, `<=3`, `1..9`. */
  value: string;
  /** `2026-01-05`, with a time or without. */
  from: string;
  /** The same; the whole minute, or day, is in. */
  to: string;
  /** `2000`, `2 kB`, `1.5 MB`. */
  least: string;
  most: string;
}

/** The fields of which some are no sense. */
export type Field = keyof Wishes;

const units: Record<string, number> = { '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3 };

/** A size in bytes; `undefined` for what is none. */
export function parseSize(text: string): number | undefined {
  const [, number = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const factor = units[unit.toLowerCase()];
  return number === '' || factor === undefined ? undefined : Number(number) * factor;
}

/** The first, or the last, moment of what was typed; `undefined` for what is no time. */
export function parseMoment(text: string, end: boolean): { naive: PyDateTime; utc: PyDateTime } | undefined {
  const [, year, month, day, hour, minute, second] =
    /^\s*(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?(?:\.0+)?)?\s*$/.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const last = (given: number | undefined, most: number): number => (given === undefined || Number.isNaN(given) ? (end ? most : 0) : given);
  const fields = {
    year,
    month,
    day,
    hour: last(hour, 23),
    minute: last(minute, 59),
    second: last(second, 59),
    microsecond: last(undefined, 999_999),
  };
  try {
    return { naive: new PyDateTime(fields), utc: new PyDateTime({ ...fields, offsetSeconds: 0 }) };
  } catch {
    return undefined;
  }
}

/** `>80`, `>=80`, `<80`, `<=80`, `70..90`, `80`, as an action with its argument. */
export function parseComparison(text: string): [action: string, argument: number | [number, number]] | undefined {
  const number = '(-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)';
  const range = new RegExp(`^${number}\\s*\\.\\.\\s*${number}$`, 'i').exec(text);
  if (range) return ['in_range', [Number(range[1]), Number(range[2])]];
  const [, sign = '', value] = new RegExp(`^(>=|<=|>|<|=)?\\s*${number}$`, 'i').exec(text) ?? [];
  const actions: Record<string, string> = { '': 'equals', '=': 'equals', '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte' };
  return value === undefined ? undefined : [actions[sign]!, Number(value)];
}

type Rows = FilterSet<Row>;

const kindOf = (value: PyValue | undefined): string => {
  if (value === null) return 'null';
  // a float with a whole value is held in an object
  return typeof value === 'bigint' || Object.prototype.toString.call(value) === '[object Number]' ? 'number' : typeof value;
};

/** The part of rows whose tag is of a kind: a filter must fit the type of what it filters. */
const ofKind = (rows: Rows, tag: string, kinds: readonly string[]): Rows =>
  new FilterSet([...rows].filter(({ tags }) => kinds.includes(kindOf(tags[tag]))));

const union = (...parts: Rows[]): Rows => new FilterSet(parts.flatMap((part) => [...part]));

function byTag(rows: Rows, tag: string, text: string): Rows {
  const holders = rows.filter({ tags__contains: tag });
  const wanted = text.trim();
  if (wanted === '') return holders;
  const having = (part: Rows, action: string, argument: unknown): Rows => part.filter({ [`tags__${tag}__${action}`]: argument });
  const comparison = parseComparison(wanted);
  const numbers = ofKind(holders, tag, ['number']);
  const lower = wanted.toLowerCase();
  const truth = [true, false].find((value) => String(value).startsWith(lower));
  const others = [...ofKind(holders, tag, ['object', 'null'])];
  return union(
    having(ofKind(holders, tag, ['string']), 'icontains', wanted),
    comparison ? having(numbers, ...comparison) : new FilterSet<Row>(),
    truth === undefined ? new FilterSet<Row>() : having(ofKind(holders, tag, ['boolean']), 'equals', truth),
    new FilterSet(others.filter(({ tags }) => valueText(tags[tag]!).toLowerCase().includes(lower))),
  );
}

/** Times with a zone are compared as instants, in UTC; those without as they are written. The two cannot be compared with each other. */
function byTime(rows: Rows, action: 'gte' | 'lte', { naive, utc }: { naive: PyDateTime; utc: PyDateTime }): Rows {
  const timed = rows.filter({ timestamp__is_not: null });
  const part = (isNaive: boolean): Rows =>
    new FilterSet([...timed].filter(({ timestamp }) => (timestamp?.offsetSeconds === null) === isNaive));
  const having = (some: Rows, argument: PyDateTime): Rows => some.filter({ [`timestamp__${action}`]: argument });
  return union(having(part(true), naive), having(part(false), utc));
}

/**
 * The rows for which all wishes hold.
 *
 * @returns what was found, and the fields that are no sense yet and so ask for nothing
 */
export function applyWishes(rows: Rows, wishes: Wishes): { found: Rows; bad: Set<Field> } {
  const bad = new Set<Field>();
  const criteria: Record<string, unknown> = {};
  const { name, labels, label, tag, value } = wishes;
  if (name.trim()) criteria['name__icontains'] = name.trim();
  if (label.trim()) criteria['labels__any_label_contains'] = label.trim().toLowerCase();
  for (const [field, action] of [
    ['least', 'gte'],
    ['most', 'lte'],
  ] as const) {
    if (!wishes[field].trim()) continue;
    const bytes = parseSize(wishes[field]);
    if (bytes === undefined) bad.add(field);
    else criteria[`size_bytes__${action}`] = bytes;
  }
  let found = rows.filter(criteria);
  for (const one of labels) found = found.filter({ labels__contains: one });
  if (tag) found = byTag(found, tag, value);
  for (const [field, action] of [
    ['from', 'gte'],
    ['to', 'lte'],
  ] as const) {
    if (!wishes[field].trim()) continue;
    const moment = parseMoment(wishes[field], field === 'to');
    if (moment) found = byTime(found, action, moment);
    else bad.add(field);
  }
  return { found, bad };
}
