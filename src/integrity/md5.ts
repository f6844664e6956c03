/**
 * MD5 (RFC 1321) in plain JavaScript, for runtimes without a synchronous native one.
 *
 * @module
 */
import type { Hasher } from './hasher.ts';

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

/** A running MD5. */
export function createMd5(): Hasher {
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  const words = new Int32Array(16);
  const tail = new Uint8Array(64);
  let total = 0;
  const take = (bytes: Uint8Array, at: number): void => {
    for (let i = 0; i < 16; i++, at += 4) words[i] = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    block(state, words);
  };
  const update = (bytes: Uint8Array): void => {
    let at = 0;
    const held = total & 63;
    total += bytes.length;
    if (held > 0) {
      at = Math.min(64 - held, bytes.length);
      tail.set(bytes.subarray(0, at), held);
      if (held + at < 64) return;
      take(tail, 0);
    }
    for (; at + 64 <= bytes.length; at += 64) take(bytes, at);
    tail.set(bytes.subarray(at));
  };
  return {
    update,
    digest: () => {
      const bits = total * 8;
      const padding = new Uint8Array(((119 - (total & 63)) & 63) + 9);
      padding[0] = 0x80;
      const view = new DataView(padding.buffer, padding.length - 8);
      view.setUint32(0, bits, true);
      view.setUint32(4, bits / 2 ** 32, true);
      update(padding);
      const out = new DataView(new ArrayBuffer(16));
      for (let i = 0; i < 4; i++) out.setInt32(4 * i, state[i]!, true);
      return new Uint8Array(out.buffer);
    },
  };
}
