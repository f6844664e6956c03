/**
 * The CRC kernels: wasm/crc.h folds, this copies bytes in. One instance serves everybody, since each call begins with the caller's state.
 *
 * @module
 */
import { BUFFER_BYTES, type KernelExports } from './kernel.ts';
import { instantiateNow } from './loader.ts';

/** What the kernels of CRCs export besides. */
interface CrcExports extends KernelExports {
  /** Takes bytes that are not the last ones; returns how many of them lie at the beginning of the buffer again. */
  fold(length: number): number;
}

/** What a kernel has: `state` is complemented, low half and, for 64 bits, high half. */
interface CrcKernel {
  window: Uint8Array<ArrayBuffer>;
  state: Int32Array;
  fold(length: number): number;
  update(length: number): void;
  init(): void;
}

function crcKernel(text: string): CrcKernel | undefined {
  const kernel = instantiateNow<CrcExports>(text);
  if (!kernel) return undefined;
  const { memory, fold, update, init } = kernel;
  // Makes the tables.
  init();
  return {
    window: new Uint8Array(memory.buffer, kernel.buffer(), BUFFER_BYTES),
    state: new Int32Array(memory.buffer, kernel.state(), 2),
    fold,
    update,
    init,
  };
}

/** Has a kernel take bytes, however many, into its present state. */
function takeAll({ window, fold, update }: CrcKernel, bytes: Uint8Array): void {
  let filled = 0;
  for (let at = 0; ;) {
    const end = Math.min(bytes.length, at + window.length - filled);
    window.set(end - at === bytes.length ? bytes : bytes.subarray(at, end), filled);
    filled += end - at;
    if (end === bytes.length) break;
    at = end;
    filled = fold(filled);
  }
  update(filled);
}

/**
 * A CRC of 32 bits: of bytes, behind those whose CRC is the seed.
 *
 * @param text the module, base64
 * @returns `undefined` where WebAssembly is barred
 */
export function crc32Kernel(text: string): ((bytes: Uint8Array, seed: number) => number) | undefined {
  const kernel = crcKernel(text);
  if (!kernel) return undefined;
  const { state } = kernel;
  return (bytes, seed) => {
    state[0] = ~seed;
    takeAll(kernel, bytes);
    return ~state[0] >>> 0;
  };
}

/** A kernel whose memory the caller fills, for bytes that have to be copied or read anyway. */
export interface Crc32InPlace {
  /** 128 KiB of the kernel's memory. */
  readonly window: Uint8Array<ArrayBuffer>;
  /**
   * Takes 8 KiB or more of the window that are not the last bytes: what is left at the end of a take goes through slower steps.
   *
   * @returns how many of them lie at the beginning of the window again, to be the first ones of the next call; the seed is {@link FOLDED} there
   */
  fold(lengthBytes: number, seed: number): number;
  /** The CRC of the first bytes of the window, behind those whose CRC is the seed. What is in the window then means nothing. */
  take(lengthBytes: number, seed: number): number;
  /** Forgets what was folded and has no end. */
  reset(): void;
}

/** Stands for the CRC of what was folded, until the end was taken. */
export const FOLDED = 0xffffffff;

/** A CRC of 32 bits of what is in the kernel's memory; see {@link crc32Kernel}. */
export function crc32InPlace(text: string): Crc32InPlace | undefined {
  const kernel = crcKernel(text);
  if (!kernel) return undefined;
  const { window, state, fold, update, init } = kernel;
  return {
    window,
    reset: init,
    fold(lengthBytes, seed) {
      state[0] = ~seed;
      return fold(lengthBytes);
    },
    take(lengthBytes, seed) {
      state[0] = ~seed;
      update(lengthBytes);
      return ~state[0] >>> 0;
    },
  };
}

/** A CRC of 64 bits: takes bytes into a state of two complemented halves; see {@link crc32Kernel}. */
export function crc64Kernel(text: string): ((bytes: Uint8Array, state: [low: number, high: number]) => void) | undefined {
  const kernel = crcKernel(text);
  if (!kernel) return undefined;
  const { state } = kernel;
  return (bytes, halves) => {
    state[0] = halves[0];
    state[1] = halves[1];
    takeAll(kernel, bytes);
    halves[0] = state[0];
    halves[1] = state[1];
  };
}
