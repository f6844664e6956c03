/**
 * One upload under way.
 *
 * @module
 */
import { sendsLikeAPage } from '#platform';
import { CloudError, isCloudError, type ErrorCode } from '../errors.ts';
import { answered } from '../store/answered.ts';
import { planParts, type PartPlan } from '../store/part-plan.ts';
import type { MultipartUpload, ObjectStore, PutOptions, PutResult, SentPartResult, UploadedPart } from '../types.ts';
import { delay, linkSignals, throwIfAborted } from '../util/abort.ts';
import { createByteRoom } from '../util/byte-room.ts';
import { mapParallel } from '../util/parallel.ts';
import { createWatched } from './progress.ts';
import type { OpenSource } from './source.ts';
import type { UploadJob, UploadProgress, UploadRecord, UploadRecords } from './types.ts';

/** What a job is made of. */
export interface JobInit {
  readonly id: string;
  readonly store: ObjectStore;
  readonly key: string;
  /** Opened by the job, closed by it too. */
  source(signal: AbortSignal): Promise<OpenSource>;
  readonly options: Omit<PutOptions, 'signal' | 'sizeBytes'>;
  readonly partBytes: number;
  readonly concurrency: number;
  readonly records?: UploadRecords | undefined;
  /** One that is taken up again. */
  readonly record?: UploadRecord | undefined;
  /** Lets go of the record. */
  readonly release?: (() => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** After these there is nothing to be taken up again. */
const hopeless: ReadonlySet<ErrorCode> = new Set([
  'ObjectChanged',
  'IntegrityError',
  'PreconditionFailed',
  'InvalidArgument',
  'NotSupported',
]);

/**
 * How often a part is sent again beyond what the client does by itself: what was damaged on its way and so refused, and what broke off in a page, which
 * cannot tell that from a refusal.
 */
const partTries: Partial<Record<ErrorCode, number>> = { IntegrityError: 1, CorsOrNetwork: 4 };

/** How often a file is looked at while it is sent, in ms. */
const lookMs = 3000;

const plain = (): DOMException => new DOMException('the upload was aborted', 'AbortError');

/** Sends a file's Blob, and looks every few seconds whether the file is still there: Firefox waits for ever for one that is gone. */
async function whileThere<T>(source: OpenSource, end: number, send: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  const link = linkSignals(signal);
  const look = (): void => void source.read(end - 1, end, { signal: link.signal }).catch((error: unknown) => link.abort(error));
  const timer = setInterval(look, lookMs);
  try {
    return await send(link.signal);
  } finally {
    clearInterval(timer);
    link.unlink();
  }
}

/** Starts an upload. */
export function startJob(init: JobInit): UploadJob {
  const { id, store, key, records } = init;
  /** Aborted: nothing is to be left. */
  const ending = linkSignals(init.signal);
  /** Aborted or paused: nothing more is to be sent. */
  const working = linkSignals(ending.signal);
  const nothing: UploadProgress = { sentBytes: 0, totalBytes: 0, parts: 0, totalParts: 0 };
  let now = nothing;
  const progress = createWatched<UploadProgress>(nothing);
  const set = (next: UploadProgress): void => progress.set((now = next));
  let completing = false;
  let release = init.release;
  let cleaning: { error: unknown } | undefined;

  /** Removes what was stored though nobody wants it any more, as long as it is that: a version that was replaced is not to be had back. */
  async function takeAway({ etag, generation }: PutResult): Promise<void> {
    const version = generation ?? etag;
    if (!version || init.options.ifMatch !== undefined) return;
    const there = await store.head(key).catch(() => null);
    if (version === (there?.generation ?? there?.etag)) await store.delete(key, { ifMatch: version }).catch(() => {});
  }

  /** One request, for what is no larger than a part, and for stores that have nothing else. */
  async function putWhole(source: OpenSource): Promise<PutResult> {
    completing = true;
    const { sizeBytes } = source;
    const { signal } = ending;
    const options = { ...init.options, signal, sizeBytes };
    if (sizeBytes <= init.partBytes) {
      const bytes = await source.read(0, sizeBytes, { signal });
      return answered((own) => store.put(key, bytes, { ...options, signal: own }), takeAway, signal);
    }
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < sizeBytes; at += init.partBytes)
        yield await source.read(at, Math.min(at + init.partBytes, sizeBytes), { signal });
    };
    return store.put(key, pieces(), options);
  }

  /** Begins an upload, or finds the one that is to be taken up; notes it. */
  async function open(source: OpenSource, plan: PartPlan): Promise<{ upload: MultipartUpload; stored: UploadedPart[] }> {
    const { record } = init;
    const { signal } = working;
    if (record) {
      const upload = await store.multipart!(key, { ...record.options, id: record.uploadId, partBytes: plan.partBytes, signal });
      try {
        return { upload, stored: await upload.listParts({ signal }) };
      } catch (error) {
        // the service has thrown it away, or it was completed just before the end: begun anew
        if (!isCloudError(error, 'NotFound')) throw error;
      }
    }
    const fingerprint = record?.fingerprint ?? (records && (await (await import('./source.ts')).fingerprintOf(source, { signal })));
    const upload = await store.multipart!(key, { ...init.options, partBytes: plan.partBytes, signal });
    try {
      if (records && fingerprint) {
        release ??= await records.hold(id);
        const begun = record?.begun ?? new Date();
        const kept = { id, url: store.url, key, begun, fingerprint, source: source.ref };
        await records.put({ ...kept, uploadId: upload.id, partBytes: plan.partBytes, options: init.options });
      }
    } catch (error) {
      await upload.abort().catch(() => {});
      throw error;
    }
    return { upload, stored: [] };
  }

