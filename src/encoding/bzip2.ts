/**
 * bzip2, by the library's own code as WebAssembly.
 *
 * @module
 */
import { startBzip2, startUnbzip2 } from '../wasm/bzip2.ts';
import type { Codec } from './codec.ts';
import { createCodec, machineEngine } from './engine.ts';

/** The codec of `bz2`. */
export const bzip2Codec: Codec = /* @__PURE__ */ createCodec(/* @__PURE__ */ machineEngine('bz2', startBzip2, startUnbzip2));
