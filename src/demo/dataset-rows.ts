/**
 * The files of a dataset as rows of a table: how their metadata are written, and in which order they stand.
 *
 * @module
 */
import { PyDateTime, type Datafile, type Dataset, type PyValue, type Tags } from '../index.ts';
import { h, type Child } from './dom.ts';
import type { Order } from './grid.ts';

/** A file as the filters see it: a datafile with its path in the dataset for a name. */
export interface Row {
  readonly datafile: Datafile;
  /** Below the dataset's folder. */
  readonly name: string;
  readonly sizeBytes: number | null;
  readonly timestamp: PyDateTime | null;
  readonly labels: ReadonlySet<string>;
  readonly tags: Tags;
  /** What is known of it besides, for who looks at the file. */
  facts(): [term: string, text: Child][];
}

/** The rows of a dataset. */
export function rowsOf(dataset: Dataset): Row[] {
  const folder = dataset.metadataPath.replace(/[^/]*$/, '');
  return [...dataset].map((datafile) => {
    const { sizeBytes, timestamp, labels, tags } = datafile;
    const path = datafile.cloudPath ?? datafile.path;
    // a record may name files of another folder
    const name = path.startsWith(folder) ? path.slice(folder.length) : datafile.name;
    const facts = (): [string, Child][] => [
      ['Timestamp', timeCell(timestamp)],
      ['Labels', labelsCell(labels)],
      ['Tags', tagsCell(tags)],
      ['Id', h('code', {}, datafile.id)],
      ['Metadata hash', h('code', {}, datafile.metadataHashValue())],
    ];
    return { datafile, name, sizeBytes, timestamp, labels, tags, facts };
  });
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `2026-01-05 12:00`, with seconds where there are any, and the zone: `UTC`, `+01:00` or `no zone`. */
export function timeParts(time: PyDateTime): { time: string; zone: string } {
  const text = time.toString();
  const { second, microsecond, offsetSeconds } = time;
  const shown = text.slice(0, 16).replace('T', ' ') + (second || microsecond ? `:${two(second)}` : '');
  const zone = offsetSeconds === null ? 'no zone' : offsetSeconds === 0 ? 'UTC' : (/[+-]\d\d:\d\d.*$/.exec(text.slice(19))?.[0] ?? '');
  return { time: shown, zone };
}

/** A value of a tag in words, short and on one line. */
export function valueText(value: PyValue): string {
  if (value === null || typeof value !== 'object') return String(value);
  if (value instanceof PyDateTime) {
    const { time, zone } = timeParts(value);
    return `${time} ${zone}`;
  }
  if (Array.isArray(value)) return `[${(value as PyValue[]).map(valueText).join(', ')}]`;
  if (value instanceof Set) return `{${[...(value as Set<PyValue>)].map(valueText).join(', ')}}`;
  const plain: unknown = value.valueOf();
  if (typeof plain === 'number') return String(plain);
  return `{${Object.entries(value as Tags)
    .map(([key, inner]) => `${key}: ${valueText(inner)}`)
    .join(', ')}}`;
}

/** A timestamp with its zone; nothing where there is none. */
export function timeCell(timestamp: PyDateTime | null): Child {
  if (!timestamp) return h('span', { class: 'nothing' }, '—');
  const { time, zone } = timeParts(timestamp);
  const why = timestamp.offsetSeconds === null ? ' (written without a zone)' : '';
  return h('span', { title: `${timestamp.toString()}${why}` }, time, ' ', h('span', { class: 'zone' }, zone));
}

/** Labels side by side, in order. */
export function labelsCell(labels: Iterable<string>): Child {
  const sorted = [...labels].sort();
  return h('span', { class: 'chips', title: sorted.join(', ') }, ...sorted.map((label) => h('span', { class: 'chip' }, label)));
}

/** Tags side by side, in their own order. */
export function tagsCell(tags: Tags): Child {
  const pairs = Object.entries(tags).map(([name, value]) => [name, valueText(value)] as const);
  const chip = ([name, text]: readonly [string, string]): HTMLElement =>
    h('span', { class: 'tag' }, h('span', { class: 'tag-name' }, name), ' ', text);
  return h('span', { class: 'chips', title: pairs.map(([name, text]) => `${name}: ${text}`).join('\n') }, ...pairs.map(chip));
}

/** By what each column is sorted; `null` comes last, whatever the direction. */
const keys: readonly ((row: Row) => string | number | null)[] = [
  ({ name }) => name,
  ({ sizeBytes }) => sizeBytes,
  // one without a zone counts as one of this computer's
  ({ datafile }) => datafile.posixTimestamp,
  ({ labels }) => [...labels].sort().join(' ') || null,
  ({ tags }) =>
    Object.entries(tags)
      .map(([name, value]) => `${name} ${valueText(value)}`)
      .join(' ') || null,
];

/** Rows in the order of a column; those that are equal in that of their names. */
export function sortRows(rows: Iterable<Row>, { column, descending }: Order): Row[] {
  const keyOf = keys[column]!;
  const sign = descending ? -1 : 1;
  const entries = [...rows].map((row) => ({ row, key: keyOf(row) }));
  entries.sort((a, b) => {
    if (a.key !== b.key) {
      if (a.key === null) return 1;
      if (b.key === null) return -1;
      return a.key < b.key ? -sign : sign;
    }
    return a.row.name < b.row.name ? -1 : 1;
  });
  return entries.map(({ row }) => row);
}