  async function sendParts(source: OpenSource, plan: PartPlan, upload: MultipartUpload, stored: readonly UploadedPart[]): Promise<void> {
    const { sizeBytes } = source;
    const byNumber = new Map(stored.map((part) => [part.number, part]));
    if (stored.some(({ number }) => number > plan.parts))
      throw new CloudError('the store has more parts than the file', { code: 'ObjectChanged', operation: 'put', key });
    /** CORS rules let parts through: then it is the network that fails. */
    let accepted = false;
    // where nobody lends buffers they are still used again: garbage of this size is collected late
    const room: Pick<MultipartUpload, 'buffer'> = upload.buffer ? upload : createByteRoom(Number.MAX_SAFE_INTEGER);
    const send = async (index: number, signal: AbortSignal): Promise<void> => {
      const held = await room.buffer!(plan.partBytes, { signal });
      try {
        // a read may have moved the memory to another buffer
        held.release(new Uint8Array((await sendFrom(held.bytes, index, signal)).buffer));
      } finally {
        // something may still be read from what failed
        held.release(null);
      }
    };
    const sendFrom = async (buffer: Uint8Array<ArrayBuffer>, index: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> => {
      const start = index * plan.partBytes;
      const end = Math.min(start + plan.partBytes, sizeBytes);
      const bytes = await source.read(start, end, { signal, into: buffer });
      const number = index + 1;
      for (let failures = 0; ;) {
        try {
          // once: what was handed over as a file may have failed because that is gone
          const blob = sendsLikeAPage && !failures ? source.slice?.(start, end) : undefined;
          const sending = (own: AbortSignal | undefined): Promise<SentPartResult> =>
            upload.sendPart(number, bytes, { stored: byNumber.get(number), blob, signal: own });
          const { sent } = await (blob ? whileThere(source, end, sending, signal) : sending(signal));
          accepted ||= sent;
          break;
        } catch (error) {
          // where the platform reads the file, its words for one that is gone are many
          if (isCloudError(error) && error.status === undefined && !signal.aborted) await source.read(end - 1, end, { signal });
          if (!isCloudError(error) || upload.inOrder || ++failures > (partTries[error.code] ?? 0)) throw error;
          if (error.code === 'CorsOrNetwork' && !accepted) throw error;
          await delay(500 * failures, signal);
        }
      }
      set({ ...now, sentBytes: now.sentBytes + end - start, parts: now.parts + 1 });
      return bytes;
    };
    const inFlight = new Set<Promise<void>>();
    const tracked = (index: number, _: number, signal: AbortSignal): Promise<void> => {
      const sending = send(index, signal);
      inFlight.add(sending);
      return sending.finally(() => inFlight.delete(sending));
    };
    const numbers = function* (): Generator<number> {
      for (let index = 0; index < plan.parts; index++) yield index;
    };
    const width = upload.inOrder ? 1 : init.concurrency;
    try {
      for await (const _ of mapParallel(numbers(), width, tracked, { signal: working.signal }));
    } finally {
      await Promise.allSettled(inFlight);
    }
  }

  /** Ends the upload at the store, and with it its record. */
  async function clean(upload: MultipartUpload): Promise<void> {
    try {
      await upload.abort();
      await records?.remove(id);
    } catch (error) {
      // the record stays: it is the only thing that knows of what is left
      cleaning = { error };
    }
  }

  async function inParts(source: OpenSource, plan: PartPlan): Promise<PutResult> {
    const { upload, stored } = await open(source, plan);
    try {
      await sendParts(source, plan, upload, stored);
      // a file may have changed behind what was read of it
      if (source.sizeBytes > 0) await source.read(source.sizeBytes - 1, source.sizeBytes, { signal: working.signal });
      throwIfAborted(working.signal);
      completing = true;
      const result = await upload.complete({ signal: ending.signal });
      await records?.remove(id);
      return result;
    } catch (error) {
      const goesOn = records && !ending.signal.aborted && !(isCloudError(error) && hopeless.has(error.code));
      if (!goesOn) await clean(upload);
      throw error;
    }
  }

  async function run(): Promise<PutResult> {
    try {
      const source = await init.source(working.signal);
      try {
        throwIfAborted(working.signal);
        const { sizeBytes } = source;
        if (!store.multipart || (!init.record && sizeBytes <= init.partBytes)) {
          set({ ...nothing, totalBytes: sizeBytes, totalParts: 1 });
          const result = await putWhole(source);
          set({ sentBytes: sizeBytes, totalBytes: sizeBytes, parts: 1, totalParts: 1 });
          return result;
        }
        const plan = planParts(sizeBytes, { partBytes: init.partBytes, minBytes: 1 });
        set({ ...nothing, totalBytes: sizeBytes, totalParts: plan.parts });
        return await inParts(source, plan);
      } finally {
        await source.close();
      }
    } finally {
      await release?.();
      ending.unlink();
      working.unlink();
      progress.end();
    }
  }

  const done = run();
  const settled = done.then(
    () => {},
    () => {},
  );
  return {
    id,
    done,
    progress: { [Symbol.asyncIterator]: () => progress[Symbol.asyncIterator]() },
    async pause() {
      if (!records)
        throw new CloudError('without a journal nothing could be taken up again', { code: 'InvalidArgument', operation: 'put', key });
      done.catch(() => {});
      // it is nearly there, and cannot be stopped in between
      if (!completing) working.abort(new DOMException('the upload is paused', 'AbortError'));
      await settled;
    },
    async abort() {
      done.catch(() => {});
      ending.abort(plain());
      await settled;
      if (cleaning) throw cleaning.error;
    },
  };
}
