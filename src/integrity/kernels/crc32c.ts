/**
 * CRC-32C by the kernel.
 *
 * @module
 */
import { crc32c as plain } from '../../util/crc.ts';
import { crc32InPlace, crc32Kernel, type Crc32InPlace } from '../../wasm/crc.ts';
import text from '../../../wasm/built/crc32c.wasm';
import type { Engine } from '../running.ts';
import { withKernel } from './choose.ts';
import { gatheringCrc32 } from './gather.ts';

const step: (bytes: Uint8Array, seed: number) => number = /* @__PURE__ */ withKernel(() => crc32Kernel(text), plain);

/**
 * CRC-32C (Castagnoli), the checksum of GCS and of many S3 stores.
 *
 * @param seed the CRC of what came before. @default 0
 * @example crc32c(new TextEncoder().encode('123456789')) // 0xe3069283
 */
export const crc32c = (bytes: Uint8Array, seed = 0): number => step(bytes, seed);

/** CRC-32C for hashers. */
export const engine: Engine = /* @__PURE__ */ gatheringCrc32(() => crc32InPlace(text), crc32c);

/** A kernel of one's own, into whose memory bytes can be read; undefined where WebAssembly is barred. */
export const crc32cInPlace = (): Crc32InPlace | undefined => crc32InPlace(text);
