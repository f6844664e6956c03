/**
 * Bringing an object to the local disk: whole and verified, with the metadata of the very version that comes.
 *
 * @module
 */
import { loadCodec } from '../../encoding/codec.ts';
import { encodingOfHeader } from '../../encoding/names.ts';
import { CloudError, isCloudError } from '../../errors.ts';
import { hashChunks } from '../../integrity/hash-chunks.ts';
import type { DiskStat } from '../../platform/types.ts';
import type { AbortOptions, GetResult, ObjectInfo } from '../../types.ts';
import { asyncDispose } from '../../util/dispose.ts';
import { chunksOf } from '../../util/streams.ts';
import { FileExistsError, FileNotFoundError } from '../errors.ts';
import type { LocalPlace } from '../place.ts';
import { adoptStored, infoOf, look } from './cloud-object.ts';
import { hashLocal, isEncoded, objectHash, sameContent } from './content-hash.ts';
import { adoptRecord, lookLocally, onlyOver } from './local-copy.ts';
import { metadataText, toText, type CloudObject, type DatafileState, type LocalCopy, versionOf } from './state.ts';

/**
 * Brings the object's bytes to the disk, verified, under a temporary name until they are whole. The version that comes is the one that
 * later writes must find; when it is another than the one whose metadata are known, these are read anew.
 *
 * @param options.expected what may be replaced; `null`: nothing may. @default whatever is there
 * @throws FileNotFoundError there is no object
 * @throws FileExistsError something else is there by now
 * @throws CloudError `ObjectChanged`: the object changed, and so did the metadata here, which would replace those there
 */
export async function fetchTo(
  state: DatafileState,
  cloud: CloudObject,
  to: LocalPlace,
  { expected, ...options }: AbortOptions & { expected?: DiskStat | null | undefined },
): Promise<LocalCopy> {
  const disk = await to.disk();
  const condition = expected === undefined ? undefined : onlyOver(expected, to);
  for (let again = true; ; again = false) {
    const result = await cloud.place.store.get(cloud.place.key, { signal: options.signal }).catch((error: unknown) => {
      throw isCloudError(error, 'NotFound') ? missing(state, error) : error;
    });
    if (!result) throw missing(state);
    try {
      await follow(state, cloud, result, options);
      // What was fetched can be fetched again: it is not waited for until a power cut could not harm it.
      const stat = await disk.write(to.path, await contentOf(result, cloud), { ...options, condition, durable: false });
      const object = cloud.info ? versionOf(cloud.info) : undefined;
      return { place: to, stat, saved: undefined, ...(object !== undefined && { from: { object, version: stat.version } }) };
    } catch (error) {
      // A mismatch is read once more: servers are known that send one version with the headers of another.
      if (!again || !(isCloudError(error, 'IntegrityError') || isCloudError(error, 'ObjectChanged'))) throw error;
    } finally {
      await result[asyncDispose]();
    }
  }
}

const missing = (state: DatafileState, cause?: unknown): FileNotFoundError =>
  new FileNotFoundError(`${toText(state)} is not in the cloud`, { operation: 'download', url: state.cloud?.place.url, cause });

/** Holds what is known of the object to the version that is being read. */
async function follow(state: DatafileState, cloud: CloudObject, result: GetResult, options: AbortOptions): Promise<void> {
  const known = cloud.info;
  if (known && sameVersion(known, result)) return;
  const { seen } = cloud;
  const unsaved = seen !== undefined && metadataText(state) !== seen;
  const now = await look(cloud, options);
  const refuse = (message: string): never => {
    // What was known stays, so that the next try sees the difference too.
    cloud.info = known;
    throw new CloudError(message, { code: 'ObjectChanged', url: cloud.place.url, operation: 'download' });
  };
  if (!now || sameVersion(now, result) === false) return refuse(`${toText(state)} changed while it was read`);
  // Where nothing was taken over from the object, nothing is now.
  if (known === undefined || (known && sameVersion(known, now) !== false) || seen === undefined) return;
  if (unsaved) return refuse(`${toText(state)} changed in the cloud, and its metadata were changed here: refresh() first`);
  try {
    adoptStored(state, cloud);
  } catch (error) {
    cloud.info = known;
    throw error;
  }
}

