/**
 * What is at a target when it is opened, and what has to be there still when it is replaced.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import type { DiskStat } from '../../platform/types.ts';
import type { AbortOptions, GetResult, ObjectInfo } from '../../types.ts';
import { throwIfAborted } from '../../util/abort.ts';
import { asyncDispose } from '../../util/dispose.ts';
import { chunksOf } from '../../util/streams.ts';
import type { Hdf5WriteMode } from '../modes.ts';
import type { TargetPlace } from './target.ts';
import { openWorkingFile, type WorkingFile, type WorkingRoom } from './working-file.ts';

/** What may be replaced: anything, nothing, or one version. */
export type Expected =
  | { readonly is: 'any' }
  | { readonly is: 'nothing' }
  | { readonly is: 'file'; readonly stat: DiskStat }
  | { readonly is: 'object'; readonly info: ObjectInfo; readonly ifMatch: string; readonly isSame: boolean };

/** A working file, and what it may replace. */
export interface Opened {
  readonly working: WorkingFile;
  readonly isNew: boolean;
  readonly expected: Expected;
}

const TRIES = 10;

const isWeak = (etag: string): boolean => /^W\//i.test(etag);

/** What a store can be told to replace: a generation or a strong ETag; undefined when it tells neither. */
const versionOf = ({ generation, etag }: ObjectInfo): string | undefined => generation || (etag && !isWeak(etag) ? etag : undefined);

const missing = ({ url }: TargetPlace): CloudError =>
  new CloudError('there is no file to be changed', { code: 'NotFound', operation: 'openHdf5', url });
const inTheWay = ({ url }: TargetPlace): CloudError =>
  new CloudError('there is a file already, which mode x does not replace', { code: 'AlreadyExists', operation: 'openHdf5', url });

/** Opens an object with the version that it has; null when there is none. */
async function getVersion(place: TargetPlace, { signal }: AbortOptions): Promise<{ result: GetResult; ifMatch: string } | null> {
  const { store, key, url } = place;
  const result = await store.get(key, { signal });
  const told = result && versionOf(result);
  if (!result || told) return result && { result, ifMatch: told! };
  await result[asyncDispose]();
  // what a page is not shown of an answer may be told beside it
  const info = await store.head(key, { signal });
  const ifMatch = info && versionOf(info);
  if (info && !ifMatch)
    throw new CloudError(
      'the store does not tell versions of this object apart, so that what others write meanwhile would be lost: expose its ETag',
      {
        code: 'NotSupported',
        operation: 'openHdf5',
        url,
      },
    );
  // that a page can ask for by name, while it could not compare
  const pin = info?.generation ? { version: info.generation } : { expected: info ?? undefined };
  const pinned = info && (await store.get(key, { ...pin, signal }));
  return pinned && { result: pinned, ifMatch: ifMatch! };
}

/** Fills a working file with an object's bytes, verified; read once more when they are not what they should be. */
async function fill(
  place: TargetPlace,
  working: WorkingFile,
  { signal }: AbortOptions,
): Promise<Extract<Expected, { is: 'object' }> | undefined> {
  for (let tries = 1; ; tries++) {
    const opened = await getVersion(place, { signal });
    if (!opened) return undefined;
    const { result, ifMatch } = opened;
    try {
      let at = 0;
      for await (const chunk of chunksOf(result.stream())) {
        throwIfAborted(signal);
        working.now.write(chunk, at);
        at += chunk.length;
      }
      return { is: 'object', info: result, ifMatch, isSame: !result.decoded && at === result.totalBytes };
    } catch (error) {
      await result[asyncDispose]();
      if (tries > 1 || !isCloudError(error, 'IntegrityError')) throw error;
      working.now.truncate(0);
    }
  }
}

/** A target on a disk. */
async function openLocal(place: TargetPlace, mode: Hdf5WriteMode, room: WorkingRoom, options: AbortOptions): Promise<Opened> {
  const { disk, path } = place.local!;
  for (let tries = 1; ; tries++) {
    const stat = mode === 'w' ? null : await disk.stat(path, options);
    if (stat && (mode === 'x' || mode === 'w-')) throw inTheWay(place);
    if (!stat && mode === 'r+') throw missing(place);
    let working: WorkingFile | undefined;
    try {
      const opened = await openWorkingFile(place, { from: stat ? 'file' : 'empty', room, ...options });
      working = opened.file;
      if (stat && !opened.hasContent) await fillFromDisk(place, stat, working, options);
      const expected: Expected = mode === 'w' ? { is: 'any' } : stat ? { is: 'file', stat } : { is: 'nothing' };
      return { working, isNew: !stat, expected };
    } catch (error) {
      await working?.discard();
      // replaced while it was copied: what is there now is as good a beginning
      if (!isCloudError(error, 'ObjectChanged') || tries === TRIES) throw error;
    }
  }
}

async function fillFromDisk({ local }: TargetPlace, stat: DiskStat, working: WorkingFile, { signal }: AbortOptions): Promise<void> {
  const { disk, path } = local!;
  const file = await disk.open(path, { signal });
  if (file?.version !== stat.version) {
    await file?.close();
    throw new CloudError('the file was replaced while it was opened', { code: 'ObjectChanged', operation: 'openHdf5', key: path });
  }
  try {
    let at = 0;
    for await (const piece of file.read(0, file.sizeBytes, { signal })) {
      working.now.write(piece, at);
      at += piece.length;
    }
  } finally {
    await file.close();
  }
}

/** A target in a store. */
async function openRemote(place: TargetPlace, mode: Hdf5WriteMode, room: WorkingRoom, options: AbortOptions): Promise<Opened> {
  const { store, key } = place;
  const isExclusive = mode === 'x' || mode === 'w-';
  if (mode !== 'w' && !store.capabilities.conditionalWrites)
    throw new CloudError(`mode ${mode} needs a store that can be told what it may replace`, {
      code: 'NotSupported',
      operation: 'openHdf5',
      url: place.url,
    });
  // told before all the work rather than after it
  if (isExclusive && (await store.head(key, options))) throw inTheWay(place);
  const { file: working } = await openWorkingFile(place, { from: 'empty', room, ...options });
  try {
    if (mode === 'w') return { working, isNew: true, expected: { is: 'any' } };
    const found = isExclusive ? undefined : await fill(place, working, options);
    if (!found && mode === 'r+') throw missing(place);
    working.noteAll();
    return { working, isNew: !found, expected: found ?? { is: 'nothing' } };
  } catch (error) {
    await working.discard();
    throw error;
  }
}

/**
 * Begin to write at a target: a working file, with what is there where that is to be changed.
 *
 * @throws CloudError `NotFound`, `AlreadyExists`, `NotSupported`, `QuotaExceeded`, and what the store or the disk throws
 */
export const openOrigin = (place: TargetPlace, mode: Hdf5WriteMode, room: WorkingRoom, options: AbortOptions): Promise<Opened> =>
  (place.local ? openLocal : openRemote)(place, mode, room, options);
