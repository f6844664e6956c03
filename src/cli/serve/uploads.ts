/**
 * Uploads in parts. What was sent so far is below `.anyfile.serve/uploads/ID`, so that an upload goes on after a restart.
 *
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { invalidArgument, malformedXml, notImplemented, S3Error } from './errors.ts';
import { sourceOf, type Work } from './objects.ts';
import { openPayload, plainPayload, type Payload } from './payload.ts';
import { aboutFrom, checksumHeaders, checkWrite, numberIn, xmlReply, type Reply } from './reply.ts';
import { readSmall } from './request.ts';
import type { About, Shelf } from './shelf.ts';
import { blocks, element, field } from './xml.ts';

interface Upload extends About {
  key: string;
  initiated: string;
}

interface Part {
  number: number;
  etag: string;
  sizeBytes: number;
  checksums: Record<string, string>;
  modified: string;
}

/** The smallest part but the last, in bytes: S3's own. */
const minPartBytes = 5 << 20;
const maxParts = 10_000;

const noSuchUpload = (): S3Error => new S3Error(404, 'NoSuchUpload', 'The upload does not exist: it was completed, or aborted');
const nameOf = (part: number): string => String(part).padStart(5, '0');
const folderOf = (id: string): string => `uploads/${id}`;

async function readJson<T>(shelf: Shelf, key: string): Promise<T | undefined> {
  return (await (await shelf.state.get(key))?.json()) as T | undefined;
}

/** The upload that a request names. */
async function find({ request, shelf }: Work): Promise<{ id: string; upload: Upload }> {
  const id = request.query.get('uploadId') ?? '';
  const upload = /^[\da-f]{32}$/.test(id) ? await readJson<Upload>(shelf, `${folderOf(id)}/upload.json`) : undefined;
  if (upload?.key !== request.key) throw noSuchUpload();
  return { id, upload };
}

/** Parts that were sent, in order. */
async function partsOf(shelf: Shelf, id: string): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const page of shelf.state.list({ prefix: `${folderOf(id)}/` })) {
    for (const { key } of page.objects) {
      const part = /\/\d{5}\.json$/.test(key) ? await readJson<Part>(shelf, key) : undefined;
      if (part) parts.push(part);
    }
  }
  return parts.sort((a, b) => a.number - b.number);
}

const forget = (shelf: Shelf, id: string): Promise<void> => fs.rm(join(shelf.stateFolder, 'uploads', id), { recursive: true, force: true });

/** POST ?uploads */
export async function createUpload({ request, shelf, bucket }: Work): Promise<Reply> {
  const { key } = request;
  if (key.endsWith('/')) throw invalidArgument('Folders are no objects here: they come with the objects in them');
  // a key that can be no file is refused before anything is sent
  await shelf.head(key);
  const id = randomBytes(16).toString('hex');
  const upload: Upload = { key, initiated: new Date().toISOString(), ...aboutFrom(request) };
  await shelf.state.put(`${folderOf(id)}/upload.json`, JSON.stringify(upload));
  return xmlReply('InitiateMultipartUploadResult', element('Bucket', bucket) + element('Key', key) + element('UploadId', id));
}

/** Keep one part; another of its number is replaced. */
async function keepPart(work: Work, id: string, payload: Payload): Promise<Part> {
  const { request, shelf } = work;
  const number = Number(request.query.get('partNumber'));
  if (!Number.isSafeInteger(number) || number < 1 || number > maxParts) throw invalidArgument(`partNumber must be from 1 to ${maxParts}`);
  const key = `${folderOf(id)}/${nameOf(number)}`;
  const temporary = `${key}.${randomBytes(8).toString('hex')}`;
  let failure: { error: unknown } | undefined;
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* payload.chunks;
    } catch (error) {
      failure = { error };
      throw error;
    }
  }
  try {
    await shelf.state.put(temporary, chunks());
  } catch (error) {
    throw failure ? failure.error : error;
  }
  return shelf.lock(`upload ${id}`, async () => {
    try {
      // it may have been completed or aborted while the part was on its way
      await find(work);
      const { md5, sizeBytes, checksums } = payload.digest();
      const part: Part = { number, etag: `"${md5.toString('hex')}"`, sizeBytes, checksums, modified: new Date().toISOString() };
      await shelf.state.delete(`${key}.json`);
      await fs.rename(join(shelf.stateFolder, temporary), join(shelf.stateFolder, key));
      await shelf.state.put(`${key}.json`, JSON.stringify(part));
      return part;
    } catch (error) {
      await shelf.state.delete(temporary);
      throw error;
    }
  });
}

