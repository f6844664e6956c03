/**
 * zstd (RFC 8878): whole buffers and streams by the library's own code as WebAssembly; large buffers are compressed by the runtime's own
 * zlib where that has zstd, off the main thread.
 *
 * @module
 */
import { nativeCodec } from '#platform';
import { startUnzstd, startZstd, unzstdWhole, zstdWhole } from '../wasm/zstd.ts';
import type { Codec } from './codec.ts';
import { createCodec, machineEngine, type Engine } from './engine.ts';
import { levelOf } from './levels.ts';

/** Up to this size the way to another thread costs more than compressing. */
const smallBytes = 0x10000;

/** What goes through one call without holding up the thread for long. */
const wholeBytes = 0x400000;

/** WebAssembly, and zlib where that is faster. */
function fastest(): Engine {
  const byWasm = machineEngine('zstd', startZstd, startUnzstd);
  return {
    ...byWasm,
    async compressWhole(bytes, level) {
      const native = bytes.length > smallBytes ? await nativeCodec('zstd') : undefined;
      if (native?.compress) return native.compress(bytes, level);
      return bytes.length <= wholeBytes && level <= 9 ? zstdWhole(bytes, level) : undefined;
    },
    async decompressWhole(bytes, maxOutputBytes) {
      const native = bytes.length > wholeBytes ? await nativeCodec('zstd') : undefined;
      if (native?.decompress) return native.decompress(bytes, maxOutputBytes);
      return bytes.length <= wholeBytes ? unzstdWhole(bytes, maxOutputBytes) : undefined;
    },
    async encode(source, level) {
      const native = await nativeCodec('zstd');
      return native?.encode ? native.encode(source, levelOf('zstd', level)) : byWasm.encode(source, level);
    },
  };
}

/** The codec of `zstd`. */
export const zstdCodec: Codec = /* @__PURE__ */ createCodec(/* @__PURE__ */ fastest());
