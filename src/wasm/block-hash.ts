/**
 * The kernels of hashes that go by blocks of 64 bytes (MD5, SHA-256). One instance serves all running hashes: the state of the one that comes is
 * copied in when it is another's turn.
 *
 * @module
 */
import { feeder, type KernelExports } from './kernel.ts';

/** What such a kernel exports. */
export interface BlockHashExports extends KernelExports {
  final(): void;
}

/** A running hash. Its state: the words, 8 bytes of length, 64 bytes of which those that fill no block yet count; little-endian. */
export interface BlockHash {
  update(bytes: Uint8Array): void;
  /** Ends the hash. */
  digest(): Uint8Array<ArrayBuffer>;
  /** A copy of the state. */
  state(): Uint8Array<ArrayBuffer>;
}

/** A kernel of a hash by blocks. */
export interface BlockKernel {
  /** Starts a hash, anew or from a state. */
  create(from?: Uint8Array): BlockHash;
}

/**
 * Running hashes on one instance.
 *
 * @param digestBytes length of the digest, which is that of the words too
 * @returns starts a hash, anew or from a state
 */
export function blockHashes(kernel: BlockHashExports, digestBytes: number): (from?: Uint8Array) => BlockHash {
  const memory = new Uint8Array(kernel.memory.buffer);
  const take = feeder(kernel);
  const at = kernel.state();
  const end = at + digestBytes + 72;
  let present: { kept: Uint8Array<ArrayBuffer> | undefined } | undefined;
  return (from) => {
    const self = { kept: from?.slice() };
    const enter = (): void => {
      if (present === self) return;
      if (present) present.kept = memory.slice(at, end);
      present = self;
      if (self.kept) memory.set(self.kept, at);
      else kernel.init();
    };
    return {
      update(bytes) {
        enter();
        take(bytes);
      },
      digest() {
        enter();
        kernel.final();
        present = undefined;
        return memory.slice(at, at + digestBytes);
      },
      state() {
        enter();
        return memory.slice(at, end);
      },
    };
  };
}
