/**
 * MD5 (RFC 1321) in plain JavaScript, for runtimes that have none and bar WebAssembly.
 *
 * @module
 */
import { blockEngine } from './block-hash.ts';
import type { Engine } from './running.ts';

const shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
let sines: Int32Array | undefined;

function block(state: Int32Array, words: Int32Array): void {
  sines ??= Int32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32));
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    const f = round === 0 ? d ^ (b & (c ^ d)) : round === 1 ? c ^ (d & (b ^ c)) : round === 2 ? b ^ c ^ d : c ^ (b | ~d);
    const g = round === 0 ? i : round === 1 ? 5 * i + 1 : round === 2 ? 3 * i + 5 : 7 * i;
    const x = (a + f + sines[i]! + words[g & 15]!) | 0;
    const s = shifts[(round << 2) | (i & 3)]!;
    a = d;
    d = c;
    c = b;
    b = (b + ((x << s) | (x >>> (32 - s)))) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
}

// Scratch space: nobody else can see it in use.
const words: Int32Array = /* @__PURE__ */ new Int32Array(16);

/** MD5 in plain JavaScript. */
export const plainMd5: Engine = /* @__PURE__ */ blockEngine({
  start: [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476],
  littleEndian: true,
  take(state, bytes, at) {
    for (let i = 0; i < 16; i++, at += 4) words[i] = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    block(state, words);
  },
});
