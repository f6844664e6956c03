/**
 * An object that a worker opened: its bytes come when they are asked for.
 *
 * @module
 */
import { createGetResult } from '../store/result.ts';
import type { ByteSource, GetResult } from '../types.ts';
import { onAbort } from '../util/abort.ts';
import type { PostedResult } from './messages.ts';
import { readAhead } from './read-ahead.ts';
import type { RemoteContext } from './remote-call.ts';

/** Make the result of a read. */
export function remoteResult(its: RemoteContext, id: number, posted: PostedResult, signal: AbortSignal | undefined): GetResult {
  const { info, range, totalBytes } = posted;
  const told = { verified: false, decoded: false };
  let isOver = false;
  let settled = (): void => {};
  /** The worker has let go of it. */
  function over(): void {
    isOver = true;
    off();
    settled();
  }
  function end(because?: { reason: unknown }): void {
    if (isOver) return;
    over();
    its.release(id, because);
  }
  // one that nobody reads would hold its connection
  const off = onAbort(signal, () => queueMicrotask(() => end({ reason: signal?.reason })));
  const pulls = readAhead(() => its.call('pull', { id }, { signal }));
  let left = range.end - range.start;
  async function take(name: 'pull' | 'bytes'): Promise<Uint8Array | null> {
    try {
      const { bytes, verified, decoded } = await (name === 'pull' ? pulls.next() : its.call(name, { id }, { signal }));
      Object.assign(told, { verified, decoded });
      if (!bytes || name === 'bytes') over();
      // as many as are still to come, as far as can be told: who knows how long decoded bytes are
      else if ((left -= bytes.length) > 0) pulls.ahead(left / bytes.length);
      return bytes;
    } catch (error) {
      end(signal?.aborted ? { reason: error } : undefined);
      throw error;
    }
  }
  const source: ByteSource = {
    read: async () => (await take('pull')) ?? undefined,
    bytes: async () => (await take('bytes')) ?? new Uint8Array(),
    cancel: async () => end(),
  };
  settled = its.releaseWith(source, id);
  return createGetResult(info, { range, totalBytes, source, verified: () => told.verified, decoded: () => told.decoded });
}
