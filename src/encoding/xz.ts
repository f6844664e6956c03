/**
 * xz, by the library's own code as WebAssembly.
 *
 * @module
 */
import { startXz, startUnxz } from '../wasm/xz.ts';
import type { Codec } from './codec.ts';
import { createCodec, runMachine } from './engine.ts';
import { levelOf } from './levels.ts';

/** The codec of `xz`. */
export const xzCodec: Codec = /* @__PURE__ */ createCodec({
  encoding: 'xz',
  encode: async (source, level) => runMachine(await startXz(levelOf('xz', level)), source),
  decode: async (source) => runMachine(await startUnxz(), source),
  startEncoder: startXz,
  startDecoder: startUnxz,
});
