/**
 * MD5 by the runtime or by the kernel.
 *
 * @module
 */
import { nativeDigest } from '#platform';
import { md5Kernel, type Md5Kernel } from '../../wasm/md5.ts';
import text from '../../../wasm/built/md5.wasm';
import { nativeEngine } from '../engines.ts';
import { plainMd5 } from '../md5.ts';
import { digestOn, type Engine } from '../running.ts';
import { kernelEngine } from './choose.ts';

let loaded: { kernel: Md5Kernel | undefined } | undefined;

const load = (): Md5Kernel | undefined => (loaded ??= { kernel: md5Kernel(text) }).kernel;

const own: Engine = /* @__PURE__ */ kernelEngine(load, plainMd5);
const native: Engine = /* @__PURE__ */ nativeEngine('md5', own);

/** Below this many bytes a call of OpenSSL costs Node more than the kernel's whole work. */
const NATIVE_FROM_BYTES = 2048;

/**
 * MD5 of `bytes`, 16 bytes.
 *
 * @example toHex(md5(new Uint8Array())) // 'd41d8cd98f00b204e9800998ecf8427e'
 */
export const md5 = (bytes: Uint8Array): Uint8Array => digestOn(bytes.length < NATIVE_FROM_BYTES ? own : native, bytes);

/** MD5 for hashers. */
export const engine: Engine = /* @__PURE__ */ { ...native, digest: md5 };

/**
 * MD5 of many buffers, each 16 bytes, in their order. Four go at a time, a buffer in each lane of a vector: for buffers of some 4 KiB and more
 * that takes half the time of one after the other.
 *
 * @example const [a, b] = md5Many([first, second])
 */
export function md5Many(buffers: readonly Uint8Array[]): Uint8Array[] {
  // One or two lanes are slower than the runtime's own, which there is where nothing short can be hashed.
  const few = buffers.length < 3 && nativeDigest('md5', new Uint8Array()) !== undefined;
  const kernel = buffers.length > 1 && !few ? load() : undefined;
  return kernel ? kernel.many(buffers) : buffers.map(md5);
}
