/**
 * What hashes by blocks of 64 bytes have in common (RFC 1321, section 3; FIPS 180-4, section 5), in plain JavaScript.
 *
 * @module
 */
import type { Engine } from './running.ts';

/** A hash by blocks. */
export interface BlockAlgorithm {
  /** The first words. */
  start: ArrayLike<number>;
  /** Takes the block at `at` into the words. */
  take(words: Int32Array, bytes: Uint8Array, at: number): void;
  /** Of the length behind the padding, and of the digest. */
  littleEndian: boolean;
}

/** An engine in plain JavaScript. */
export function blockEngine({ start, take, littleEndian }: BlockAlgorithm): Engine {
  return {
    create(_, state) {
      const words = Int32Array.from(start);
      const tail = new Uint8Array(64);
      let total = 0;
      if (state) {
        const view = new DataView(state.buffer, state.byteOffset, state.length);
        for (let i = 0; i < words.length; i++) words[i] = view.getInt32(4 * i, true);
        total = view.getUint32(4 * words.length, true) + view.getUint32(4 * words.length + 4, true) * 2 ** 32;
        tail.set(state.subarray(-64));
      }
      const update = (bytes: Uint8Array): void => {
        let at = 0;
        const held = total % 64;
        total += bytes.length;
        if (held > 0) {
          at = Math.min(64 - held, bytes.length);
          tail.set(bytes.subarray(0, at), held);
          if (held + at < 64) return;
          take(words, tail, 0);
        }
        for (; at + 64 <= bytes.length; at += 64) take(words, bytes, at);
        tail.set(bytes.subarray(at));
      };
      const print = (view: DataView, little: boolean): void => words.forEach((word, i) => view.setInt32(4 * i, word, little));
      return {
        update,
        digest() {
          const low = total % 2 ** 29;
          const high = (total - low) / 2 ** 29;
          const padding = new Uint8Array(((119 - (total % 64)) % 64) + 9);
          padding[0] = 0x80;
          const view = new DataView(padding.buffer, padding.length - 8);
          view.setUint32(littleEndian ? 0 : 4, low * 8, littleEndian);
          view.setUint32(littleEndian ? 4 : 0, high, littleEndian);
          update(padding);
          const out = new DataView(new ArrayBuffer(4 * words.length));
          print(out, littleEndian);
          return new Uint8Array(out.buffer);
        },
        state() {
          const out = new Uint8Array(4 * words.length + 72);
          const view = new DataView(out.buffer);
          print(view, true);
          view.setUint32(4 * words.length, total % 2 ** 32, true);
          view.setUint32(4 * words.length + 4, total / 2 ** 32, true);
          out.set(tail, out.length - 64);
          return out;
        },
      };
    },
  };
}
