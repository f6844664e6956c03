/**
 * The rules of copies: when one is used as it is, when it is fetched anew, and when that is refused because somebody's edits would go.
 *
 * What decides is which version the store tells and whether the copy has the content that it had when it was in step, never a clock.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import type { AbortOptions, GetResult, ObjectInfo } from '../../types.ts';
import { delay } from '../../util/abort.ts';
import { asyncDispose } from '../../util/dispose.ts';
import {
  CloudPathFileExistsError,
  CloudPathFileNotFoundError,
  CloudPathIsADirectoryError,
  OverwriteDirtyFileError,
  OverwriteNewerLocalError,
} from '../errors.ts';
import { sameContent } from './content.ts';
import { identityOf, shownKeyOf, type Desk } from './desk.ts';
import { hashFile } from './disk-io.ts';
import { fetchCopy, getObject, headObject } from './fetch.ts';
import { findCopy, lockPlace, lookAgain, speaksFor, type Found } from './place.ts';
import { takeAway } from './publish.ts';
import { readRecord, seenFile, writeRecord, type CopyIdentity } from './record.ts';
import type { CloudObject, CopyOptions } from './types.ts';
import { isVersion, type CopyVersion } from './version.ts';

/** What a copy is wanted for. */
export interface Want {
  /** The bytes of the object are needed; else what will be written has none of them. */
  readonly content: boolean;
  /** There must be an object, must not be one, or either. */
  readonly object: 'needed' | 'none' | 'any';
  /** It will be written to, so that what is in the cloud has to be known. */
  readonly modifies: boolean;
}

/** What is ready to be worked on. */
export interface Ready {
  readonly found: Found;
  readonly identity: CopyIdentity;
  /** `null`: there is no object; `undefined`: nobody was asked, it is that of the copy. */
  readonly info: ObjectInfo | null | undefined;
}

const TRIES = 10;

/** What one look saw. */
interface Look extends Ready {
  /** An object that is open already. */
  readonly result: GetResult | undefined;
}

/** Applies the rules. The errors come in the order of cloudpathlib's. */
export async function refresh(desk: Desk, object: CloudObject, want: Want, options: CopyOptions): Promise<Ready> {
  const identity = await identityOf(object);
  for (let tries = 1; ; tries++) {
    const found = await findCopy(desk.home, identity, options);
    const look = await askStore(desk, object, { found, identity }, want, options);
    try {
      const ready = look.info === null ? await absent(desk, object, look, want, options) : await present(desk, object, look, want, options);
      if (ready) return ready;
    } finally {
      await look.result?.[asyncDispose]();
    }
    // Whoever lost a race twice lets others go first.
    if (tries > 1) await delay(Math.random() * 10 * tries, options.signal);
    if (tries === TRIES)
      throw new CloudError('the copy is changed all the time', { code: 'ObjectChanged', retryable: true, key: shownKeyOf(object) });
  }
}

async function askStore(
  desk: Desk,
  object: CloudObject,
  { found, identity }: { found: Found; identity: CopyIdentity },
  want: Want,
  options: CopyOptions,
): Promise<Look> {
  const seen = { found, identity };
  if (!mustAsk(desk, object, found, want, options)) return { ...seen, info: undefined, result: undefined };
  if (!want.content || found.state !== 'missing') return { ...seen, info: await headObject(object, options), result: undefined };
  const result = await getObject(object, options);
  return { ...seen, info: result, result: result ?? undefined };
}

/** Whether the store is asked at all. */
function mustAsk({ freshness, clock }: Desk, object: CloudObject, { state, stored }: Found, want: Want, options: CopyOptions): boolean {
  if (freshness === 'offline') {
    if (state !== 'missing' && !want.modifies && !options.forceOverwriteFromCloud) return false;
    const message = want.modifies ? 'nothing is written while the cache is offline' : 'there is no copy, and the cache is offline';
    throw new CloudError(message, { code: want.modifies ? 'NotSupported' : 'NotCached', url: object.url, key: shownKeyOf(object) });
  }
  if (want.modifies || state === 'missing' || !stored || freshness === 'revalidate') return true;
  if (freshness === 'immutable') return false;
  const ageMs = clock() - (stored.record.checkedMs ?? Number.NaN);
  return !(ageMs >= 0 && ageMs < freshness.ttlMs);
}

async function absent(desk: Desk, object: CloudObject, look: Look, want: Want, options: CopyOptions): Promise<Ready> {
  const { found } = look;
  const about = { url: object.url, key: shownKeyOf(object), operation: 'open' };
  if (want.modifies || want.object !== 'any') {
    if (await isDirectory(object, options))
      throw new CloudPathIsADirectoryError('this is a directory, and only a file can be opened', about);
    if (want.object === 'needed') throw new CloudPathFileNotFoundError('there is no such object to read or append to', about);
    if (found.state === 'dirty' && want.object === 'none')
      throw new CloudPathFileExistsError('there is no such object, but a local copy with edits that were not uploaded', about);
    // Somebody's own file, or the edits of another identity.
    const notOurs = found.state === 'dirty' && (found.foreign || !found.stored);
    if (notOurs && !forcedFromCloud(desk, options)) throw otherEdits(object, found);
  }
  return look;
}

async function isDirectory(object: CloudObject, options: AbortOptions): Promise<boolean> {
  const { store, key } = object;
  if (object.isDirectory) return object.isDirectory(options);
  if (key === '' || !store.capabilities.list) return key === '';
  for await (const page of store.list({ prefix: `${key.replace(/\/+$/, '')}/`, pageSize: 1, signal: options.signal }))
    if (page.objects.length || page.prefixes.length) return true;
  return false;
}

