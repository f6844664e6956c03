/**
 * Chunks kept until all are there: nothing is copied while they come, so that no more memory is held than they have.
 *
 * @module
 */
import { concat } from './bytes.ts';

/** Chunks of one whole. */
export class ChunkList {
  #chunks: Uint8Array<ArrayBuffer>[] = [];
  /** Bytes so far. */
  sizeBytes = 0;

  /** Keeps a chunk, which nobody else may change. */
  add(chunk: Uint8Array<ArrayBuffer>): void {
    if (!chunk.length) return;
    this.#chunks.push(chunk);
    this.sizeBytes += chunk.length;
  }

  /** All bytes in one array that owns its buffer; the list is empty afterwards. */
  take(): Uint8Array<ArrayBuffer> {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.sizeBytes = 0;
    const [first] = chunks;
    return chunks.length === 1 && first && first.byteLength === first.buffer.byteLength ? first : concat(chunks);
  }
}
