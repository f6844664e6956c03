/**
 * The SHA-256 kernel.
 *
 * @module
 */
import { blockHashes, type BlockHashExports, type BlockKernel } from './block-hash.ts';
import { instantiateNow } from './loader.ts';

/**
 * SHA-256 of the module.
 *
 * @param text the module, base64
 * @returns `undefined` where WebAssembly is barred
 */
export function sha256Kernel(text: string): BlockKernel | undefined {
  const kernel = instantiateNow<BlockHashExports>(text);
  return kernel && { create: blockHashes(kernel, 32) };
}
