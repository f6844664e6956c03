/**
 * CRC-32 by the kernel.
 *
 * @module
 */
import { crc32 as plain } from '../../util/crc.ts';
import { crc32InPlace, crc32Kernel } from '../../wasm/crc.ts';
import text from '../../../wasm/built/crc32.wasm';
import type { Engine } from '../running.ts';
import { withKernel } from './choose.ts';
import { gatheringCrc32 } from './gather.ts';

const step: (bytes: Uint8Array, seed: number) => number = /* @__PURE__ */ withKernel(() => crc32Kernel(text), plain);

/**
 * CRC-32 of IEEE 802.3, as in gzip.
 *
 * @param seed the CRC of what came before. @default 0
 * @example crc32(new TextEncoder().encode('123456789')) // 0xcbf43926
 */
export const crc32 = (bytes: Uint8Array, seed = 0): number => step(bytes, seed);

/** CRC-32 for hashers. */
export const engine: Engine = /* @__PURE__ */ gatheringCrc32(() => crc32InPlace(text), crc32);
