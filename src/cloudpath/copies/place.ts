/**
 * Where the copy of an object lies, and what is to be found there.
 *
 * @module
 */
import { isPathKey } from '../../store/file-path.ts';
import type { DiskStat } from '../../platform/types.ts';
import type { AbortOptions } from '../../types.ts';
import { sha256Hex } from '../../util/sha256.ts';
import { hashFile, locked } from './disk-io.ts';
import { ROOM, roomOf, type Home } from './home.ts';
import { readRecord, seenFile, writeRecord, type CopyIdentity, type CopyRecord, type StoredRecord } from './record.ts';
import type { CopyVersion } from './version.ts';

/** Where a copy lies. */
export interface Place {
  readonly home: Home;
  readonly path: string;
  readonly recordPath: string;
  /** Of the record and of the lock. */
  readonly name: string;
  readonly odd: boolean;
}

/** What there is. */
export interface Found {
  readonly place: Place;
  /** `clean`: as it was when it was in step with `version`. `dirty`: edited since, or nobody knows where it came from. */
  readonly state: 'missing' | 'clean' | 'dirty';
  /** The file, also when it is as good as missing because it is of another object or for somebody else. */
  readonly stat: DiskStat | null;
  readonly stored: StoredRecord | null;
  /** What the copy is of, or was made from when it is dirty. */
  readonly version: CopyVersion | undefined;
  /** Its record is of another object or another namespace. */
  readonly foreign: boolean;
}

type Named = Pick<CopyIdentity, 'bucket' | 'key'>;

const relativeOf = ({ bucket, key }: Named): string => `${bucket}/${key.replace(/\?.*$/s, '')}`;

/** What some disks take for one name is one here. */
const folded = (relative: string): string => relative.normalize('NFC').toLowerCase();

/**
 * The place of a key; an odd one where the disk cannot name it so, or has a folder there.
 *
 * @param aside the place for a key whose usual record is that of another one, as of `a.txt` when `A.txt` has a copy
 */
export function placeOf(home: Home, named: Named, odd = false, aside = false): Place {
  const relative = relativeOf(named);
  const name = sha256Hex(aside ? `aside:${relative}` : folded(relative)).slice(0, 40);
  const room = roomOf(home);
  const away = odd || aside || named.bucket === ROOM || !isPathKey(home.dir, relative, { backslash: home.backslash });
  return { home, name, odd: away, path: away ? `${room}/odd/${name}` : `${home.dir}/${relative}`, recordPath: `${room}/${name}.json` };
}

/** Whether a record speaks for the path of this key, whoever's it is. */
export const speaksFor = (record: CopyRecord, named: Named): boolean => relativeOf(record) === relativeOf(named);

/** Run a task while nobody else changes this copy. */
export const lockPlace = <T>({ home, name }: Place, task: () => Promise<T>, options?: AbortOptions): Promise<T> =>
  locked(home.disk, `${roomOf(home)}/${name}`, task, options);

/** Looks for the copy of an object. */
export async function findCopy(home: Home, identity: CopyIdentity, options: AbortOptions): Promise<Found> {
  const usual = placeOf(home, identity);
  const stored = await readRecord(home, usual.recordPath, options);
  if (!stored || !speaksFor(stored.record, identity)) {
    const aside = placeOf(home, identity, true, true);
    const its = await readRecord(home, aside.recordPath, options);
    if (stored || its) return look(aside, its, identity, options);
  }
  if (usual.odd || stored?.record.odd) return look(placeOf(home, identity, true), stored, identity, options);
  const found = await look(usual, stored, identity, options);
  return found.stat && found.stat.kind !== 'file' ? look(placeOf(home, identity, true), stored, identity, options) : found;
}

/** Looks again at a place that is known, under its lock. */
export const lookAgain = async (place: Place, identity: CopyIdentity | undefined, options: AbortOptions = {}): Promise<Found> =>
  look(place, await readRecord(place.home, place.recordPath, options), identity, { ...options, held: true });

/** `held`: the caller has the lock. */
type LookOptions = AbortOptions & { held?: boolean };

async function look(place: Place, stored: StoredRecord | null, identity: CopyIdentity | undefined, options: LookOptions): Promise<Found> {
  const stat = await place.home.disk.stat(place.path, options);
  const record = stored?.record;
  const foreign = record !== undefined && identity !== undefined && !isOf(record, identity);
  const found = { place, stat, stored, foreign, version: record?.versions[0] };
  if (stat?.kind !== 'file') return { ...found, state: 'missing' };
  if (!record) return { ...found, state: 'dirty' };
  const step = await inStep(place, stat, stored, options);
  // Whoever it is of, it can be had again.
  if (step && foreign) return { ...found, stat: step.stat, state: 'missing' };
  return step ? { ...found, ...step, state: 'clean' } : { ...found, state: 'dirty' };
}

/** Whether a record is of this object, for these eyes. */
export const isOf = (record: CopyRecord, identity: CopyIdentity): boolean =>
  record.namespace === identity.namespace && record.key === identity.key && record.url === identity.url;

/** Which version the file has the content of. Its bytes are read only when its disk does not vouch for them. */
async function inStep(
  place: Place,
  stat: DiskStat,
  stored: StoredRecord,
  options: LookOptions,
): Promise<{ stat: DiskStat; version: CopyVersion } | undefined> {
  const { versions, file } = stored.record;
  const [first] = versions;
  if (first && versions.length === 1 && file?.settled && file.version === stat.version) return { stat, version: first };
  const fits = (now: DiskStat): CopyVersion[] => versions.filter(({ sizeBytes, crc32c }) => crc32c && sizeBytes === now.sizeBytes);
  if (!fits(stat).length) return undefined;
  const hashed = await hashFile(place.home.disk, place.path, 'crc32c', options);
  const version = hashed && fits(hashed.stat).find(({ crc32c }) => crc32c === hashed.hash);
  if (!hashed || !version) return undefined;
  await note(place, stored, version, hashed.stat, options.held).catch(() => {});
  return { stat: hashed.stat, version };
}

/** So that the file need not be read the next time. */
async function note(place: Place, { record, text }: StoredRecord, version: CopyVersion, stat: DiskStat, held = false): Promise<void> {
  const file = seenFile(place.home, stat, false);
  if (record.versions.length === 1 && (!file?.settled || (record.file?.version === file.version && record.file.settled))) return;
  const write = async (): Promise<void> => {
    const now = await readRecord(place.home, place.recordPath);
    if (now?.text === text) await writeRecord(place.home, place.recordPath, { ...record, versions: [version], file });
  };
  await (held ? write() : lockPlace(place, write));
}
