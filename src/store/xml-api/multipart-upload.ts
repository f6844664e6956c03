/**
 * Uploads in parts that can be taken up again: `ObjectStore.multipart` and `listUploads`. Loaded on use.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import { prepareHash } from '../../integrity/hasher.ts';
import { multipartEtag } from '../../integrity/s3-etag.ts';
import type {
  AbortOptions,
  ListUploadsOptions,
  MultipartOptions,
  MultipartUpload,
  OpenUpload,
  PutResult,
  SendPartOptions,
  SentPartResult,
  UploadedPart,
} from '../../types.ts';
import { checkKey } from '../../url/key.ts';
import { linkSignals, throwIfAborted } from '../../util/abort.ts';
import { toBase64, toHex } from '../../util/base64.ts';
import { checksumIn, headersFromPut, md5HexIn } from '../headers.ts';
import { roomOf } from '../in-flight.ts';
import { maxPartBytes, maxParts } from '../part-plan.ts';
import { checksumFor, checksumsOf, type SentChecksum } from './checksums.ts';
import { conditionsFromPut } from './conditions.ts';
import type { XmlDriver } from './driver.ts';
import { headFully } from './get.ts';
import { completionOf, crcOf, resultOfUpload, sumOf, type SentPart, type Sum } from './multipart.ts';
import { sendPartBytes } from './parts-upload.ts';
import { beginVerified, completeUpload, isBegunWith, removeUpload, textOf, type CompletedUpload } from './upload-calls.ts';
import { checkXml, xmlBlocks, xmlField } from './xml.ts';

/** How often a completion whose answer was lost is asked for. */
const completions = 3;

const refuse = (what: string, key: string): CloudError => new CloudError(what, { code: 'InvalidArgument', operation: 'put', key });

/** Whether a completion may have been done though its answer is an error. A page cannot tell a connection that broke from a refusal. */
const mayBeDone = ({ retryable, code, providerCode }: CloudError): boolean =>
  retryable || code === 'CorsOrNetwork' || providerCode === 'NoSuchUpload';

/** The parts in one page of a listing. */
function* partsIn(xml: string): Generator<UploadedPart> {
  for (const block of xmlBlocks(xml, 'Part')) {
    const [number, sizeBytes] = [Number(xmlField(block, 'PartNumber')), Number(xmlField(block, 'Size'))];
    if (!(number >= 1) || !(sizeBytes >= 0))
      throw new CloudError('a part has no number or size', { code: 'InvalidResponse', operation: 'put' });
    const etag = xmlField(block, 'ETag');
    const [crc32c, crc64nvme] = [xmlField(block, 'ChecksumCRC32C'), xmlField(block, 'ChecksumCRC64NVME')];
    yield { number, sizeBytes, ...(etag && { etag }), ...(crc32c && { crc32c }), ...(crc64nvme && { crc64nvme }) };
  }
}

/** What there is of an upload. */
interface PartsListed {
  parts: UploadedPart[];
  /** The checksum with which it was begun, where the service tells. */
  algorithm: string | undefined;
}

async function listParts(driver: XmlDriver, key: string, uploadId: string, { signal }: AbortOptions): Promise<PartsListed> {
  const parts: UploadedPart[] = [];
  for (let marker = ''; ;) {
    const query: Record<string, string> = marker ? { uploadId, 'part-number-marker': marker } : { uploadId };
    const response = await driver.send({ method: 'GET', headers: {}, key, query }, { operation: 'put', key, signal });
    const xml = checkXml(await textOf(response), 'ListPartsResult');
    parts.push(...partsIn(xml));
    const next = xmlField(xml, 'NextPartNumberMarker');
    if (xmlField(xml, 'IsTruncated') !== 'true') return { parts, algorithm: xmlField(xml, 'ChecksumAlgorithm') };
    if (!next || Number(next) <= Number(marker))
      throw new CloudError('the list of parts repeats itself', { code: 'InvalidResponse', operation: 'put', key });
    marker = next;
  }
}