/** PUT ?partNumber&uploadId, of bytes or of a range of another object. */
export async function uploadPart(work: Work): Promise<Reply> {
  const { request, verified, shelf } = work;
  const { id } = await find(work);
  if (request.headers['x-amz-copy-source'] === undefined) {
    const part = await keepPart(work, id, openPayload(request, verified));
    return { status: 200, headers: { etag: part.etag, ...checksumHeaders(part.checksums) } };
  }
  const source = await sourceOf(work);
  const asked = request.headers['x-amz-copy-source-range'];
  const match = /^bytes=(\d+)-(\d+)$/.exec(asked ?? `bytes=0-${source.stored.sizeBytes - 1}`);
  const [start, end] = [Number(match?.[1]), Number(match?.[2]) + 1];
  if (asked !== undefined && (!match || start >= end || end > source.stored.sizeBytes))
    throw invalidArgument('x-amz-copy-source-range is not within the source');
  const opened = await shelf.open(source.key, source.stored.sizeBytes > 0 ? { start, end } : undefined);
  if (opened?.stored.etag !== source.stored.etag) throw new S3Error(409, 'ConditionalRequestConflict', 'The source changed meanwhile');
  const part = await keepPart(work, id, plainPayload(opened.body.stream()));
  return xmlReply('CopyPartResult', element('LastModified', part.modified) + element('ETag', part.etag));
}

/** POST ?uploadId: the object is there, whole, when this is answered. */
export async function completeUpload(work: Work): Promise<Reply> {
  const { request, verified, shelf, bucket } = work;
  const text = await readSmall(openPayload(request, verified).chunks, 8 << 20);
  const asked = [...blocks(text, 'Part')].map((one) => ({
    number: Number(field(one, 'PartNumber')),
    etag: (field(one, 'ETag') ?? '').replaceAll('"', ''),
  }));
  if (asked.length === 0 || asked.length > maxParts) throw malformedXml();
  const id = request.query.get('uploadId') ?? '';
  return shelf.lock(`upload ${id}`, async () => {
    const { upload } = await find(work);
    const sent = new Map((await partsOf(shelf, id)).map((part) => [part.number, part]));
    const chosen: Part[] = [];
    if (asked.some(({ number }, i) => i > 0 && number <= asked[i - 1]!.number))
      throw new S3Error(400, 'InvalidPartOrder', 'Parts must be named in ascending order');
    for (const [i, { number, etag }] of asked.entries()) {
      const part = sent.get(number);
      if (!part || part.etag !== `"${etag}"`)
        throw new S3Error(400, 'InvalidPart', 'A part was not sent, or is another one', { PartNumber: String(number) });
      if (i < asked.length - 1 && part.sizeBytes < minPartBytes)
        throw new S3Error(400, 'EntityTooSmall', 'A part that is not the last is smaller than 5 MiB', { PartNumber: String(number) });
      chosen.push(part);
    }
    const md5 = createHash('md5');
    for (const { etag } of chosen) md5.update(Buffer.from(etag.replaceAll('"', ''), 'hex'));
    const etag = `"${md5.digest('hex')}-${chosen.length}"`;
    async function* bytes(): AsyncGenerator<Uint8Array, void, undefined> {
      for (const part of chosen) {
        const found = await shelf.state.get(`${folderOf(id)}/${nameOf(part.number)}`);
        if (found?.sizeBytes !== part.sizeBytes) throw new S3Error(400, 'InvalidPart', 'A part is not what was sent');
        yield* found.stream() as unknown as AsyncIterable<Uint8Array>;
      }
    }
    const wanted = Object.entries(request.headers).flatMap(([name, value]) => {
      const found = /^x-amz-checksum-(crc32|crc32c|crc64nvme)$/.exec(name)?.[1];
      // those of parts' checksums, `…-N`, are of the client's own making
      return found && !value.includes('-') ? [[found, value] as const] : [];
    });
    const payload = plainPayload(
      bytes(),
      wanted.map(([name]) => name),
    );
    const condition = (now: Parameters<typeof checkWrite>[1]): void => {
      const { checksums } = payload.digest();
      for (const [name, value] of wanted)
        if (checksums[name] !== value) throw new S3Error(400, 'BadDigest', `The ${name} of the object is another one`);
      checkWrite(request, now);
    };
    const { headers, metadata } = upload;
    const stored = await shelf.put(upload.key, payload, { headers, metadata }, { condition, etag });
    await forget(shelf, id);
    return xmlReply(
      'CompleteMultipartUploadResult',
      element('Bucket', bucket) + element('Key', upload.key) + element('ETag', stored.etag),
      checksumHeaders(stored.checksums ?? {}),
    );
  });
}

