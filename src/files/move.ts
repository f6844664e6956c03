/**
 * Files that are moved: each is taken away once it is at its new place. Loaded on use.
 *
 * @module
 */
import { isCloudError } from '../errors.ts';
import { watched } from '../monitor/watched.ts';
import { asFolder } from '../open/open-store.ts';
import type { ObjectInfo } from '../types.ts';
import { mapParallel } from '../util/parallel.ts';
import { notThere } from './change.ts';
import { readCandidates } from './names.ts';
import { tellOf, widthOf } from './progress.ts';
import { directionOf, itemOf, transferOne, type Item, type Transferred, type TransferItem, type TransferOptions } from './transfer.ts';
import type { FileSet, Many } from './types.ts';

/**
 * What a disk has of a file before it is moved. Only that is deleted afterwards: two paths may lead to one file, by a link or by names that the disk
 * takes for one, and then the copy has taken its place.
 */
async function seenOnDisk(from: FileSet, { path, key }: Item, signal: AbortSignal): Promise<ObjectInfo | undefined> {
  for (const at of from.store.isFolder ? (key === undefined ? readCandidates(from, path) : [key]) : []) {
    const info = await from.store.head(at, { signal });
    if (info) return info;
  }
  return undefined;
}

/** An object's whole key, and its bucket. */
const wholeKey = ({ location: { bucket, path } }: FileSet, key: string): string => `${bucket}/${asFolder(path)}${key}`;

/** Whether two places may be one under two names: services are not told apart by how their hosts are spelt, and GCS speaks S3's language too. */
const mayBeOne = (from: FileSet, key: string, to: FileSet, dest: string): boolean =>
  [from, to].every(({ protocol }) => protocol === 's3' || protocol === 'gs') && wholeKey(from, key) === wholeKey(to, dest);

/** Takes a source away: the version that was copied, where that is known. What somebody else has written since stays, and the move fails. */
async function removeSource({ store }: FileSet, key: string, ifMatch: string | undefined, signal: AbortSignal): Promise<void> {
  if (ifMatch === undefined) return void (await store.delete(key, { signal }));
  try {
    await store.delete(key, { signal, ifMatch });
  } catch (error) {
    // some services take no condition here, and the rules of some buckets let no page send one
    const unfit = (['NotSupported', 'InvalidArgument', 'CorsOrNetwork'] as const).some((code) => isCloudError(error, code));
    if (unfit) return void (await store.delete(key, { signal }));
    // the answer to a first attempt may have been lost
    if (!isCloudError(error, 'PreconditionFailed') || (await store.head(key, { signal }))) throw error;
  }
}

/** Move many files: each is taken away once it is there. @returns their number. NotFound for a missing one. */
export async function moveMany(from: FileSet, to: FileSet, paths: Many<TransferItem>, options: TransferOptions): Promise<number> {
  const tell = tellOf(to, 'move', options, paths);
  const width = widthOf(from, options.blockSize, 64);
  const direction = directionOf(from, to);
  const one = async (given: TransferItem, _: number, signal: AbortSignal): Promise<void> => {
    const item = itemOf(given);
    const move = async (): Promise<Transferred> => {
      const seen = await seenOnDisk(from, item, signal);
      const done = await transferOne(from, { ...item, ...(seen && { key: seen.key }) }, to, { ...options, signal, durable: true });
      if (!done) throw notThere(item.path, 'move');
      // only what was moved: of `a` and `a.gz` the other one stays
      if (done.stays) return done;
      const { key, dest } = done;
      // loaded here: hardly any move comes to it
      const isOne = async (at: string): Promise<boolean> => (await import('./one-object.ts')).isOne(from, key, to, at, signal);
      const stays = dest !== undefined && mayBeOne(from, key, to, dest) && (await isOne(dest));
      if (!stays) await removeSource(from, key, seen?.etag ?? done.version, signal);
      return done;
    };
    const done = await watched(options.monitor, { path: item.path, direction }, move, (moved) => moved.sizeBytes);
    tell(item.path, done.sizeBytes);
  };
  let count = 0;
  for await (const _ of mapParallel(paths, width, one, { signal: options.signal })) count++;
  return count;
}
