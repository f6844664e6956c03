/**
 * Codecs of node:zlib, off the main thread, as far as what they say of their input can be relied on in Node, Bun and Deno.
 *
 * @module
 */
import { Readable, pipeline, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { CloudError } from '../../errors.ts';
import { ChunkList } from '../../util/chunk-list.ts';
import type { NativeChunks, NativeCodec } from '../types.ts';
import { runtime } from './env.ts';
import { gunzip, gzip } from './gzip.ts';
import { called, ownBytes, type Done } from './zlib-call.ts';

const chunkSize = 0x10000;

/** What newer runtimes have besides the types of the oldest one. */
const newer = zlib as unknown as {
  zstdCompress?(bytes: Uint8Array, options: object, done: Done): void;
  zstdDecompress?(
    bytes: Uint8Array,
    options: object,
    done: (error: Error | null, result: { buffer: Buffer; engine: Engine }) => void,
  ): void;
  createZstdCompress?(options: object): Transform;
};

interface Engine {
  /** Bytes of the input that were used, whatever was written. */
  bytesWritten: number;
}

// Parameters of the zstd library, which every zlib with zstd takes.
const zstdLevel = 100;
const zstdContentSize = 200;
const zstdChecksum = 201;

/**
 * A source through a stream of zlib.
 *
 * @param check whether all of the input must have been used
 * @param sentinel a byte behind the end that must not be used: Deno's brotli does not say that data are cut, but would use it
 */
async function* through(transform: Transform, source: AsyncIterable<Uint8Array>, check: boolean, sentinel = false): NativeChunks {
  let fed = 0;
  async function* input(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of source) {
      fed += chunk.length;
      yield chunk;
    }
    if (sentinel) yield Uint8Array.of(0);
  }
  pipeline(Readable.from(input()), transform, () => {});
  try {
    for await (const chunk of transform as AsyncIterable<Buffer>) yield new Uint8Array(chunk);
  } finally {
    transform.destroy();
  }
  const used = (transform as unknown as Engine).bytesWritten;
  if (check && used !== fed) {
    throw new CloudError(used < fed ? 'something behind the end of the data' : 'the data end too early', { code: 'DecompressionError' });
  }
}

function brotliOptions(level: number, sizeHint = 0): zlib.BrotliOptions {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants;
  return { chunkSize, params: { [BROTLI_PARAM_QUALITY]: level, [BROTLI_PARAM_SIZE_HINT]: Math.min(sizeHint, 0x3fffffff) } };
}

const zstdOptions = (level: number): { chunkSize: number; params: Record<number, number> } => ({
  chunkSize,
  params: { [zstdLevel]: level, [zstdContentSize]: 1, [zstdChecksum]: 1 },
});

/** Frame by frame: one call gives no more than one. */
async function unzstd(bytes: Uint8Array, maxOutputBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const list = new ChunkList();
  for (let at = 0; at < bytes.length;) {
    const left = maxOutputBytes - list.sizeBytes;
    const options = { chunkSize, info: true, maxOutputLength: Math.max(left, 1) };
    const { buffer, engine } = await new Promise<{ buffer: Buffer; engine: Engine }>((resolve, reject) =>
      newer.zstdDecompress!(bytes.subarray(at), options, (error, result) => (error ? reject(error) : resolve(result))),
    );
    if (!engine.bytesWritten || buffer.length > left) throw new RangeError('too large, or nothing was read');
    at += engine.bytesWritten;
    list.add(ownBytes(buffer));
  }
  return list.take();
}

/** The codec of an encoding, or undefined where zlib has none. */
export function nativeCodec(encoding: 'gzip' | 'br' | 'zstd'): NativeCodec | undefined {
  if (encoding === 'gzip') {
    return {
      compress: gzip,
      decompress: gunzip,
      encode: (source, level) => through(zlib.createGzip({ level, chunkSize }), source, false),
      decode: (source) => through(zlib.createGunzip({ chunkSize }), source, true),
    };
  }
  if (encoding === 'br') {
    return {
      compress: (bytes, level) => called((done) => zlib.brotliCompress(bytes, brotliOptions(level, bytes.length), done)),
      encode: (source, level) => through(zlib.createBrotliCompress(brotliOptions(level)), source, false),
      decode: (source) => through(zlib.createBrotliDecompress({ chunkSize }), source, true, true),
    };
  }
  const { zstdCompress, zstdDecompress, createZstdCompress } = newer;
  if (!zstdCompress || !createZstdCompress) return undefined;
  return {
    compress: (bytes, level) => called((done) => zstdCompress(bytes, { ...zstdOptions(level), pledgedSrcSize: bytes.length }, done)),
    encode: (source, level) => through(createZstdCompress(zstdOptions(level)), source, false),
    // Bun and Deno take data that are cut for whole.
    ...(zstdDecompress && runtime() === 'node' && { decompress: unzstd }),
  };
}
