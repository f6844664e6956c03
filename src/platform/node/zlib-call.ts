/**
 * Calls of node:zlib as promises of plain bytes.
 *
 * @module
 */

/** What a call of zlib calls back. */
export type Done = (error: Error | null, result: Buffer) => void;

/** The bytes of a Buffer: a copy of a small one, which shares its memory with others. */
export const ownBytes = (bytes: Buffer): Uint8Array<ArrayBuffer> =>
  bytes.byteLength < bytes.buffer.byteLength ? new Uint8Array(bytes) : new Uint8Array(bytes.buffer as ArrayBuffer);

/** The result of a call. */
export const called = (start: (done: Done) => void): Promise<Uint8Array<ArrayBuffer>> =>
  new Promise((resolve, reject) => start((error, result) => (error ? reject(error) : resolve(ownBytes(result)))));
