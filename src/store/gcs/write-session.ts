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
import { bucketPath, checkStored, crc32cOf, resourceOf, resultOf } from './write.ts';

/**
 * A resumable session: parts in order, each a multiple of 256 KiB; what the server did not keep is sent again. The CRC32C of the whole goes
 * ahead when all bytes are there, so that GCS refuses others; else it is compared with the one in the answer.
 */
export async function putSession(
  driver: GcsDriver,
  key: string,
  content: { first: Uint8Array; rest: AsyncIterator<Uint8Array>; all?: Uint8Array | undefined },
  options: PutOptions,
): Promise<PutResult> {
  const about = { operation: 'put', key, signal: options.signal };
  const { query, headers } = conditionsOf(options);
  await prepareHash('crc32c');
  const known = content.all && (await crc32cOf(content.all));
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
      body: new TextEncoder().encode(JSON.stringify({ ...resourceOf(key, options), crc32c: known })),
    },
    { ...about, idempotent: true },
  );
  await opened.body.cancel();
  const location = opened.headers.get('location');
  if (!location) throw new CloudError('the upload session has no address', { code: 'InvalidResponse', ...about });
  const session = new URL(location);
  const sessionQuery = Object.fromEntries(session.searchParams);
  const hasher = known === undefined ? createHasher('crc32c') : undefined;
  // a page's fetch takes a 308 for a redirect and shows nothing of it
  const no308: Record<string, string> = driver.wire.page ? { 'x-guploader-no-308': 'yes' } : {};
  const put = (body: Uint8Array, range: string, o: AbortOptions): Promise<HttpResponse> =>
    driver.send(
      session.pathname,
      sessionQuery,
      { method: 'PUT', headers: { 'content-range': range, ...no308 }, body },
      { ...about, ...o, accept: (s) => s === 308 || (s >= 200 && s < 300) },
    );
  let offset = 0;
  try {
    let part: Uint8Array = content.first;
    for (;;) {
      const next = await content.rest.next();
      const last = next.done === true;
      hasher?.update(part);
      const result = await sendPart(part, offset, last, put);
      offset += part.length;
      if (result) return await checkStored(driver, resultOf(key, result), known ?? toBase64(hasher!.digest()));
      if (last) throw new CloudError('the upload session did not end', { code: 'InvalidResponse', ...about });
      part = next.value;
    }
  } catch (error) {
    await driver
      .send(session.pathname, sessionQuery, { method: 'DELETE' }, { operation: 'put', key, accept: () => true })
      .then((r) => r.body.cancel())
      .catch(() => {});
    throw error;
  }
}

/** Send one part until the server has all of it. The object when it was the last. */
async function sendPart(
  part: Uint8Array,
  offset: number,
  last: boolean,
  put: (body: Uint8Array, range: string, o: AbortOptions) => Promise<HttpResponse>,
): Promise<GcsObject | undefined> {
  const end = offset + part.length;
  const total = last ? String(end) : '*';
  let at = offset;
  for (let failures = 0; ;) {
    let response: HttpResponse;
    try {
      response = await put(part.subarray(at - offset), at === end ? `bytes */${total}` : `bytes ${at}-${end - 1}/${total}`, {});
    } catch (error) {
      if (!isCloudError(error) || !error.retryable || ++failures > 6) throw error;
      response = await put(new Uint8Array(0), 'bytes */*', {});
    }
    if (response.status !== 308 && response.headers.get('x-http-status-code-override') !== '308') return jsonOf<GcsObject>(response);
    const kept = /^bytes=0-(\d+)$/.exec(response.headers.get('range') ?? '');
    await response.body.cancel();
    const have = kept ? Number(kept[1]) + 1 : 0;
    if (have < offset || have > end)
      throw new CloudError('the upload session lost its place', { code: 'InvalidResponse', operation: 'put' });
    if (have === end && !last) return undefined;
    if (have === at && ++failures > 6) throw new CloudError('the upload session makes no progress', { code: 'Timeout', operation: 'put' });
    at = have;
  }
}
