/**
 * The CRC kernels: wasm/crc.h folds, this copies bytes in. One instance serves everybody, since each call begins with the caller's state.
 *
 * @module
 */
import { BUFFER_BYTES, feeder, type KernelExports } from './kernel.ts';
import { instantiateNow } from './loader.ts';

/** What a kernel has: `state` is complemented, low half and, for 64 bits, high half. */
interface CrcKernel {
  state: Int32Array;
  take(bytes: Uint8Array): void;
}

function crcKernel(text: string): CrcKernel | undefined {
  const kernel = instantiateNow<KernelExports>(text);
  if (!kernel) return undefined;
  // Makes the tables.
  kernel.init();
  return { state: new Int32Array(kernel.memory.buffer, kernel.state(), 2), take: feeder(kernel) };
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
  const { state, take } = kernel;
  return (bytes, seed) => {
    state[0] = ~seed;
    take(bytes);
    return ~state[0] >>> 0;
  };
}

/** A kernel whose memory the caller fills, for bytes that have to be copied or read anyway. Used within one synchronous step. */
export interface Crc32InPlace {
  /** 128 KiB of the kernel's memory. */
  readonly window: Uint8Array<ArrayBuffer>;
  /** The CRC of the first bytes of the window, behind those whose CRC is the seed. What is in the window then means nothing. */
  take(lengthBytes: number, seed: number): number;
}

/** A CRC of 32 bits of what is in the kernel's memory; see {@link crc32Kernel}. */
export function crc32InPlace(text: string): Crc32InPlace | undefined {
  const kernel = instantiateNow<KernelExports>(text);
  if (!kernel) return undefined;
  kernel.init();
  const state = new Int32Array(kernel.memory.buffer, kernel.state(), 1);
  return {
    window: new Uint8Array(kernel.memory.buffer, kernel.buffer(), BUFFER_BYTES),
    take(lengthBytes, seed) {
      state[0] = ~seed;
      kernel.update(lengthBytes);
      return ~state[0] >>> 0;
    },
  };
}

/** A CRC of 64 bits: takes bytes into a state of two complemented halves; see {@link crc32Kernel}. */
export function crc64Kernel(text: string): ((bytes: Uint8Array, state: [low: number, high: number]) => void) | undefined {
  const kernel = crcKernel(text);
  if (!kernel) return undefined;
  const { state, take } = kernel;
  return (bytes, halves) => {
    state[0] = halves[0];
    state[1] = halves[1];
    take(bytes);
    halves[0] = state[0];
    halves[1] = state[1];
  };
}
