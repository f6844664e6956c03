/**
 * What may be done with a store: listing, reading, ranges, checksums, writing. Each by doing it once.
 *
 * @module
 */
import { isCloudError } from '../errors.ts';
import type { AbortOptions, ObjectInfo, ObjectStore } from '../types.ts';
import { throwIfAborted } from '../util/abort.ts';
import { equal } from '../util/bytes.ts';
import { randomName } from '../util/random-name.ts';
import type { DiagnosisCheck } from './types.ts';
import { explainRefusal, policyFor, type Refusal } from './words.ts';

/** A store, and what of it is asked about. */
export interface Asked extends AbortOptions {
  store: ObjectStore;
  /** What the URL names below the root; '' or with a slash at its end for a folder. */
  key: string;
  /** Which language of rights is spoken; undefined where there is none. */
  service: string | undefined;
  bucket: string;
  /** A key as it may be shown: a web address may be signed in its query. */
  show: (key: string) => string;
}

/** What reading is tried with: whole where no more than this. */
const wholeBytes = 1 << 20;

function rights({ store, service, bucket }: Asked, right: 'list' | 'read' | 'write'): Pick<DiagnosisCheck, 'fix' | 'snippet'> {
  if (store.url.startsWith('file:')) return { fix: 'Look at the rights of the file and of the folders above it: ls -ld.' };
  return policyFor(service, bucket, right);
}

/** What went wrong, once the caller's own abort is out of the way. */
function refused(error: unknown, { signal }: Asked): Refusal {
  throwIfAborted(signal);
  return explainRefusal(error);
}

/** Result of a look that may have been refused. */
export interface Looked {
  check: DiagnosisCheck;
  refusal?: Refusal | undefined;
  /** An object that is there. */
  object?: ObjectInfo | undefined;
}

/** May it be listed? Asks for one name. */
export async function checkList(asked: Asked): Promise<Looked> {
  const { store, key, signal } = asked;
  const folder = key.replace(/[^/]*$/, '');
  if (!store.capabilities.list) return { check: { name: 'list', ok: null, what: 'such stores are not listed' } };
  try {
    for await (const page of store.list({ prefix: folder, pageSize: 1, signal })) {
      const [object] = page.objects;
      const name = object?.key ?? page.prefixes[0];
      if (name !== undefined) return { object, check: { name: 'list', ok: true, what: `may be listed: ${folder || 'it'} holds ${name}` } };
    }
    return { check: { name: 'list', ok: true, what: `may be listed; nothing is below ${folder || 'it'}` } };
  } catch (error) {
    const refusal = refused(error, asked);
    if (isCloudError(error, 'NotSupported')) return { check: { name: 'list', ok: null, what: 'this server lists nothing' } };
    const { about, what, fix } = refusal;
    return { refusal, check: { name: 'list', ok: false, what, ...(about === 'right' ? rights(asked, 'list') : { fix }) } };
  }
}

/** May an object be read, in ranges too, and can its bytes be verified? */
export async function checkRead(
  asked: Asked,
  key: string,
  sizeBytes?: number,
): Promise<{ checks: DiagnosisCheck[]; refusal?: Refusal; isThere: boolean }> {
  const { store, signal } = asked;
  const checks: DiagnosisCheck[] = [];
  let size = sizeBytes;
  try {
    const result = await store.get(key, { range: { start: 0, end: 1 }, signal, cache: 'bypass' });
    if (!result) {
      checks.push({
        name: 'read',
        ok: false,
        what: `there is no object ${asked.show(key)}`,
        fix: 'Look at the key; capitals count, and a folder ends in a slash.',
      });
      return { checks, isThere: false };
    }
    await result.bytes();
    size = result.totalBytes;
    checks.push({ name: 'ranges', ok: true, what: 'a part of an object may be asked for' });
  } catch (error) {
    const refusal = refused(error, asked);
    if (isCloudError(error, 'RangeNotSupported') || isCloudError(error, 'NotSupported')) {
      const what = 'the server sends the whole object when a part is asked for';
      checks.push({
        name: 'ranges',
        ok: false,
        what,
        fix: 'HDF5 files and large tables are read in parts: use a server that has ranges (RFC 9110, section 14).',
      });
    } else if (!isCloudError(error, 'RangeNotSatisfiable')) {
      const { about, what, fix } = refusal;
      checks.push({
        name: 'read',
        ok: false,
        what: `${asked.show(key)}: ${what}`,
        ...(about === 'right' ? rights(asked, 'read') : { fix }),
      });
      return { checks, refusal, isThere: false };
    }
  }
  checks.unshift({ name: 'read', ok: true, what: `${asked.show(key)} may be read` });
  checks.push(await checkSums(asked, key, size));
  return { checks, isThere: true };
}

