/**
 * `ObjectStore.multipart` over a resumable session: for bearer tokens where the XML API is out of reach. Parts go one after another. Loaded on use.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import { combineCrc } from '../../integrity/combine.ts';
import { digestOf, prepareHash } from '../../integrity/hasher.ts';
import type { MultipartOptions, MultipartUpload, PutResult } from '../../types.ts';
import { linkSignals, throwIfAborted } from '../../util/abort.ts';
import { toBase64 } from '../../util/base64.ts';
import { answered } from '../answered.ts';
import type { GcsDriver } from './json.ts';
import { checkStored, resultOf, takeBackGeneration } from './write.ts';
import { roomOf } from '../in-flight.ts';
import { bytesKept, grain, openSession, sendChunk, sessionAt } from './write-session.ts';

/** `ObjectStore.multipart`. The conditions hold for the session: they are those that it was begun with. */
export async function openSessionUpload(driver: GcsDriver, key: string, options: MultipartOptions = {}): Promise<MultipartUpload> {
  const refuse = (what: string): CloudError => new CloudError(what, { code: 'InvalidArgument', operation: 'put', key });
  const { id, partBytes } = options;
  if (id !== undefined && (!partBytes || !id.startsWith('/upload/')))
    throw refuse('a session is taken up by its own id and the size of its parts');
  await prepareHash('crc32c');
  const session = id === undefined ? await openSession(driver, key, options) : sessionAt(driver, key, id);
  const ended = linkSignals();
  /** Bytes of the parts that were sent or were there. */
  let offset = 0;
  let number = 0;
  /** Bytes that the server has, as it said. */
  let have = 0;
  let crc: Uint8Array | undefined;
  /** The last part, when it has a size that only the last one may have. */
  let rest: Uint8Array | undefined;
  let busy: Promise<unknown> | undefined;

  const upload: MultipartUpload = {
    key,
    id: session.id,
    inOrder: true,
    buffer: (sizeBytes, o) => roomOf(driver.wire.context).buffer(sizeBytes, o),

    async listParts({ signal } = {}) {
      if (!partBytes) throw refuse('which parts are there can be told only by their size: the option partBytes');
      let answer: number | undefined;
      try {
        const response = await session.put(new Uint8Array(0), 'bytes */*', { signal });
        await response.body.cancel();
        answer = bytesKept(response);
      } catch (error) {
        if (!isCloudError(error) || ![404, 410, 499].includes(error.status ?? 0)) throw error;
      }
      if (answer === undefined) throw new CloudError('there is no such upload any more', { code: 'NotFound', operation: 'put', key });
      have = answer;
      return Array.from({ length: Math.floor(have / partBytes) }, (_, i) => ({ number: i + 1, sizeBytes: partBytes }));
    },

    async sendPart(which, bytes, { stored, signal } = {}) {
      throwIfAborted(ended.signal);
      if (which !== number + 1 || busy || rest) throw refuse('parts of this upload go one after another');
      const own = digestOf('crc32c', bytes);
      const link = linkSignals(signal, ended.signal);
      try {
        // the caller may fill his buffer again
        if (bytes.length % grain) rest = bytes.slice();
        else if (!stored || stored.sizeBytes !== bytes.length) {
          // what an earlier process sent of it is there
          const from = Math.min(Math.max(have, offset), offset + bytes.length);
          const sending = sendChunk(session, bytes, { offset, from, last: false, signal: link.signal });
          busy = sending;
          await sending;
        }
      } finally {
        busy = undefined;
        link.unlink();
      }
      number = which;
      offset += bytes.length;
      crc = crc ? combineCrc('crc32c', crc, own, bytes.length) : own;
      return { number, sizeBytes: bytes.length, crc32c: toBase64(own), sent: !stored };
    },

    async complete({ signal } = {}) {
      throwIfAborted(ended.signal);
      throwIfAborted(signal);
      if (!crc) throw refuse('a part is missing');
      const last = rest ?? new Uint8Array(0);
      const from = Math.min(Math.max(have, offset - last.length), offset);
      const finish = async (own: AbortSignal): Promise<PutResult> => {
        const object = await sendChunk(session, last, { offset: offset - last.length, from, last: true, signal: own });
        if (!object) throw new CloudError('the upload session did not end', { code: 'InvalidResponse', operation: 'put', key });
        return resultOf(key, object);
      };
      const undo = async (result: PutResult): Promise<void> => {
        if (options.ifMatch === undefined) await takeBackGeneration(driver, result);
      };
      try {
        return await checkStored(driver, await answered(finish, undo, signal), toBase64(crc));
      } catch (error) {
        if (signal?.aborted) await upload.abort();
        throw error;
      }
    },

    async abort() {
      ended.abort(new DOMException('the upload was aborted', 'AbortError'));
      await busy?.catch(() => {});
      await session.cancel();
    },
  };
  return upload;
}
