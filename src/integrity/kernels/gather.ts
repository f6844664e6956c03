/**
 * A CRC whose pieces are gathered in the kernel's memory, where they have to be copied anyway, and folded when it is full: the end of what is
 * taken goes through slower steps, which for pieces of 16 KiB, as TLS makes them, take half the time.
 *
 * @module
 */
import { FOLDED, type Crc32InPlace } from '../../wasm/crc.ts';
import { crc32Engine } from '../engines.ts';
import type { Engine } from '../running.ts';

/**
 * An engine over one kernel that all its hashes share. Whichever begins to add takes what another one has gathered out first.
 *
 * @param load makes a kernel of its own: called once, by the first hash that is begun
 * @param step the CRC of bytes that are all there, and of everything where there is no kernel
 */
export function gatheringCrc32(load: () => Crc32InPlace | undefined, step: (bytes: Uint8Array, seed: number) => number): Engine {
  const whole = crc32Engine(step);
  let loaded: { kernel: Crc32InPlace | undefined } | undefined;
  /** Takes out what is in the kernel's memory; of the hash that filled it. */
  let settle: (() => void) | undefined;
  return {
    ...whole,
    create(savable, saved) {
      const { kernel } = (loaded ??= { kernel: load() });
      if (!kernel) return whole.create(savable, saved);
      const { window } = kernel;
      let crc = saved ? new DataView(saved.buffer, saved.byteOffset).getUint32(0) : 0;
      let filled = 0;
      const take = (): void => {
        if (filled) crc = kernel.take(filled, crc);
        filled = 0;
      };
      const print = (): Uint8Array => {
        take();
        return Uint8Array.of(crc >>> 24, crc >>> 16, crc >>> 8, crc);
      };
      return {
        update(bytes) {
          if (settle !== take) {
            settle?.();
            settle = take;
          }
          for (let at = 0; at < bytes.length;) {
            const end = Math.min(bytes.length, at + window.length - filled);
            window.set(end - at === bytes.length ? bytes : bytes.subarray(at, end), filled);
            filled += end - at;
            at = end;
            if (filled < window.length) continue;
            filled = kernel.fold(filled, crc);
            crc = FOLDED;
          }
        },
        digest: print,
        state: print,
      };
    },
  };
}
