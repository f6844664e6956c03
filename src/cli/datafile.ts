/**
 * What is printed of a datafile: lines for people, typed JSON for programs.
 *
 * @module
 */
import { formatJson, hasStoredMetadata, type Datafile, type PyDateTime, type PyObject, type Tags } from '../index.ts';
import { humanSize } from './sizes.ts';

/** What is to be said of a datafile beside what it knows. */
export interface About {
  /** Without what may be secret. */
  path: string;
  /** Where it is in its dataset. */
  pathInDataset?: string | undefined;
  hash?: string | undefined;
  /** Its stored metadata were read. @default true */
  known?: boolean | undefined;
}

/** The size, unless nobody knows it. */
const sizeOf = ({ sizeBytes }: Datafile): number | undefined => (Number.isFinite(sizeBytes) ? sizeBytes! : undefined);

/** What can be changed of a datafile. */
export interface Metadata extends PyObject {
  timestamp: PyDateTime | null;
  tags: Tags;
  labels: string[];
}

/** The metadata of a datafile, to be compared and printed. */
export const metadataOf = ({ timestamp, tags, labels }: Datafile): Metadata => ({ timestamp, tags, labels: [...labels].sort() });

/** The record of a datafile, as typed JSON on one line: nothing is lost. An id that is not stored is none. */
export function recordOf(datafile: Datafile, { path, pathInDataset, hash, known = true }: About): string {
  const sizeBytes = sizeOf(datafile);
  return formatJson({
    path,
    ...(pathInDataset !== undefined && { pathInDataset }),
    name: datafile.name,
    ...(known && hasStoredMetadata(datafile) && { id: datafile.id }),
    ...(known && metadataOf(datafile)),
    ...(sizeBytes !== undefined && { sizeBytes }),
    ...(hash !== undefined && { hash }),
  });
}

const tagTexts = (tags: PyObject): string[] => Object.entries(tags).map(([name, value]) => `${name}=${formatJson(value)}`);

/** A datafile on one line: size, timestamp, labels, tags and path, with tabs between. */
export function lineOf(datafile: Datafile, { path, known = true }: About): string {
  const { timestamp, labels, tags } = datafile;
  const told = [timestamp?.toString(), [...labels].sort().join(','), tagTexts(tags).join(' ')].map((text) => text || '-');
  return [sizeOf(datafile) ?? '-', ...(known ? told : ['?', '?', '?']), path].join('\t');
}

/** A datafile as a small table. */
export function tableOf(datafile: Datafile, { path, hash }: About): string {
  const { timestamp, labels, tags, name } = datafile;
  const size = sizeOf(datafile);
  const told = tagTexts(tags);
  const rows: [string, string][] = [
    ['id', hasStoredMetadata(datafile) ? datafile.id : '-'],
    ['name', name],
    ['timestamp', timestamp?.toString() ?? '-'],
    ['labels', [...labels].sort().join(' ') || '-'],
    ...(told.length > 0 ? told : ['-']).map((text, i): [string, string] => [i ? '' : 'tags', text]),
    ['size', size === undefined ? '-' : size < 1024 ? humanSize(size) : `${size} bytes (${humanSize(size)})`],
  ];
  if (hash !== undefined) rows.push(['hash', hash]);
  return [path, ...rows.map(([label, text]) => `  ${label.padEnd(9)}  ${text}`)].join('\n');
}
