/**
 * What all kernels of checksums and hashes have in common (wasm/kernel.h): a buffer that bytes are copied into, and a state.
 *
 * @module
 */

/** What such a kernel exports. */
export interface KernelExports {
  memory: WebAssembly.Memory;
  buffer(): number;
  state(): number;
  init(): void;
  update(length: number): void;
}

/** `BUFFER_BYTES` of wasm/kernel.h. */
export const BUFFER_BYTES = 131_072;

/** Has a kernel take bytes, however many, into its present state. */
export function feeder(kernel: KernelExports): (bytes: Uint8Array) => void {
  const memory = new Uint8Array(kernel.memory.buffer);
  const at = kernel.buffer();
  const { update } = kernel;
  return (bytes) => {
    for (let i = 0; i < bytes.length; i += BUFFER_BYTES) {
      const piece = bytes.length <= BUFFER_BYTES ? bytes : bytes.subarray(i, i + BUFFER_BYTES);
      memory.set(piece, at);
      update(piece.length);
    }
  };
}
