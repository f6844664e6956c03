/**
 * Replacing an object by something that is no handle.
 *
 * @module
 */
import type { Body, ObjectInfo } from '../../types.ts';
import { gather } from '../../util/streams.ts';
import { CloudPathFileNotFoundError } from '../errors.ts';
import { identityOf, type Desk } from './desk.ts';
import { hashFile } from './disk-io.ts';
import { headObject } from './fetch.ts';
import { findCopy, lockPlace, lookAgain, speaksFor, type Found } from './place.ts';
import { seenFile, writeRecord, type CopyIdentity } from './record.ts';
import { send, type Sending, type Sent } from './send.ts';
import { isVersion } from './version.ts';
import type { CloudObject, DiskSource, UploadCopyOptions } from './types.ts';

const smallBytes = 0x400000;

const isDiskSource = (source: Body | DiskSource): source is DiskSource =>
  typeof source === 'object' && 'disk' in source && 'path' in source;

/** See `Copies.upload`. */
export async function uploadCopy(
  desk: Desk,
  object: CloudObject,
  source: Body | DiskSource,
  options: UploadCopyOptions,
): Promise<ObjectInfo> {
  const { put, signal } = options;
  const identity = await identityOf(object);
  const found = await findCopy(desk.home, identity, options);
  const own = isDiskSource(source) && source.path === found.place.path;
  const force = options.forceOverwriteToCloud ?? desk.forceOverwriteToCloud;
  const expected = force ? 'any' : await expectedNow(object, own ? found : undefined, options);
  if (!isDiskSource(source)) {
    const body = async (): Promise<Body> => source;
    return (await send(object, { body, sizeBytes: options.sizeBytes, expected, put, signal })).info;
  }
  const { disk, path } = source;
  const file = await disk.open(path, { signal });
  if (!file) throw new CloudPathFileNotFoundError('there is no such local file to upload', { key: path, operation: 'upload' });
  const { sizeBytes, version } = file;
  const hash: NonNullable<Sending['content']>['hash'] = async (name) => {
    const hashed = await hashFile(disk, path, name, { signal });
    return hashed?.stat.version === version ? hashed.hash : '';
  };
  let sent: Sent;
  try {
    const chunks = file.read(0, sizeBytes, { signal });
    const body = async (): Promise<Body> => (sizeBytes <= smallBytes ? gather(chunks, sizeBytes) : chunks);
    // A copy that the platform decoded has not the object's bytes, nor their size. After an edit only what it was made from tells.
    const keepsEncoding = own && isAsStored(object, found);
    sent = await send(object, { body, sizeBytes, content: { sizeBytes, hash }, expected, put, keepsEncoding, signal });
  } finally {
    await file.close();
  }
  if (own) await noteSent(desk, object, found, identity, version, { ...sent.version, sizeBytes, crc32c: await hash('crc32c') });
  return sent.info;
}

const isAsStored = ({ store }: CloudObject, { version }: Found): boolean =>
  version?.objectBytes === undefined ? store.capabilities.storedBytes === true : version.objectBytes === version.sizeBytes;

/** What may be replaced: what the caller knows, what the copy was made of, or what is there now. */
async function expectedNow(object: CloudObject, own: Found | undefined, options: UploadCopyOptions): Promise<Sending['expected']> {
  if (options.expected !== undefined) return options.expected;
  const now = await headObject(object, options);
  if (!own?.stored || own.foreign) return now;
  const { version = null } = own;
  return version && now && isVersion(version, now) ? now : version;
}

/** The copy itself was sent. */
async function noteSent(
  desk: Desk,
  object: CloudObject,
  { place }: Found,
  identity: CopyIdentity,
  sentFile: string,
  version: Sent['version'],
): Promise<void> {
  desk.owners.saved(object);
  await lockPlace(place, async () => {
    const { stat, stored } = await lookAgain(place, identity);
    if (stored && !speaksFor(stored.record, identity)) return;
    const file = stat && stat.version === sentFile && version.crc32c ? seenFile(place.home, stat, false) : undefined;
    const record = { format: 1, ...identity, odd: place.odd || undefined, versions: [version], file, checkedMs: desk.clock() } as const;
    await writeRecord(place.home, place.recordPath, record);
  });
}
