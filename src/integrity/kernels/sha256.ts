/**
 * SHA-256 by the runtime or by the kernel.
 *
 * @module
 */
import type { BlockKernel } from '../../wasm/block-hash.ts';
import { sha256Kernel } from '../../wasm/sha256.ts';
import text from '../../../wasm/built/sha256.wasm';
import { nativeEngine } from '../engines.ts';
import { digestOn, type Engine } from '../running.ts';
import { plainSha256 } from '../sha256.ts';
import { kernelEngine } from './choose.ts';

let loaded: { kernel: BlockKernel | undefined } | undefined;

const load = (): BlockKernel | undefined => (loaded ??= { kernel: sha256Kernel(text) }).kernel;

/** SHA-256 for hashers. The runtime's has the processor's own instructions: five times the speed of any kernel. */
export const engine: Engine = /* @__PURE__ */ nativeEngine('sha256', /* @__PURE__ */ kernelEngine(load, plainSha256));

/** SHA-256 of `bytes`, 32 bytes. */
export const sha256 = (bytes: Uint8Array): Uint8Array => digestOn(engine, bytes);
