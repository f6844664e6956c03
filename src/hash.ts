/**
 * Hashes, synchronous: by WebAssembly kernels, the runtime's own where those are faster, plain JavaScript where a page's policy bars
 * WebAssembly. All give the same bytes. `anyfile/hash`.
 *
 * @module
 */
import { engine as crc32Engine } from './integrity/kernels/crc32.ts';
import { engine as crc32cEngine } from './integrity/kernels/crc32c.ts';
import { engine as crc64nvmeEngine } from './integrity/kernels/crc64nvme.ts';
import { engine as md5Engine } from './integrity/kernels/md5.ts';
import { engine as sha256Engine } from './integrity/kernels/sha256.ts';
import { hasherOn, type Engine, type HasherOptions, type HashName, type SavableHasher } from './integrity/running.ts';

export { combineCrc, combineCrc32, combineCrc32c, combineCrc64nvme, type CrcName } from './integrity/combine.ts';
export { crc32 } from './integrity/kernels/crc32.ts';
export { crc32c } from './integrity/kernels/crc32c.ts';
export { crc64nvme } from './integrity/kernels/crc64nvme.ts';
export { hmacSha256, type HmacKey } from './integrity/kernels/hmac.ts';
export { md5, md5Many } from './integrity/kernels/md5.ts';
export { sha256 } from './integrity/kernels/sha256.ts';
export type { Hasher, HasherOptions, HashName, SavableHasher } from './integrity/running.ts';
export { fromBase64, fromHex, toBase64, toHex } from './util/base64.ts';

const engines: Record<HashName, Engine> = {
  crc32: crc32Engine,
  crc32c: crc32cEngine,
  crc64nvme: crc64nvmeEngine,
  md5: md5Engine,
  sha256: sha256Engine,
};

/**
 * Start a hash that is fed in pieces.
 *
 * @param options.savable whether it will be saved. @default false
 * @example const hash = createHasher('crc32c'); hash.update(bytes); toBase64(hash.digest())
 */
export const createHasher = (name: HashName, options?: HasherOptions): SavableHasher => hasherOn(name, engines[name], options?.savable);

/**
 * Go on with a hash that {@link SavableHasher.save} saved, here or in another engine; it can be saved again.
 *
 * @throws CloudError `InvalidArgument`: the bytes are not the saved state of this hash
 * @example loadHasher('md5', saved).update(bytes)
 */
export const loadHasher = (name: HashName, saved: Uint8Array): SavableHasher => hasherOn(name, engines[name], true, saved);
