/**
 * brotli (RFC 7932): by the runtime's own zlib where it has one, else by brotli-wasm.
 *
 * @module
 */
import { hasBrotli, nativeCodec } from '#platform';
import type { WasmInit } from '../wasm/loader.ts';
import type { Codec } from './codec.ts';
import { createCodec, machineEngine, type Engine } from './engine.ts';
import { levelOf } from './levels.ts';

const byZlib = (): Engine => ({
  encoding: 'br',
  compressWhole: async (bytes, level) => (await nativeCodec('br'))?.compress?.(bytes, level),
  encode: async (source, level) => (await nativeCodec('br'))!.encode!(source, levelOf('br', level)),
  decode: async (source) => (await nativeCodec('br'))!.decode!(source),
});

const byWasm = (): Engine =>
  machineEngine(
    'br',
    async (level) => (await import('../wasm/brotli.ts')).startBrotli(level),
    async () => (await import('../wasm/brotli.ts')).startUnbrotli(),
  );

/** The codec of `br`. */
export const brotliCodec: Codec = /* @__PURE__ */ createCodec(hasBrotli ? /* @__PURE__ */ byZlib() : /* @__PURE__ */ byWasm());

/** Says where the WebAssembly comes from; of no effect where the runtime has brotli. */
export async function initBrotli(source: WasmInit): Promise<void> {
  if (!hasBrotli) (await import('../wasm/brotli.ts')).brotliCode.init(source);
}
