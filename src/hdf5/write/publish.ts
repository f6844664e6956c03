/**
 * Putting what was written where it belongs: whole, and in the place of what it may replace.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import type { DiskStat } from '../../platform/types.ts';
import { contentChunks } from '../../store/rewrite.ts';
import type { AbortOptions, ObjectInfo, PutOptions, RewriteContent } from '../../types.ts';
import { equal } from '../../util/bytes.ts';
import { asyncDispose } from '../../util/dispose.ts';
import { chunksOf } from '../../util/streams.ts';
import type { Opened } from './origin.ts';
import type { TargetPlace } from './target.ts';

/** What is told of an object with its content. */
export type AboutFile = Pick<PutOptions, 'contentType' | 'cacheControl' | 'contentDisposition' | 'storageClass' | 'metadata'>;

/** What was written. */
export interface Hdf5Published {
  readonly url: string;
  readonly sizeBytes: number;
  readonly etag?: string | undefined;
  readonly generation?: string | undefined;
  readonly versionId?: string | undefined;
}

const CONTENT_TYPE = 'application/x-hdf5';
/** What is sent at once, so that it can be sent again after a fault. */
const SMALL_BYTES = 0x40_0000;

/** The error for a target that is not what it was. */
function refused({ url }: TargetPlace, isNew: boolean, cause?: unknown): CloudError {
  const message = isNew
    ? 'somebody else has put a file there since this one was begun; nothing was overwritten'
    : 'the file was changed by somebody else since it was opened; nothing was overwritten';
  return new CloudError(message, { code: isNew ? 'AlreadyExists' : 'PreconditionFailed', operation: 'openHdf5', url, cause });
}

/** What a store has, where that are these very bytes: of a write whose answer was lost, and which was refused when it was sent again. */
async function findSent({ store, key }: TargetPlace, content: RewriteContent, { signal }: AbortOptions): Promise<ObjectInfo | undefined> {
  const result = await store.get(key, { cache: 'bypass', signal }).catch(() => null);
  if (!result) return undefined;
  try {
    if (result.totalBytes !== content.sizeBytes) return undefined;
    let at = 0;
    for await (const chunk of chunksOf(result.stream())) {
      if (!equal(chunk, await content.read(at, at + chunk.length))) return undefined;
      at += chunk.length;
    }
    return at === content.sizeBytes ? result : undefined;
  } finally {
    await result[asyncDispose]();
  }
}

/** Onto a disk. */
async function publishLocal(
  place: TargetPlace,
  { working, expected }: Opened,
  content: RewriteContent,
  options: AbortOptions,
): Promise<Hdf5Published> {
  const { disk, path } = place.local!;
  const check = (now: DiskStat | null): void => {
    if (expected.is === 'nothing' && now) throw refused(place, true);
    if (expected.is === 'file' && now?.version !== expected.stat.version) throw refused(place, false);
  };
  const condition = expected.is === 'any' ? undefined : check;
  // a working copy does not outlive being refused: that comes before
  condition?.(await disk.stat(path, options));
  const { sizeBytes } = working.commit
    ? await working.commit({ condition, ...options })
    : await disk.write(path, contentChunks(content), { condition, ...options });
  return { url: place.url, sizeBytes };
}

/** Into a store. */
async function publishRemote(
  place: TargetPlace,
  { expected }: Opened,
  content: RewriteContent,
  { about, signal }: AbortOptions & { about: AboutFile },
): Promise<Hdf5Published> {
  const { store, key, url } = place;
  const { sizeBytes } = content;
  const { contentType, contentDisposition, contentLanguage, cacheControl, storageClass, metadata } =
    expected.is === 'object' ? expected.info : ({} as AboutFile & { contentLanguage?: string });
  const kept = { contentType: contentType ?? CONTENT_TYPE, contentDisposition, contentLanguage, cacheControl, storageClass, metadata };
  const told = Object.fromEntries(Object.entries(about).filter(([, value]) => value !== undefined)) as AboutFile;
  const options: PutOptions = { ...kept, ...told, signal };
  const whole = async (conditions: Pick<PutOptions, 'ifMatch' | 'ifAbsent'>): ReturnType<typeof store.put> => {
    const body = sizeBytes <= SMALL_BYTES ? await content.read(0, sizeBytes) : contentChunks(content);
    return store.put(key, body, { ...options, ...conditions, sizeBytes });
  };
  const send = (): ReturnType<typeof store.put> => {
    if (expected.is === 'any') return whole({});
    if (expected.is !== 'object') return whole({ ifAbsent: true });
    const { ifMatch, isSame } = expected;
    return isSame && store.rewrite ? store.rewrite(key, content, { ...options, ifMatch }) : whole({ ifMatch });
  };
  try {
    const { etag, generation, versionId } = await send();
    return { url, sizeBytes, etag, generation, versionId };
  } catch (error) {
    // services say of an object that is gone either that it is another one or that it is not there
    const isGone = isCloudError(error, 'NotFound') && expected.is === 'object';
    if (!isGone && !isCloudError(error, 'PreconditionFailed')) throw error;
    const sent = await findSent(place, content, { signal });
    if (!sent) throw refused(place, expected.is === 'nothing', error);
    const { etag, generation, versionId } = sent;
    return { url, sizeBytes, etag, generation, versionId };
  }
}

/**
 * Put a settled working file in its place.
 *
 * @throws CloudError `PreconditionFailed` what was opened was changed meanwhile; `AlreadyExists`; what the disk or the store throws
 */
export function publish(place: TargetPlace, opened: Opened, options: AbortOptions & { about: AboutFile }): Promise<Hdf5Published> {
  const { working } = opened;
  const { sizeBytes } = working.now;
  const content: RewriteContent = { sizeBytes, changed: working.changed.ranges(sizeBytes), read: (start, end) => working.read(start, end) };
  return place.local ? publishLocal(place, opened, content, { signal: options.signal }) : publishRemote(place, opened, content, options);
}
