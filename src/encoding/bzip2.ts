/**
 * bzip2, by the library's own code as WebAssembly.
 *
 * @module
 */
import { startBzip2, startUnbzip2 } from '../wasm/bzip2.ts';
import type { Codec } from './codec.ts';
import { createCodec, runMachine } from './engine.ts';
import { levelOf } from './levels.ts';

/** The codec of `bz2`. */
export const bzip2Codec: Codec = /* @__PURE__ */ createCodec({
  encoding: 'bz2',
  encode: async (source, level) => runMachine(await startBzip2(levelOf('bz2', level)), source),
  decode: async (source) => runMachine(await startUnbzip2(), source),
  startEncoder: startBzip2,
  startDecoder: startUnbzip2,
});
