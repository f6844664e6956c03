/**
 * Replacing an object by what is here, if it still is what it was.
 *
 * @module
 */
import { isCloudError, type CloudError } from '../../errors.ts';
import type { Body, ObjectInfo, PutOptions } from '../../types.ts';
import { OverwriteNewerCloudError } from '../errors.ts';
import { sameContent, type Content } from './content.ts';
import { shownKeyOf } from './desk.ts';
import { headObject } from './fetch.ts';
import type { CloudObject, WriteAbout } from './types.ts';
import { conditionOf, isVersion, versionOf, type CopyVersion } from './version.ts';

/** What is sent. */
export interface Sending {
  /** Called for each attempt; `undefined` when it cannot be given again. */
  body(): Promise<Body | undefined>;
  readonly sizeBytes: number | undefined;
  /** Of the bytes that were sent, once they were. Absent: nobody can look at them again. */
  readonly content?: Content | undefined;
  /** What may be replaced: `null` is nothing, `any` is whatever there is. */
  readonly expected: ObjectInfo | CopyVersion | null | 'any';
  readonly put?: WriteAbout | undefined;
  /** What is known of the object that is replaced. @default `expected` */
  readonly known?: ObjectInfo | null | undefined;
  /** The bytes are made from those of the object, so that they are encoded as those were. */
  readonly keepsEncoding?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What is there afterwards. */
export interface Sent {
  readonly info: ObjectInfo;
  /** The version that it has, without what its content is. */
  readonly version: CopyVersion;
}

/** @throws OverwriteNewerCloudError */
export async function send(object: CloudObject, sending: Sending): Promise<Sent> {
  const { store, key } = object;
  const { sizeBytes, expected, signal } = sending;
  const conditions = await conditionsFor(object, sending);
  const about = aboutOf(sending);
  const body = (await sending.body())!;
  const options: PutOptions = { ...about, ...conditions, ...(sizeBytes !== undefined && { sizeBytes }), checksum: 'crc32c', signal };
  try {
    const result = await store.put(key, body, options);
    const told = Object.fromEntries(Object.entries(result).filter(([, value]) => value !== undefined));
    const info: ObjectInfo = { sizeBytes: sizeBytes ?? NaN, ...about, ...told, metadata: about.metadata ?? {}, key };
    if (conditionOf(info) !== undefined) return { info, version: versionOf(info) };
    // Where a write tells nothing a look has to.
    const now = (await headObject(object, { signal })) ?? info;
    return { info: now, version: versionOf(now) };
  } catch (error) {
    // Services say of an object that is gone either that it is another one or that it is not there.
    const gone = isCloudError(error, 'NotFound') && conditions.ifMatch !== undefined;
    if (!(gone || isCloudError(error, 'PreconditionFailed')) || expected === 'any') throw error;
    return alreadyThere(object, sending, error);
  }
}

/** A store that took the bytes whose answer was lost refuses the second attempt: what is there is what was sent. */
async function alreadyThere(object: CloudObject, { content, signal }: Sending, cause: unknown): Promise<Sent> {
  const now = await headObject(object, { signal });
  const version = now && content && (await sameContent(object, now, content, { signal }).catch(() => undefined));
  if (now && version) return { info: now, version };
  throw refused(object, cause);
}

/** What the store is to hold the write to. Where it cannot, one look has to do. */
async function conditionsFor(object: CloudObject, { expected, signal }: Sending): Promise<Pick<PutOptions, 'ifMatch' | 'ifAbsent'>> {
  if (expected === 'any') return {};
  if (object.store.capabilities.conditionalWrites) {
    if (!expected) return { ifAbsent: true };
    const ifMatch = conditionOf(expected);
    if (ifMatch !== undefined) return { ifMatch };
  }
  const now = await headObject(object, { signal });
  if (expected ? !now || !isVersion(asVersion(expected), now) : now) throw refused(object);
  return {};
}

const asVersion = (expected: ObjectInfo | CopyVersion): CopyVersion => ('key' in expected ? versionOf(expected) : expected);

/** What stands on the object stays, where nothing else is said. */
function aboutOf({ expected, known, put = {}, keepsEncoding }: Sending): WriteAbout {
  const kept = known ?? (expected && expected !== 'any' && 'key' in expected ? expected : undefined);
  const { contentType, contentEncoding, contentDisposition, contentLanguage, cacheControl, storageClass, metadata } = kept ?? {};
  const told = Object.fromEntries(Object.entries(put).filter(([, value]) => value !== undefined)) as WriteAbout;
  const about = { contentType, contentDisposition, contentLanguage, cacheControl, storageClass, metadata };
  return { ...about, contentEncoding: keepsEncoding ? contentEncoding : undefined, ...told };
}

const refused = (object: CloudObject, cause?: unknown): CloudError =>
  new OverwriteNewerCloudError(
    'the object is another than the one that was to be replaced, so it was left alone; what was edited stays in the local copy: ' +
      'forceOverwriteToCloud replaces the object',
    { url: object.url, key: shownKeyOf(object), operation: 'upload', cause },
  );
