/**
 * Large bodies at GCS: a resumable session. https://cloud.google.com/storage/docs/performing-resumable-uploads
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import { createHasher, prepareHash } from '../../integrity/hasher.ts';
import type { AbortOptions, HttpResponse, PutOptions, PutResult } from '../../types.ts';
import { toBase64 } from '../../util/base64.ts';
import { conditionsOf, jsonOf, objectFields, type GcsDriver, type GcsObject } from './json.ts';
import { answered } from '../answered.ts';
import { bucketPath, checkStored, crc32cOf, resourceOf, resultOf } from './write.ts';

/** A session that is open: where it is, and what to send there. */
export interface Session {
  /** Path and query, which let anybody write the object. */
  readonly id: string;
  put(body: Uint8Array, range: string, options: AbortOptions): Promise<HttpResponse>;
  /** Ends it, whatever it is; never rejects. */
  cancel(): Promise<void>;
}

/** A session by its id. */
export function sessionAt(driver: GcsDriver, key: string, id: string): Session {
  const { pathname, searchParams } = new URL(id, 'http://session');
  const query = Object.fromEntries(searchParams);
  // a page's fetch takes a 308 for a redirect and shows nothing of it
  const no308: Record<string, string> = driver.wire.page ? { 'x-guploader-no-308': 'yes' } : {};
  return {
    id,
    put: (body, range, { signal }) =>
      driver.send(
        pathname,
        query,
        { method: 'PUT', headers: { 'content-range': range, ...no308 }, body },
        { operation: 'put', key, signal, accept: (s) => s === 308 || (s >= 200 && s < 300) },
      ),
    cancel: () =>
      driver
        .send(pathname, query, { method: 'DELETE' }, { operation: 'put', key, accept: () => true })
        .then((r) => r.body.cancel())
        .catch(() => {}),
  };
}

/** All chunks but the last are multiples of it. */
export const grain = 0x4_0000;

/** Opens a session. @param crc32c of the whole, base64, where it is known: GCS then refuses other bytes */
export async function openSession(driver: GcsDriver, key: string, options: PutOptions, crc32c?: string): Promise<Session> {
  const about = { operation: 'put', key };
  const { query, headers } = conditionsOf(options);
  return answered(
    async (signal) => {
      const opened = await driver.send(
        `/upload${bucketPath(driver)}`,
        { ...query, uploadType: 'resumable', fields: objectFields },
        {
          method: 'POST',
          headers: {
            ...headers,
            'content-type': 'application/json',
            ...(options.contentType ? { 'x-upload-content-type': options.contentType } : {}),
          },
          body: new TextEncoder().encode(JSON.stringify({ ...resourceOf(key, options), crc32c })),
        },
        { ...about, signal, idempotent: true },
      );
      await opened.body.cancel();
      const location = opened.headers.get('location');
      if (!location) throw new CloudError('the upload session has no address', { code: 'InvalidResponse', ...about });
      const { pathname, search } = new URL(location);
      return sessionAt(driver, key, pathname + search);
    },
    (session) => session.cancel(),
    options.signal,
  );
}

/**
 * A resumable session: parts in order, each a multiple of 256 KiB; what the server did not keep is sent again. The CRC32C of the whole goes
 * ahead when all bytes are there, so that GCS refuses others; else it is compared with the one in the answer.
 */
export async function putSession(
  driver: GcsDriver,
  key: string,
  content: {
    first: Uint8Array;
    rest: AsyncIterator<Uint8Array>;
    giveBack(part: Uint8Array): void;
    all?: Uint8Array | undefined;
    /** Where it is known: then the last part is known as well. */
    sizeBytes?: number | undefined;
  },
  options: PutOptions,
): Promise<PutResult> {
  const { signal } = options;
  await prepareHash('crc32c');
  const known = content.all && (await crc32cOf(content.all));
  const session = await openSession(driver, key, options, known);
  const hasher = known === undefined ? createHasher('crc32c') : undefined;
  let offset = 0;
  try {
    let part: Uint8Array = content.first;
    for (let next: IteratorResult<Uint8Array> | undefined; ; next = undefined) {
      // nothing more is read while a part is held, unless that was all: who holds bytes must not wait for room
      const mayEnd = offset + part.length === content.sizeBytes || part.length % grain !== 0;
      if (mayEnd) next = await content.rest.next();
      const last = next?.done === true;
      hasher?.update(part);
      const result = await sendChunk(session, part, { offset, last, signal });
      offset += part.length;
      content.giveBack(part);
      if (result) return await checkStored(driver, resultOf(key, result), known ?? toBase64(hasher!.digest()));
      if (last) throw new CloudError('the upload session did not end', { code: 'InvalidResponse', operation: 'put', key });
      next ??= await content.rest.next();
      part = next.done ? new Uint8Array(0) : next.value;
      if (next.done) content = { ...content, sizeBytes: offset };
    }
  } catch (error) {
    await session.cancel();
    throw error;
  }
}

/** Whether an answer says that the session goes on, and how many bytes it has. */
export function bytesKept(response: HttpResponse): number | undefined {
  if (response.status !== 308 && response.headers.get('x-http-status-code-override') !== '308') return undefined;
  const kept = /^bytes=0-(\d+)$/.exec(response.headers.get('range') ?? '');
  return kept ? Number(kept[1]) + 1 : 0;
}

/**
 * Send one part until the server has all of it. The object when it was the last.
 *
 * @param at.offset of the part, in bytes
 * @param at.from where to begin, when the server has some of it. @default its offset
 */
export async function sendChunk(
  session: Session,
  part: Uint8Array,
  { offset, last, from = offset, signal }: AbortOptions & { offset: number; last: boolean; from?: number | undefined },
): Promise<GcsObject | undefined> {
  const end = offset + part.length;
  const total = last ? String(end) : '*';
  let at = from;
  for (let failures = 0; ;) {
    let response: HttpResponse;
    try {
      const range = at === end ? `bytes */${total}` : `bytes ${at}-${end - 1}/${total}`;
      response = await session.put(part.subarray(at - offset), range, { signal });
    } catch (error) {
      if (!isCloudError(error) || !error.retryable || ++failures > 6) throw error;
      response = await session.put(new Uint8Array(0), 'bytes */*', { signal });
    }
    const have = bytesKept(response);
    if (have === undefined) return jsonOf<GcsObject>(response);
    await response.body.cancel();
    if (have < offset || have > end)
      throw new CloudError('the upload session lost its place', { code: 'InvalidResponse', operation: 'put' });
    if (have === end && !last) return undefined;
    if (have === at && ++failures > 6) throw new CloudError('the upload session makes no progress', { code: 'Timeout', operation: 'put' });
    at = have;
  }
}
