/**
 * Kernel or plain JavaScript.
 *
 * @module
 */
import type { BlockKernel } from '../../wasm/block-hash.ts';
import { digestOn, type Engine } from '../running.ts';

/** Shorter inputs are not worth the copy into the kernel's memory: measured in V8, where both take the same time at 48 to 64 bytes. */
const MIN_BYTES = 64;

/**
 * A step over bytes that goes by the kernel where that is faster, and where WebAssembly can be had at all.
 *
 * @param load compiles the kernel: called once, when it is first worth it
 */
export function withKernel<S, R>(
  load: () => ((bytes: Uint8Array, state: S) => R) | undefined,
  plain: (bytes: Uint8Array, state: S) => R,
): (bytes: Uint8Array, state: S) => R {
  let best: typeof plain | undefined;
  return (bytes, state) => (bytes.length < MIN_BYTES ? plain(bytes, state) : (best ??= load() ?? plain)(bytes, state));
}

/** The engine of a kernel of a hash by blocks, or the plain one where there is none. */
export function kernelEngine(load: () => BlockKernel | undefined, plain: Engine): Engine {
  return {
    create: (savable, state) => load()?.create(state) ?? plain.create(savable, state),
    digest(bytes) {
      const running = load()?.create();
      if (!running) return digestOn(plain, bytes);
      running.update(bytes);
      return running.digest();
    },
  };
}
