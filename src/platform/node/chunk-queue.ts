/**
 * Chunks of a body that wait to be read.
 *
 * @module
 */

/** What a chunk costs beside its bytes: so that a server of one-byte chunks cannot fill the memory. */
const chunkBytes = 128;
/** Places of chunks that were read are cleared away when there are so many, should the queue never be empty. */
const readPlaces = 64;

/** First in, first out. */
export class ChunkQueue {
  /** Behind the places of those that were read: they are held no longer. */
  #chunks: (Uint8Array | undefined)[] = [];
  #head = 0;
  #weight = 0;

  /** How many bytes wait. */
  get bytes(): number {
    return this.#weight - (this.#chunks.length - this.#head) * chunkBytes;
  }

  /** What the chunks cost in memory, in bytes. */
  get weight(): number {
    return this.#weight;
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#weight += chunk.length + chunkBytes;
  }

  /** The next chunk; `undefined` when there is none. */
  shift(): Uint8Array | undefined {
    const chunk = this.#chunks[this.#head];
    if (!chunk) return undefined;
    this.#weight -= chunk.length + chunkBytes;
    this.#chunks[this.#head++] = undefined;
    if (this.#head === this.#chunks.length || this.#head === readPlaces) {
      this.#chunks.splice(0, this.#head);
      this.#head = 0;
    }
    return chunk;
  }

  /** Copies what fits into an array. @returns how many bytes there were */
  shiftInto(into: Uint8Array): number {
    let filled = 0;
    while (filled < into.length) {
      const room = into.length - filled;
      const chunk = this.#chunks[this.#head];
      if (!chunk) break;
      if (chunk.length > room) {
        into.set(chunk.subarray(0, room), filled);
        this.#chunks[this.#head] = chunk.subarray(room);
        this.#weight -= room;
        return into.length;
      }
      into.set(chunk, filled);
      filled += chunk.length;
      this.shift();
    }
    return filled;
  }

  clear(): void {
    this.#chunks = [];
    this.#head = 0;
    this.#weight = 0;
  }
}