/** `ObjectStore.listUploads`. */
export async function* listUploads(driver: XmlDriver, options: ListUploadsOptions = {}): AsyncGenerator<OpenUpload[]> {
  const { prefix, signal } = options;
  const seen = new Set<string>();
  for (let from: Record<string, string> = {}; ;) {
    const query: Record<string, string> = { uploads: '', ...from, ...(prefix && { prefix }) };
    const response = await driver.send({ method: 'GET', headers: {}, key: '', query }, { operation: 'list', signal });
    const xml = checkXml(await textOf(response), 'ListMultipartUploadsResult');
    const page: OpenUpload[] = [];
    for (const block of xmlBlocks(xml, 'Upload')) {
      const [key, id, begun] = [xmlField(block, 'Key'), xmlField(block, 'UploadId'), xmlField(block, 'Initiated')];
      if (key !== undefined && id !== undefined && key.startsWith(prefix ?? ''))
        page.push({ key, id, ...(begun && { begun: new Date(begun) }) });
    }
    yield page;
    if (xmlField(xml, 'IsTruncated') !== 'true') return;
    const [key, id = ''] = [xmlField(xml, 'NextKeyMarker'), xmlField(xml, 'NextUploadIdMarker')];
    if (!key)
      throw new CloudError('the list of uploads breaks off: there is more of it, and no marker', {
        code: 'InvalidResponse',
        operation: 'list',
      });
    from = { 'key-marker': key, 'upload-id-marker': id };
    const at = JSON.stringify(from);
    if (seen.has(at)) throw new CloudError('the list of uploads repeats itself', { code: 'InvalidResponse', operation: 'list' });
    seen.add(at);
  }
}

/** Whether a part that the store has is made of these bytes; undefined where nothing tells. */
function isOf(
  part: UploadedPart,
  sizeBytes: number,
  sums: readonly Pick<SentChecksum, 'hash' | 'digest'>[],
  etagIsMd5: boolean,
): boolean | undefined {
  if (part.sizeBytes !== sizeBytes) return false;
  for (const { hash, digest } of sums) {
    const told = hash === 'crc32c' ? part.crc32c : hash === 'crc64nvme' ? part.crc64nvme : undefined;
    if (told !== undefined) return told === toBase64(digest);
    const md5 = hash === 'md5' ? md5HexIn(`"${part.etag?.replaceAll('"', '')}"`) : undefined;
    if (md5 && md5 === toHex(digest)) return true;
    if (md5 && etagIsMd5) return false;
  }
  return undefined;
}