/** What a client always wants cannot be had offline; of a call that asks for it, it was refused before. */
const forcedFromCloud = (desk: Desk, { forceOverwriteFromCloud }: CopyOptions): boolean =>
  forceOverwriteFromCloud ?? (desk.freshness !== 'offline' && desk.forceOverwriteFromCloud);

/** @returns nothing when it has to be looked at again */
async function present(desk: Desk, object: CloudObject, look: Look, want: Want, options: CopyOptions): Promise<Ready | undefined> {
  const { owners } = desk;
  const { info } = look;
  if (want.object === 'none')
    throw new CloudPathFileExistsError('there is such an object already', { url: object.url, key: shownKeyOf(object), operation: 'open' });
  const force = forcedFromCloud(desk, options);
  let { found } = look;
  if (force) owners.forget(object);
  else {
    if (owners.isWriting(object)) throw ownEdits(object, found);
    if (found.state === 'dirty') {
      const version = await sameAnyway(object, found, info, options);
      if (version === 'changed') return undefined;
      if (!version) throw owners.isUnsaved(object) && !found.foreign ? ownEdits(object, found) : otherEdits(object, found);
      if (!(await adopt(look, version))) return undefined;
      found = await findCopy(desk.home, look.identity, options);
    }
    owners.saved(object);
  }
  const { state, version, stat } = found;
  if (!force && state === 'clean' && version && (!info || isVersion(version, info))) {
    if (info) await noteTime(desk, found);
    return { ...look, found };
  }
  if (want.content) return fetchAnew(desk, object, look, want, options);
  if (force && stat?.kind === 'file') await lockPlace(found.place, () => takeAway(found));
  return { ...look, found: force ? { ...found, state: 'missing', stat: null } : found };
}

async function fetchAnew(
  desk: Desk,
  object: CloudObject,
  look: Look,
  { modifies }: Want,
  { signal }: CopyOptions,
): Promise<Ready | undefined> {
  const { found, identity, result } = look;
  const fetched = await fetchCopy(object, identity, found, { result, checkedMs: desk.clock(), signal });
  if (typeof fetched === 'string') return undefined;
  const { place, version, stat } = fetched;
  let { info } = fetched;
  if (modifies && object.store.capabilities.storedBytes !== true) {
    // What decodes by itself does not show all that stands on the object, which a write has to keep.
    const whole = await headObject(object, { signal });
    if (!whole || !isVersion(version, whole)) return undefined;
    info = whole;
  }
  return { identity, info, found: { place, state: 'clean', stat, stored: null, version, foreign: false } };
}

/** An edit that comes to what is in the cloud, or a copy that nobody wrote down: the bytes tell. `changed`: the object is another by now. */
async function sameAnyway(
  object: CloudObject,
  { place, stat, version }: Found,
  info: ObjectInfo | null | undefined,
  options: AbortOptions,
): Promise<CopyVersion | 'changed' | undefined> {
  // What was made from the version that is there still is another one, or it would not be dirty.
  if (!info || !stat || (version?.crc32c && isVersion(version, info))) return undefined;
  const hash = async (name: 'crc32c' | 'md5' | 'crc32' | 'crc64nvme' | 'sha256'): Promise<string> => {
    const hashed = await hashFile(place.home.disk, place.path, name, options);
    return hashed?.stat.version === stat.version ? hashed.hash : '';
  };
  try {
    return await sameContent(object, info, { sizeBytes: stat.sizeBytes, hash }, options);
  } catch (error) {
    if (isCloudError(error, 'PreconditionFailed')) return 'changed';
    throw error;
  }
}

/** Writes down that the copy is of this version. @returns false when it was changed meanwhile */
async function adopt({ found, identity }: Look, version: CopyVersion): Promise<boolean> {
  const { place, stat } = found;
  const { home, recordPath } = place;
  return lockPlace(place, async () => {
    const now = await lookAgain(place, identity);
    if (!stat || now.stat?.version !== stat.version) return false;
    if (now.stored && !speaksFor(now.stored.record, identity)) return false;
    const file = seenFile(home, stat, false);
    await writeRecord(home, recordPath, { format: 1, ...identity, odd: place.odd || undefined, versions: [version], file });
    return true;
  });
}

/** When the store was asked, where that counts. */
async function noteTime({ freshness, clock, home }: Desk, { place, stored }: Found): Promise<void> {
  if (typeof freshness === 'string' || !stored) return;
  await lockPlace(place, async () => {
    const now = await readRecord(home, place.recordPath);
    if (now?.record.versions.length === 1) await writeRecord(home, place.recordPath, { ...now.record, checkedMs: clock() });
  });
}

const ownEdits = (object: CloudObject, { place }: Found): CloudError =>
  new OverwriteDirtyFileError(
    `the local copy ${place.path} has edits of this path that were not uploaded; they stay: close the handle, upload the copy, or throw ` +
      'them away by forceOverwriteFromCloud',
    { url: object.url, key: shownKeyOf(object), operation: 'open' },
  );

const otherEdits = (object: CloudObject, { place }: Found): CloudError =>
  new OverwriteNewerLocalError(
    `the local copy ${place.path} was changed since it was fetched, and not by this path; it stays: upload it, or throw it away by ` +
      'forceOverwriteFromCloud',
    { url: object.url, key: shownKeyOf(object), operation: 'open' },
  );
