/**
 * What a reader asks a store: ranges of one object, counted.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import { shownKey } from '../../store/shown-key.ts';
import type { GetOptions, GetResult, ObjectInfo, ObjectStore } from '../../types.ts';
import { asyncDispose } from '../../util/dispose.ts';
import { infoOf } from '../object/versions.ts';
import type { ByteSpan } from './layout.ts';

/** What came back: bytes from `start` on. */
export interface Answer {
  readonly info: ObjectInfo;
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** What was asked. */
export interface AskingCounts {
  requests: number;
  bytesFetched: number;
  rounds: number;
}

/** Asks for ranges of one object. */
export interface Asking {
  /**
   * One range, of whatever the object is.
   *
   * @param accept is asked before the bytes are read; what it throws ends the call
   * @returns null when there is no such object
   */
  range(span: ByteSpan, options: GetOptions, accept?: (info: ObjectInfo) => void): Promise<Answer | null>;
  /** The beginning, or another part to begin with; also of what is empty. */
  first(span: ByteSpan, signal: AbortSignal | undefined): Promise<Answer | null>;
}

/** Make what asks. `common` goes with every request. */
export function createAsking(store: ObjectStore, key: string, counts: AskingCounts, common: GetOptions): Asking {
  const shown = shownKey(store.url, key);
  let running = 0;

  async function ask(options: GetOptions, accept?: (info: ObjectInfo) => void): Promise<Answer | null> {
    if (running++ === 0) counts.rounds++;
    counts.requests++;
    let result: GetResult | null = null;
    try {
      result = await store.get(key, { ...common, ...options });
      if (!result) return null;
      const info = { ...infoOf(result), sizeBytes: result.totalBytes };
      accept?.(info);
      const bytes = await result.bytes();
      counts.bytesFetched += bytes.length;
      return { info, start: result.range.start, bytes };
    } catch (error) {
      await result?.[asyncDispose]();
      throw error;
    } finally {
      running--;
    }
  }

  return {
    range: (span, options, accept) => ask({ ...options, range: span }, accept),
    async first(span, signal) {
      try {
        return await ask({ range: span, signal });
      } catch (error) {
        if (!isCloudError(error, 'RangeNotSatisfiable')) throw error;
      }
      if (span.start > 0) return await this.first({ start: 0, end: span.end - span.start }, signal);
      // it has no byte to begin with, and that refusal told nothing else of it
      return await ask({ signal }, ({ sizeBytes }) => {
        if (sizeBytes > 0)
          throw new CloudError(`${shown} is being written`, { code: 'ObjectChanged', retryable: true, operation: 'read', key: shown });
      });
    },
  };
}