/** `ObjectStore.multipart`. */
export async function openMultipart(driver: XmlDriver, key: string, options: MultipartOptions = {}): Promise<MultipartUpload> {
  checkKey(key, { http: true });
  const { dialect } = driver.init;
  const known = checksumsOf(dialect.checksums, options);
  const start = { headers: headersFromPut(options, dialect), checksums: known, signal: options.signal };
  const { id, checksums: begun } = options.id === undefined ? await beginVerified(driver, key, start) : { id: options.id };
  let checksums = begun ?? known;
  if (checksums.combined) await prepareHash(checksums.combined);
  /** An upload that is taken up may have been begun with a checksum that the service had shown. */
  let isKnown = begun !== undefined || !known.shown;
  const parts = new Map<number, SentPart>();
  const inFlight = new Set<Promise<unknown>>();
  const ended = linkSignals();
  /** Parts that were cut off may still arrive. */
  let cut = false;

  /** The parts that there are; and what the others are to be sent with, if that is not known. */
  async function list(signal: AbortSignal | undefined): Promise<UploadedPart[]> {
    const { parts: listed, algorithm } = await listParts(driver, key, id, { signal });
    const told = isKnown ? undefined : Object.values(known.shown ?? {}).find((by) => isBegunWith(by, algorithm));
    if (told) {
      await prepareHash(told.combined!);
      checksums = told;
    }
    isKnown = true;
    return listed;
  }

  async function keep(number: number, bytes: Uint8Array, stored: UploadedPart): Promise<SentPart | undefined> {
    const md5 = checksums.part === 'content-md5' ? undefined : await checksumFor('content-md5', bytes);
    const sent = await checksumFor(checksums.part, bytes);
    const same = isOf(stored, bytes.length, md5 ? [sent, md5] : [sent], dialect.etagIsMd5 && !dialect.managedKeys);
    if (same === false)
      throw new CloudError(`part ${number} of ${key} was sent with other bytes`, { code: 'ObjectChanged', operation: 'put', key });
    if (!same || !stored.etag) return undefined;
    return { etag: stored.etag, hash: sent.hash, digest: sent.digest, sizeBytes: bytes.length, crc: crcOf(checksums, sent, bytes) };
  }

  async function send(number: number, bytes: Uint8Array, { stored, blob, signal }: SendPartOptions): Promise<SentPartResult> {
    if (!isKnown) await list(signal);
    let part = stored && (await keep(number, bytes, stored));
    const sent = !part;
    if (!part) {
      throwIfAborted(signal);
      const place = { number, query: { partNumber: String(number), uploadId: id }, signal };
      const { etag = '', hash, digest } = await sendPartBytes(driver, key, bytes, { ...place, blob, checksum: checksums.part });
      part = { etag, hash, digest, sizeBytes: bytes.length, crc: crcOf(checksums, { hash, digest }, bytes) };
    }
    parts.set(number, part);
    return { number, sizeBytes: bytes.length, etag: part.etag || undefined, sent };
  }

  /** Fills in ETags that a page was not shown: a list of parts is a body, and needs no leave. */
  async function showEtags(all: readonly SentPart[], signal: AbortSignal | undefined): Promise<void> {
    if (all.every(({ etag }) => etag)) return;
    const listed = new Map((await listParts(driver, key, id, { signal })).parts.map((part) => [part.number, part]));
    for (const [index, part] of all.entries()) {
      const stored = listed.get(index + 1);
      // what is listed is what was sent: the store compared its checksum, unless somebody else has replaced the part since
      if (!stored?.etag || isOf(stored, part.sizeBytes, [part], dialect.etagIsMd5 && !dialect.managedKeys) === false)
        throw new CloudError(`part ${index + 1} of ${key} is not what was sent`, { code: 'IntegrityError', operation: 'put', key });
      part.etag ||= stored.etag;
    }
  }

  /** What there is of an upload whose completion was not answered: the result, or undefined when it is still to be completed. */
  async function afterwards(sum: Sum, error: unknown, signal: AbortSignal | undefined): Promise<PutResult | undefined> {
    try {
      await listParts(driver, key, id, { signal });
      return undefined;
    } catch (gone) {
      if (!isCloudError(gone, 'NotFound')) throw error;
    }
    const found = await headFully(driver, key, { signal });
    const isByMd5 = sum.parts.every(({ hash }) => hash === 'md5');
    const { combined } = sum.checksums;
    const etag = found?.info.etag?.replaceAll('"', '');
    // the headers: what is told of an object knows no CRC64NVME, which is what AWS is sent
    const told = found && combined && checksumIn(found.headers, combined);
    const isOurs = isByMd5
      ? etag === multipartEtag(sum.parts.map(({ digest }) => digest))
      : sum.crc && told && told.replace(/=+$/, '') === toBase64(sum.crc).replace(/=+$/, '');
    if (!found || !isOurs || found.info.sizeBytes !== sum.sizeBytes) throw error;
    const { info } = found;
    const { sizeBytes, versionId, generation, metageneration, crc32c } = info;
    return { key, sizeBytes, etag: info.etag, crc32c, versionId, generation, metageneration };
  }

  const upload: MultipartUpload = {
    key,
    id,
    inOrder: false,
    buffer: (sizeBytes, o) => roomOf(driver.wire.context).buffer(sizeBytes, o),
    listParts: ({ signal } = {}) => list(signal),

    async sendPart(number, bytes, o = {}) {
      if (!(Number.isInteger(number) && number >= 1 && number <= maxParts)) throw refuse('parts are numbered from 1 to 10,000', key);
      if (bytes.length > maxPartBytes) throw refuse('a part has 5 GiB at most', key);
      throwIfAborted(ended.signal);
      const link = linkSignals(o.signal, ended.signal);
      const sending = send(number, bytes, { ...o, signal: link.signal });
      inFlight.add(sending);
      try {
        return await sending;
      } catch (error) {
        cut = true;
        throw error;
      } finally {
        inFlight.delete(sending);
        link.unlink();
      }
    },

    async complete({ signal } = {}) {
      throwIfAborted(ended.signal);
      throwIfAborted(signal);
      const all = Array.from({ length: parts.size }, (_, i) => parts.get(i + 1));
      if (all.length === 0 || all.includes(undefined)) throw refuse('a part is missing', key);
      await showEtags(all as SentPart[], signal);
      const sum = sumOf(all as SentPart[], checksums);
      const completion = completionOf(sum, conditionsFromPut(options, dialect));
      for (let attempt = 1; ; attempt++) {
        let completed: CompletedUpload;
        try {
          completed = await completeUpload(driver, key, id, { completion, replaces: options.ifMatch !== undefined, signal });
        } catch (error) {
          if (signal?.aborted) await upload.abort();
          if (!isCloudError(error) || signal?.aborted || !mayBeDone(error)) throw error;
          const result = await afterwards(sum, error, signal);
          if (result) return result;
          if (attempt >= completions) throw error;
          continue;
        }
        return await resultOfUpload(driver, key, completed, sum, { signal });
      }
    },

    async abort({ signal } = {}) {
      if (inFlight.size) cut = true;
      ended.abort(new DOMException('the upload was aborted', 'AbortError'));
      await Promise.allSettled(inFlight);
      await removeUpload(driver, key, id, { signal });
      // parts that were on their way may have come after that
      for (let tries = 0; cut && tries < 3; tries++) {
        try {
          await listParts(driver, key, id, { signal });
        } catch (error) {
          if (isCloudError(error, 'NotFound')) return;
          throw error;
        }
        await removeUpload(driver, key, id, { signal });
      }
    },
  };
  return upload;
}
