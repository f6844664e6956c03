/**
 * What is written down of a copy: which object it is of, and what it was like when it was in step with it.
 *
 * A record is replaced as a whole. Before a file comes into its place the record names both the old version and the new one, afterwards
 * the new one alone: whenever somebody dies in between, the file has the content of one of them.
 *
 * @module
 */
import type { DiskStat } from '../../platform/types.ts';
import type { AbortOptions } from '../../types.ts';
import { encodeUtf8 } from '../../util/utf8.ts';
import { once } from '../../util/streams.ts';
import { readWhole } from './disk-io.ts';
import type { Home } from './home.ts';
import type { CopyVersion } from './version.ts';

/** Which object a copy is of. */
export interface CopyIdentity {
  readonly namespace: string;
  /** Without what signs it. */
  readonly url: string;
  readonly bucket: string;
  readonly key: string;
}

/** The file as it was last seen in step. */
export interface SeenFile extends Pick<DiskStat, 'sizeBytes' | 'mtimeMs' | 'version'> {
  /** Whether any later writing shows in its version. */
  readonly settled: boolean;
}

/** See above. */
export interface CopyRecord extends CopyIdentity {
  readonly format: 1;
  /** The file is not where its key says. */
  readonly odd?: true | undefined;
  /** What the file is a copy of, one of these; none when it was made here and never uploaded. The first is what it was. */
  readonly versions: readonly CopyVersion[];
  readonly file?: SeenFile | undefined;
  /** When the store was last asked, in ms since 1970. */
  readonly checkedMs?: number | undefined;
}

/** A record, and the text that it was read from. */
export interface StoredRecord {
  readonly record: CopyRecord;
  readonly text: string;
}

/** Reads a record; `null` when there is none, or none that can be understood. */
export async function readRecord({ disk }: Home, path: string, options: AbortOptions = {}): Promise<StoredRecord | null> {
  const bytes = await readWhole(disk, path, options);
  if (!bytes) return null;
  const text = new TextDecoder().decode(bytes);
  try {
    const record = JSON.parse(text) as CopyRecord;
    const texts = [record.namespace, record.url, record.bucket, record.key];
    const right = record.format === 1 && texts.every((item) => typeof item === 'string') && Array.isArray(record.versions);
    return right ? { record, text } : null;
  } catch {
    return null;
  }
}

/** Writes a record, whole or not at all. */
export async function writeRecord({ disk }: Home, path: string, record: CopyRecord): Promise<StoredRecord> {
  const text = JSON.stringify(record);
  await disk.write(path, once(encodeUtf8(text)), { durable: false });
  return { record, text };
}

/** Smaller files are read and hashed each time, which takes no longer than to write down that they need not be. */
const SMALL_BYTES = 0x4000;

/** How a file is written down that was seen in step; not at all when it is small. @param own it was written here this moment */
export function seenFile(home: Home, { sizeBytes, mtimeMs, version }: DiskStat, own: boolean): SeenFile | undefined {
  if (sizeBytes < SMALL_BYTES) return undefined;
  return { sizeBytes, mtimeMs, version, settled: (own && home.grainMs < OWN_GRAIN_MS) || isSettled(home, { mtimeMs }) };
}

/** Whether what is written to a file from now on shows in its version. */
export const isSettled = ({ grainMs }: Home, { mtimeMs }: Pick<DiskStat, 'mtimeMs'>): boolean =>
  grainMs === 0 || Date.now() - mtimeMs > grainMs;

/** Disks that are finer than this give what anyfile writes a time that nothing else has. */
const OWN_GRAIN_MS = 1000;