/** What a read of the whole would be held to. */
async function checkSums(asked: Asked, key: string, sizeBytes: number | undefined): Promise<DiagnosisCheck> {
  const { store, signal } = asked;
  const name = 'checksums';
  try {
    const small = sizeBytes !== undefined && sizeBytes <= wholeBytes;
    const whole = small ? await store.get(key, { signal, cache: 'bypass' }) : null;
    const found = whole ?? (await store.head(key, { signal }));
    if (!found) return { name, ok: null, what: 'the object is gone by now' };
    const told = (['etag', 'md5', 'crc32c', 'generation'] as const).filter((field) => found[field] !== undefined);
    const words = told.length > 0 ? `the server tells ${told.join(', ')}` : 'the server tells no ETag and no checksum';
    if (whole) {
      await whole.bytes();
      if (whole.verified) return { name, ok: true, what: `whole reads are verified; ${words}` };
      return { name, ok: told.length > 0 ? true : null, what: `${words}; no checksum that whole reads are verified by` };
    }
    return { name, ok: told.length > 0 ? true : null, what: words };
  } catch (error) {
    const { what } = refused(error, asked);
    const fix = isCloudError(error, 'IntegrityError')
      ? 'The object is damaged, or something on the way changes it: read it from elsewhere.'
      : undefined;
    return { name, ok: false, what: `${asked.show(key)}: ${what}`, fix };
  }
}

/** May it be written? A probe is written beside what the URL names, read and removed. */
export async function checkWrite(asked: Asked): Promise<DiagnosisCheck> {
  const { store, key, signal } = asked;
  const name = 'write';
  if (!store.capabilities.write) return { name, ok: null, what: 'such stores are not written' };
  const probe = `${key.replace(/[^/]*$/, '')}anyfile-probe-${randomName()}`;
  const bytes = new TextEncoder().encode('written by anyfile doctor, to be removed at once');
  try {
    await store.put(probe, bytes, { ifAbsent: store.capabilities.conditionalWrites, signal });
  } catch (error) {
    const { about, what, fix } = refused(error, asked);
    return { name, ok: false, what: `may not be written: ${what}`, ...(about === 'right' ? rights(asked, 'write') : { fix }) };
  }
  let failure: DiagnosisCheck | undefined;
  try {
    const back = await store.get(probe, { signal, cache: 'bypass' });
    if (!back) failure = { name, ok: false, what: 'what was written is not found' };
    else if (!equal(await back.bytes(), bytes)) failure = { name, ok: false, what: 'what was written comes back otherwise' };
  } catch (error) {
    if (!signal?.aborted)
      failure = { name, ok: false, what: `what was written cannot be read: ${refused(error, asked).what}`, ...rights(asked, 'read') };
  }
  try {
    // also when the caller has left: the probe is ours
    await store.delete(probe);
  } catch (error) {
    const { what } = explainRefusal(error);
    return { name, ok: false, what: `${probe} was written and cannot be removed: ${what}`, ...rights(asked, 'write') };
  }
  throwIfAborted(signal);
  return failure ?? { name, ok: true, what: 'may be written, read back and deleted' };
}
