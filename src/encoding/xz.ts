/**
 * xz, by the library's own code as WebAssembly.
 *
 * @module
 */
import { startXz, startUnxz } from '../wasm/xz.ts';
import type { Codec } from './codec.ts';
import { createCodec, machineEngine } from './engine.ts';

/** The codec of `xz`. */
export const xzCodec: Codec = /* @__PURE__ */ createCodec(/* @__PURE__ */ machineEngine('xz', startXz, startUnxz));
