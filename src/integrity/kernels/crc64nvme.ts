/**
 * CRC-64/NVME by the kernel.
 *
 * @module
 */
import { updateCrc64nvme, type Crc64State } from '../../util/crc.ts';
import { crc64Kernel } from '../../wasm/crc.ts';
import text from '../../../wasm/built/crc64nvme.wasm';
import { crc64Engine } from '../engines.ts';
import type { Engine } from '../running.ts';
import { withKernel } from './choose.ts';

const plain = (bytes: Uint8Array, state: Crc64State): void => updateCrc64nvme(state, bytes);
const step: (bytes: Uint8Array, state: Crc64State) => void = /* @__PURE__ */ withKernel(() => crc64Kernel(text), plain);

/**
 * CRC-64/NVME, the default checksum of new S3 objects.
 *
 * @param seed the CRC of what came before. @default 0n
 * @example crc64nvme(new TextEncoder().encode('123456789')) // 0xae8b14860a799888n
 */
export function crc64nvme(bytes: Uint8Array, seed = 0n): bigint {
  const state: Crc64State = seed === 0n ? [-1, -1] : [~Number(BigInt.asIntN(32, seed)), ~Number(BigInt.asIntN(32, seed >> 32n))];
  step(bytes, state);
  return (BigInt(~state[1] >>> 0) << 32n) | BigInt(~state[0] >>> 0);
}

/** CRC-64/NVME for hashers. */
export const engine: Engine = /* @__PURE__ */ crc64Engine(step);
