/**
 * The MD5 kernel: one message, or four at once.
 *
 * @module
 */
import { blockHashes, type BlockHashExports, type BlockKernel } from './block-hash.ts';
import { BUFFER_BYTES } from './kernel.ts';
import { instantiateNow } from './loader.ts';

interface Md5Exports extends BlockHashExports {
  lanes(): number;
  update_lanes(length: number): void;
}

/** What the kernel does. */
export interface Md5Kernel extends BlockKernel {
  /** The digests of many buffers, four at a time, in their order. */
  many(buffers: readonly Uint8Array[]): Uint8Array<ArrayBuffer>[];
}

const LANE_BYTES = BUFFER_BYTES / 4;
const none = /* @__PURE__ */ new Uint8Array();
const START = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];

/**
 * MD5 of the module.
 *
 * @param text the module, base64
 * @returns `undefined` where WebAssembly is barred
 */
export function md5Kernel(text: string): Md5Kernel | undefined {
  const kernel = instantiateNow<Md5Exports>(text);
  if (!kernel) return undefined;
  const create = blockHashes(kernel, 16);
  const memory = new Uint8Array(kernel.memory.buffer);
  const input = kernel.buffer();
  // Word i of lane k stands at 4 · i + k.
  const words = new Uint32Array(kernel.memory.buffer, kernel.lanes(), 16);

  const view = new DataView(memory.buffer);

  // Lane k: the buffer in it or -1, how many bytes of its padded message went in, and how many that has.
  const index = [-1, -1, -1, -1];
  const done = [0, 0, 0, 0];
  const end = [0, 0, 0, 0];

  /** The next `count` bytes of a lane's message, with the padding of RFC 1321, section 3. */
  const fill = (k: number, bytes: Uint8Array, count: number): void => {
    const to = input + k * LANE_BYTES;
    const at = done[k]!;
    const n = bytes.length;
    if (at < n) memory.set(at === 0 && n <= count ? bytes : bytes.subarray(at, at + count), to);
    if (at + count <= n) return;
    const from = Math.max(n - at, 0);
    for (let i = to + from; i < to + count; i++) memory[i] = 0;
    if (at <= n) memory[to + from] = 0x80;
    if (at + count !== end[k]) return;
    view.setUint32(to + count - 8, n * 8, true);
    view.setUint32(to + count - 4, n / 2 ** 29, true);
  };

  const copyWords = (k: number, to: Uint8Array): void => {
    for (let i = 0; i < 16; i++) to[i] = words[(i & 12) + k]! >>> (8 * (i & 3));
  };

  /** What remains of one lane, alone. */
  const alone = (k: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
    const state = new Uint8Array(88);
    copyWords(k, state);
    new DataView(state.buffer).setBigUint64(16, BigInt(done[k]!), true);
    const hash = create(state);
    hash.update(bytes.subarray(done[k]));
    return hash.digest();
  };

  const many = (buffers: readonly Uint8Array[]): Uint8Array<ArrayBuffer>[] => {
    const out: Uint8Array<ArrayBuffer>[] = buffers.map(() => none);
    // Long ones first, so that the last ones end together.
    const order = Array.from(buffers.keys());
    if (order.length > 4) order.sort((a, b) => buffers[b]!.length - buffers[a]!.length);
    index.fill(-1);
    for (let next = 0; ;) {
      let active = 0;
      let only = 0;
      let count = LANE_BYTES;
      for (let k = 0; k < 4; k++) {
        if (index[k]! < 0) {
          if (next === order.length) continue;
          index[k] = order[next++]!;
          done[k] = 0;
          end[k] = 64 * Math.floor((buffers[index[k]!]!.length + 72) / 64);
          for (let i = 0; i < 4; i++) words[4 * i + k] = START[i]!;
        }
        active++;
        only = k;
        count = Math.min(count, end[k]! - done[k]!);
      }
      if (active === 0) return out;
      const last = index[only]!;
      if (active === 1 && done[only]! <= buffers[last]!.length) {
        out[last] = alone(only, buffers[last]!);
        return out;
      }
      for (let k = 0; k < 4; k++) if (index[k]! >= 0) fill(k, buffers[index[k]!]!, count);
      kernel.update_lanes(count);
      for (let k = 0; k < 4; k++) {
        if (index[k]! < 0) continue;
        done[k]! += count;
        if (done[k]! < end[k]!) continue;
        copyWords(k, (out[index[k]!] = new Uint8Array(16)));
        index[k] = -1;
      }
    }
  };
  return { create, many };
}
