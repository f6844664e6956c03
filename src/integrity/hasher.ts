/**
 * One interface over every hash. What is here works at once: the runtime's own, or plain JavaScript; the kernels, several times as fast, come
 * with {@link prepareHash}.
 *
 * @module
 */
import { createNativeHash, nativeCrc32 } from '#platform';
import { crc32, crc32c, updateCrc64nvme } from '../util/crc.ts';
import { crc32Engine, crc64Engine, nativeEngine } from './engines.ts';
import { plainMd5 } from './md5.ts';
import { digestOn, hasherOn, type Engine, type HasherOptions, type HashName, type SavableHasher } from './running.ts';
import { plainSha256 } from './sha256.ts';

export type { Hasher, HasherOptions, HashName, SavableHasher } from './running.ts';

const plain: Record<HashName, () => Engine> = {
  crc32: () => crc32Engine(nativeCrc32() ?? crc32),
  crc32c: () => crc32Engine(crc32c),
  crc64nvme: () => crc64Engine((bytes, state) => updateCrc64nvme(state, bytes)),
  md5: () => nativeEngine('md5', plainMd5),
  sha256: () => nativeEngine('sha256', plainSha256),
};

const kernels: Record<HashName, () => Promise<{ engine: Engine }>> = {
  crc32: () => import('./kernels/crc32.ts'),
  crc32c: () => import('./kernels/crc32c.ts'),
  crc64nvme: () => import('./kernels/crc64nvme.ts'),
  md5: () => import('./kernels/md5.ts'),
  sha256: () => import('./kernels/sha256.ts'),
};

const engines: Partial<Record<HashName, Engine>> = {};
const loading: Partial<Record<HashName, Promise<void>>> = {};

const engineOf = (name: HashName): Engine => (engines[name] ??= plain[name]());

async function load(name: HashName): Promise<void> {
  // What the runtime has itself the kernel does not better.
  if ((name === 'md5' || name === 'sha256') && createNativeHash(name)) return;
  try {
    engines[name] = (await kernels[name]()).engine;
  } catch {
    // A chunk that did not come: plain JavaScript goes on, and the next one asks again.
    delete loading[name];
  }
}

/** Loads what makes this hash fast, once; it works without, and slower. Never rejects. */
export const prepareHash = (name: HashName): Promise<void> => (loading[name] ??= load(name));

/** Start a hash. */
export const createHasher = (name: HashName, options?: HasherOptions): SavableHasher => hasherOn(name, engineOf(name), options?.savable);

/** The digest of bytes that are all there; cheaper than a {@link Hasher}. */
export const digestOf = (name: HashName, bytes: Uint8Array): Uint8Array => digestOn(engineOf(name), bytes);