/** DELETE ?uploadId */
export async function abortUpload(work: Work): Promise<Reply> {
  const { id } = await find(work);
  await work.shelf.lock(`upload ${id}`, () => forget(work.shelf, id));
  return { status: 204, headers: {} };
}

/** GET ?uploadId */
export async function listParts(work: Work): Promise<Reply> {
  const { request, shelf, bucket } = work;
  const { id, upload } = await find(work);
  const max = numberIn(request.query, 'max-parts', 1000);
  const after = Number(request.query.get('part-number-marker') ?? 0);
  const rest = (await partsOf(shelf, id)).filter(({ number }) => number > after);
  const shown = rest.slice(0, max);
  const parts = shown.map(
    ({ number, etag, sizeBytes, modified }) =>
      `<Part>${element('PartNumber', number)}${element('LastModified', modified)}${element('ETag', etag)}${element('Size', sizeBytes)}</Part>`,
  );
  return xmlReply(
    'ListPartsResult',
    element('Bucket', bucket) +
      element('Key', upload.key) +
      element('UploadId', id) +
      element('PartNumberMarker', after) +
      element('NextPartNumberMarker', shown.at(-1)?.number ?? after) +
      element('MaxParts', max) +
      element('IsTruncated', rest.length > shown.length) +
      parts.join(''),
  );
}

/** GET ?uploads of the bucket: by key, then by upload. */
export async function listUploads({ request, shelf, bucket }: Work): Promise<Reply> {
  const { query } = request;
  if (query.get('delimiter')) throw notImplemented('The delimiter of a listing of uploads');
  const max = numberIn(query, 'max-uploads', 1000);
  const [prefix, keyMarker, idMarker] = [query.get('prefix') ?? '', query.get('key-marker') ?? '', query.get('upload-id-marker') ?? ''];
  const found: (Upload & { id: string })[] = [];
  for await (const page of shelf.state.list({ prefix: 'uploads/' })) {
    for (const { key } of page.objects) {
      const id = /^uploads\/([\da-f]{32})\/upload\.json$/.exec(key)?.[1];
      const upload = id && (await readJson<Upload>(shelf, key));
      if (id && upload) found.push({ id, ...upload });
    }
  }
  const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const rest = found
    .filter(({ key }) => key.startsWith(prefix))
    .sort((a, b) => compare(a.key, b.key) || compare(a.id, b.id))
    .filter(({ key, id }) => keyMarker === '' || compare(key, keyMarker) > 0 || (key === keyMarker && idMarker !== '' && id > idMarker));
  const shown = rest.slice(0, max);
  const truncated = rest.length > shown.length;
  const last = shown.at(-1);
  const uploads = shown.map(
    ({ key, id, initiated }) => `<Upload>${element('Key', key)}${element('UploadId', id)}${element('Initiated', initiated)}</Upload>`,
  );
  return xmlReply(
    'ListMultipartUploadsResult',
    element('Bucket', bucket) +
      element('Prefix', prefix) +
      element('KeyMarker', keyMarker) +
      element('UploadIdMarker', idMarker) +
      (truncated && last ? element('NextKeyMarker', last.key) + element('NextUploadIdMarker', last.id) : '') +
      element('MaxUploads', max) +
      element('IsTruncated', truncated) +
      uploads.join(''),
  );
}
