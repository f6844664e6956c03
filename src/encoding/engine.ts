/**
 * What all codecs share: levels, limits, abort, errors; around what differs between them.
 *
 * @module
 */
import { CloudError, isCloudError } from '../errors.ts';
import { throwIfAborted } from '../util/abort.ts';
import { ChunkList } from '../util/chunk-list.ts';
import { once } from '../util/streams.ts';
import type { Machine } from '../wasm/machine.ts';
import { defaultMaxOutputBytes, type Chunks, type Codec, type MadeChunks } from './codec.ts';
import { levelOf } from './levels.ts';
import type { Encoding } from './names.ts';

/** What one encoding is made of. */
export interface Engine {
  encoding: Encoding;
  /** Whole buffers by a faster way. `undefined` means that the stream has to do it. */
  compressWhole?(bytes: Uint8Array, level: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  decompressWhole?(bytes: Uint8Array, maxOutputBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** The stream of this runtime. `level` is absent when the caller said none. */
  encode(source: Chunks, level: number | undefined): MadeChunks | Promise<MadeChunks>;
  decode(source: Chunks): MadeChunks | Promise<MadeChunks>;
  /** Begins a whole buffer; absent where `encode` and `decode` do it. */
  startEncoder?(level: number, sizeBytes: number): Promise<Machine>;
  startDecoder?(): Promise<Machine>;
}

const nothing = new Uint8Array();

/** How long the main thread is kept at a time. */
const turnMs = 24;

/** Gives other work a turn. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** The error of output beyond what is allowed. */
export const tooLarge = (encoding: Encoding): CloudError =>
  new CloudError(`${encoding}: more than may be decoded`, { code: 'DecompressionError' });

function wrapped(
  encoding: Encoding,
  code: 'CompressionError' | 'DecompressionError',
  error: unknown,
  signal: AbortSignal | undefined,
): unknown {
  if (isCloudError(error) || (signal?.aborted && error === signal.reason)) return error;
  return new CloudError(code === 'CompressionError' ? `${encoding}: compressing failed` : `not whole ${encoding} data`, {
    code,
    cause: error,
  });
}

/** Runs a machine over a source. */
async function* runMachine(machine: Machine, source: Chunks): MadeChunks {
  try {
    for await (const bytes of source) for (const out of machine.push(bytes, false)) if (out.length) yield out;
    for (const out of machine.push(nothing, true)) if (out.length) yield out;
  } finally {
    machine.close?.();
  }
}

/**
 * An engine whose work machines do, streams and whole buffers.
 *
 * @param startEncoder begins to compress; `sizeBytes` is there when it is known
 * @param startDecoder begins to decode
 */
export function machineEngine(
  encoding: Encoding,
  startEncoder: (level: number, sizeBytes?: number) => Promise<Machine>,
  startDecoder: () => Promise<Machine>,
): Engine {
  return {
    encoding,
    encode: async (source, level) => runMachine(await startEncoder(levelOf(encoding, level)), source),
    decode: async (source) => runMachine(await startDecoder(), source),
    startEncoder,
    startDecoder,
  };
}

/** Runs a machine over one buffer, with a turn for others now and then. */
async function runWhole(
  machine: Machine,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
  check: (sizeBytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const list = new ChunkList();
  try {
    let since = performance.now();
    for (const out of machine.push(bytes, true)) {
      list.add(out);
      check(list.sizeBytes);
      if (performance.now() - since < turnMs) continue;
      await turn();
      throwIfAborted(signal);
      since = performance.now();
    }
  } finally {
    machine.close?.();
  }
  return list.take();
}

async function gatherChunks(
  chunks: MadeChunks,
  signal: AbortSignal | undefined,
  check: (sizeBytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const list = new ChunkList();
  let since = performance.now();
  for await (const chunk of chunks) {
    throwIfAborted(signal);
    list.add(chunk);
    check(list.sizeBytes);
    if (performance.now() - since < turnMs) continue;
    // Streams of a page go on without giving others a turn.
    await turn();
    throwIfAborted(signal);
    since = performance.now();
  }
  return list.take();
}

/** The codec of an engine. */
export function createCodec(engine: Engine): Codec {
  const { encoding } = engine;
  return {
    async compress(bytes, { level: given, signal } = {}) {
      const level = levelOf(encoding, given);
      throwIfAborted(signal);
      try {
        const whole = await engine.compressWhole?.(bytes, level);
        throwIfAborted(signal);
        if (whole) return whole;
        if (engine.startEncoder) return await runWhole(await engine.startEncoder(level, bytes.length), bytes, signal, () => {});
        return await gatherChunks(await engine.encode(once(bytes), level), signal, () => {});
      } catch (error) {
        throw wrapped(encoding, 'CompressionError', error, signal);
      }
    },

    async decompress(bytes, { maxOutputBytes = defaultMaxOutputBytes, maxRatio = Infinity, signal } = {}) {
      throwIfAborted(signal);
      if (bytes.length === 0) throw new CloudError(`zero bytes are not ${encoding} data`, { code: 'DecompressionError' });
      const most = Math.min(maxOutputBytes, Math.floor(bytes.length * maxRatio));
      // Output alone: the modules bound what they work with, and a window within that says nothing against the data.
      const check = (sizeBytes: number): void => {
        if (sizeBytes > most) throw tooLarge(encoding);
      };
      try {
        const whole = await engine.decompressWhole?.(bytes, most);
        throwIfAborted(signal);
        if (whole) {
          check(whole.length);
          return whole;
        }
        if (engine.startDecoder) return await runWhole(await engine.startDecoder(), bytes, signal, check);
        return await gatherChunks(await engine.decode(once(bytes)), signal, check);
      } catch (error) {
        throw wrapped(encoding, 'DecompressionError', error, signal);
      }
    },

    async *encode(source, { level, signal } = {}) {
      levelOf(encoding, level);
      const read = watched(source);
      try {
        for await (const chunk of await engine.encode(read.chunks, level)) {
          throwIfAborted(signal);
          yield chunk;
        }
      } catch (error) {
        throw read.failed(error) ?? wrapped(encoding, 'CompressionError', error, signal);
      }
    },

    async *decode(source, { maxOutputBytes = Infinity, maxRatio = Infinity, signal } = {}) {
      const read = watched(source);
      let size = 0;
      try {
        for await (const chunk of await engine.decode(read.chunks)) {
          throwIfAborted(signal);
          size += chunk.length;
          if (size > Math.min(maxOutputBytes, read.sizeBytes() * maxRatio)) throw tooLarge(encoding);
          yield chunk;
        }
      } catch (error) {
        throw read.failed(error) ?? wrapped(encoding, 'DecompressionError', error, signal);
      }
    },
  };
}

/** A source that is counted, and whose own failure can be told from the codec's. */
function watched(source: Chunks): { chunks: Chunks; sizeBytes(): number; failed(error: unknown): unknown } {
  let size = 0;
  let failure: { error: unknown } | undefined;
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const chunk of source) {
        if (!chunk.length) continue;
        size += chunk.length;
        yield chunk;
      }
    } catch (error) {
      failure = { error };
      throw error;
    }
  }
  return { chunks: chunks(), sizeBytes: () => size, failed: (error) => failure?.error ?? (failure ? error : undefined) };
}
