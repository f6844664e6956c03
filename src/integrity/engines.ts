/**
 * Engines made of plain functions: for CRCs whose steps are functions, for hashes by blocks, and for the runtime's own.
 *
 * @module
 */
import { createNativeHash, nativeDigest } from '#platform';
import type { Crc64State } from '../util/crc.ts';
import { digestOn, type Engine } from './running.ts';

/** An engine of a CRC of 32 bits. */
export function crc32Engine(step: (bytes: Uint8Array, seed: number) => number): Engine {
  const print = (crc: number): Uint8Array => Uint8Array.of(crc >>> 24, crc >>> 16, crc >>> 8, crc);
  return {
    create(_, state) {
      let crc = state ? new DataView(state.buffer, state.byteOffset).getUint32(0) : 0;
      return {
        update(bytes) {
          crc = step(bytes, crc);
        },
        digest: () => print(crc),
        state: () => print(crc),
      };
    },
    digest: (bytes) => print(step(bytes, 0)),
  };
}

/** An engine of a CRC of 64 bits. */
export function crc64Engine(step: (bytes: Uint8Array, state: Crc64State) => void): Engine {
  const print = ([low, high]: Crc64State): Uint8Array => {
    const out = new DataView(new ArrayBuffer(8));
    out.setInt32(0, ~high);
    out.setInt32(4, ~low);
    return new Uint8Array(out.buffer);
  };
  return {
    create(_, saved) {
      const view = saved && new DataView(saved.buffer, saved.byteOffset);
      const state: Crc64State = view ? [~view.getInt32(4), ~view.getInt32(0)] : [-1, -1];
      return { update: (bytes) => step(bytes, state), digest: () => print(state), state: () => print(state) };
    },
  };
}

/** The runtime's own hash, where there is one and it need not be saved; else ours. Asked for each time: FIPS mode takes MD5 away. */
export function nativeEngine(name: 'md5' | 'sha256', own: Engine): Engine {
  return {
    create: (savable, state) => (savable || state ? undefined : createNativeHash(name)) ?? own.create(savable, state),
    digest: (bytes) => nativeDigest(name, bytes) ?? digestOn(own, bytes),
  };
}
