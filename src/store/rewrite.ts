/**
 * Replacing an object by one that is the same in most places.
 *
 * @module
 */
import type { ObjectStore, PutOptions, PutResult, RewriteContent } from '../types.ts';

const PIECE_BYTES = 0x10_0000;

/** All of the content, as a body. */
export async function* contentChunks({
  sizeBytes,
  read,
}: Pick<RewriteContent, 'sizeBytes' | 'read'>): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < sizeBytes; at += PIECE_BYTES) yield await read(at, Math.min(at + PIECE_BYTES, sizeBytes));
}

/** Sends all of the content: what a store does that copies no parts. */
export const putContent = (store: ObjectStore, key: string, content: RewriteContent, options: PutOptions): Promise<PutResult> =>
  store.put(key, contentChunks(content), { ...options, sizeBytes: content.sizeBytes });
