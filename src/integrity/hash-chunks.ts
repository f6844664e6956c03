/**
 * The hash of bytes that come in chunks.
 *
 * @module
 */
import { toBase64 } from '../util/base64.ts';
import { createHasher, prepareHash, type HashName } from './hasher.ts';

/** The hash of chunks, base64 as stores print it. */
export async function hashChunks(name: HashName, chunks: AsyncIterable<Uint8Array>): Promise<string> {
  await prepareHash(name);
  const hasher = createHasher(name);
  for await (const chunk of chunks) hasher.update(chunk);
  return toBase64(hasher.digest());
}
