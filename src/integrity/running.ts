/**
 * What every engine of a hash offers, and the saved form of a running hash.
 *
 * @module
 */
import { CloudError } from '../errors.ts';

/** Names as in S3's `x-amz-checksum-*` headers. */
export type HashName = 'md5' | 'crc32' | 'crc32c' | 'crc64nvme' | 'sha256';

/** A running hash as an engine has it; `state` is absent where the engine cannot give it away. */
export interface Running {
  update(bytes: Uint8Array): void;
  digest(): Uint8Array;
  state?(): Uint8Array;
}

/** One way to compute a hash. */
export interface Engine {
  /**
   * Starts a hash.
   *
   * @param savable it must have a `state`
   * @param state where it goes on: the same bytes in every engine, see {@link stateBytes}
   */
  create(savable?: boolean, state?: Uint8Array): Running;
  /** The digest of bytes that are all there, where that is cheaper. */
  digest?(bytes: Uint8Array): Uint8Array;
}

/** How a hash is made. */
export interface HasherOptions {
  /** Whether it will be saved. The runtime's own hashes, faster where there are any, cannot be; CRCs can always. @default false */
  savable?: boolean | undefined;
}

/** A running hash; `digest` ends it and gives the big-endian bytes that stores print in base64. */
export interface Hasher {
  /** @throws CloudError `InvalidArgument` after {@link Hasher.digest} */
  update(bytes: Uint8Array): void;
  /** @throws CloudError `InvalidArgument` when it was called before */
  digest(): Uint8Array;
}

/** A running hash that can be interrupted. */
export interface SavableHasher extends Hasher {
  /**
   * The state of the hash, 9 to 108 bytes, from which `loadHasher` goes on in any engine and any later version; the hash goes on too.
   *
   * @throws CloudError `NotSupported` when the hash was not made with `savable`, `InvalidArgument` after {@link Hasher.digest}
   */
  save(): Uint8Array;
}

const invalid = (message: string): CloudError => new CloudError(message, { code: 'InvalidArgument' });

// "anyfile hash", version 1, the hash; then what Engine.create takes, a tail of a block only as far as it counts.
const MAGIC = [0x61, 0x66, 0x68, 1];
const ids: readonly HashName[] = ['md5', 'crc32', 'crc32c', 'crc64nvme', 'sha256'];
const HEAD = 5;

/** Bytes of an engine's state: a CRC is its digest so far; others have words, 8 bytes of length, 64 of the block that is not full. Little-endian. */
export const stateBytes: Record<HashName, number> = { md5: 88, crc32: 4, crc32c: 4, crc64nvme: 8, sha256: 104 };

/** How many bytes went into a hash by blocks. */
const lengthIn = (state: Uint8Array): number => {
  const view = new DataView(state.buffer, state.byteOffset + state.length - 72, 8);
  return view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
};

function pack(name: HashName, state: Uint8Array): Uint8Array {
  const unused = name.startsWith('crc') ? 0 : 64 - (lengthIn(state) % 64);
  return Uint8Array.from([...MAGIC, ids.indexOf(name), ...state.subarray(0, state.length - unused)]);
}

/** What {@link pack} packed. */
function unpack(name: HashName, saved: Uint8Array): Uint8Array {
  const foreign = (): CloudError => invalid(`These bytes are not the state of a ${name} that anyfile saved`);
  if (!(saved instanceof Uint8Array) || MAGIC.some((byte, i) => saved[i] !== byte) || ids[saved[HEAD - 1]!] !== name) throw foreign();
  const state = new Uint8Array(stateBytes[name]);
  const body = saved.subarray(HEAD);
  if (name.startsWith('crc') ? body.length !== state.length : body.length < state.length - 64 || body.length >= state.length)
    throw foreign();
  state.set(body);
  if (!name.startsWith('crc') && (lengthIn(state) > 2 ** 53 || lengthIn(state) % 64 !== body.length - state.length + 64)) throw foreign();
  return state;
}

/** A hash on an engine, as the public has it; what goes on from a saved state can be saved again. */
export function hasherOn(name: HashName, engine: Engine, savable?: boolean, saved?: Uint8Array): SavableHasher {
  let running: Running | undefined = engine.create(savable, saved && unpack(name, saved));
  const live = (): Running => {
    if (!running) throw invalid(`This ${name} has ended: its digest was asked for`);
    return running;
  };
  return {
    update: (bytes) => live().update(bytes),
    digest() {
      const digest = live().digest();
      running = undefined;
      return digest;
    },
    save() {
      const state = live().state?.();
      if (!state)
        throw new CloudError(`This ${name} is the runtime's, which cannot save it: make it with savable: true`, { code: 'NotSupported' });
      return pack(name, state);
    },
  };
}

/** {@link Engine.digest}, or what stands for it. */
export function digestOn(engine: Engine, bytes: Uint8Array): Uint8Array {
  if (engine.digest) return engine.digest(bytes);
  const running = engine.create();
  running.update(bytes);
  return running.digest();
}