/** Looks at everything anew. A temporary copy of another version than there is now is let go of. */
export async function refresh(state: DatafileState, options: AbortOptions): Promise<void> {
  const { local, cloud } = state;
  if (local) await lookLocally(local, options);
  if (!cloud) return local && adoptRecord(state, local, options);
  const known = cloud.info;
  const now = await look(cloud, options);
  const changed = known && now ? sameVersion(known, now) === false : known !== undefined && known !== now;
  if (changed && local?.place.temporary) state.local = undefined;
  adoptStored(state, cloud);
}

type Validators = Pick<ObjectInfo, 'generation' | 'etag'>;

/** Whether two looks saw one version; undefined when they do not tell, as in a page that may not see validators. */
function sameVersion(a: Validators, b: Validators): boolean | undefined {
  if (a.generation && b.generation) return a.generation === b.generation;
  return a.etag && b.etag ? a.etag === b.etag : undefined;
}

/** The bytes as a reader means them: what is stored encoded is decoded. A page that asks S3 for stored bytes is told by the HEAD alone how they are. */
async function contentOf(result: GetResult, { info }: CloudObject): Promise<AsyncIterable<Uint8Array>> {
  const encoding = result.decoded ? null : encodingOfHeader(result.contentEncoding ?? info?.contentEncoding);
  const chunks = chunksOf(result.stream());
  if (!encoding) return chunks;
  const codec = await loadCodec(encoding);
  return codec.decode(chunks);
}

/**
 * Makes a path the local copy: what is there stays when it has the bytes of the object, and is replaced otherwise. Where there is no object
 * the path is where content will be.
 *
 * @throws FileExistsError it is newer than the object, so that work could be lost
 */
export async function linkCopy(state: DatafileState, copy: LocalCopy, options: AbortOptions): Promise<void> {
  state.local = (await wouldFetch(state, copy, options))
    ? await fetchTo(state, state.cloud!, copy.place, { ...options, expected: copy.stat })
    : copy;
}

/** Whether {@link linkCopy} would fetch the object. @throws FileExistsError as there */
export async function wouldFetch(state: DatafileState, copy: LocalCopy, options: AbortOptions): Promise<boolean> {
  const cloud = state.cloud!;
  const info = await infoOf(cloud, options);
  if (info && !copy.stat) return true;
  if (!info || (await isCopy(state, copy, cloud, options))) return false;
  const { lastModified } = info;
  if (lastModified && copy.stat!.mtimeMs <= lastModified.getTime()) return true;
  const message = `the local file is newer than ${toText(state)} in the cloud, and another one: upload or remove it`;
  throw new FileExistsError(message, { key: copy.place.path, operation: 'download' });
}

/** Whether a local file has the bytes of the object; where no checksum tells, these are read. */
async function isCopy(state: DatafileState, copy: LocalCopy, cloud: CloudObject, options: AbortOptions): Promise<boolean> {
  const same = await sameContent(copy, cloud, options);
  if (same !== undefined) return same;
  const theirs = cloud.info && isEncoded(cloud.info) ? decodedHash(state, cloud, options) : objectHash(state, cloud, options);
  return (await hashLocal(copy, options)) === (await theirs);
}

/** The CRC-32C of what {@link fetchTo} would bring of an object that is stored encoded: nothing tells it but the bytes. */
async function decodedHash(state: DatafileState, cloud: CloudObject, { signal }: AbortOptions): Promise<string> {
  const result = await cloud.place.store.get(cloud.place.key, { signal });
  if (!result) throw missing(state);
  try {
    return await hashChunks('crc32c', await contentOf(result, cloud));
  } finally {
    await result[asyncDispose]();
  }
}
