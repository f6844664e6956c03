/**
 * Files read to their end for their checksums, keeping nothing.
 *
 * @module
 */
import { isCloudError } from '../index.ts';
import { ItemError, type Task } from './io.ts';

/** What takes bytes in any pieces. */
export interface Sink {
  update(bytes: Uint8Array): void;
}

/** What reading showed, beside what the sinks hold. */
export interface Through<T> {
  sinks: T;
  sizeBytes: number;
  /** The store tells a checksum, and it holds. */
  verified: boolean;
}

/**
 * Read the stored bytes of a file.
 *
 * @param make gives the sinks, anew for each attempt
 * @throws CloudError `IntegrityError`: its checksum does not hold, twice
 * @throws ItemError it is not there any more
 */
export async function readThrough<T extends readonly Sink[]>(
  { session, signal }: Task,
  root: string,
  key: string,
  make: () => T,
): Promise<Through<T>> {
  for (let last = false; ; last = true) {
    const result = await session.store(root).get(key, { signal });
    if (!result) throw new ItemError('does not exist any more');
    const sinks = make();
    let sizeBytes = 0;
    try {
      for await (const chunk of result.stream()) {
        for (const sink of sinks) sink.update(chunk);
        sizeBytes += chunk.length;
      }
    } catch (error) {
      if (!last && isCloudError(error, 'IntegrityError')) continue;
      throw error;
    } finally {
      await result[Symbol.asyncDispose]();
    }
    return { sinks, sizeBytes, verified: result.verified };
  }
}
