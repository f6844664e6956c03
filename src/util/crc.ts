/**
 * CRC-32 (IEEE), CRC-32C (Castagnoli, RFC 3720 B.4) and CRC-64/NVME in plain JavaScript, eight bytes a step
 * (M. Kounavis, F. Berry, "Novel Table Lookup-Based Algorithms for High-Performance CRC Generation", 2008). All are reflected, start with and
 * end in a complement, so 64-bit states are kept as two 32-bit halves and the 32-bit ones as a low half alone.
 *
 * @module
 */

/** Eight tables of 256 entries, low halves then high halves. */
type Tables = readonly [Int32Array, Int32Array];

const made = new Map<number, Tables>();

function tables(polyLow: number, polyHigh: number): Tables {
  const known = made.get(polyLow);
  if (known) return known;
  const low = new Int32Array(2048);
  const high = new Int32Array(2048);
  for (let i = 0; i < 256; i++) {
    let l = i;
    let h = 0;
    for (let bit = 0; bit < 8; bit++) {
      const out = l & 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (out) {
        l ^= polyLow;
        h ^= polyHigh;
      }
    }
    low[i] = l;
    high[i] = h;
  }
  for (let i = 256; i < 2048; i++) {
    const l = low[i - 256]!;
    const h = high[i - 256]!;
    low[i] = ((l >>> 8) | (h << 24)) ^ low[l & 255]!;
    high[i] = (h >>> 8) ^ high[l & 255]!;
  }
  const both: Tables = [low, high];
  made.set(polyLow, both);
  return both;
}

function crc32With(poly: number, bytes: Uint8Array, seed: number): number {
  const t = tables(poly, 0)[0];
  let crc = ~seed;
  let i = 0;
  const end = bytes.length - 7;
  for (; i < end; i += 8) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc =
      t[1792 + (crc & 255)]! ^
      t[1536 + ((crc >>> 8) & 255)]! ^
      t[1280 + ((crc >>> 16) & 255)]! ^
      t[1024 + (crc >>> 24)]! ^
      t[768 + bytes[i + 4]!]! ^
      t[512 + bytes[i + 5]!]! ^
      t[256 + bytes[i + 6]!]! ^
      t[bytes[i + 7]!]!;
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ t[(crc ^ bytes[i]!) & 255]!;
  return ~crc >>> 0;
}

/**
 * CRC-32 of IEEE 802.3, as in gzip.
 *
 * @param seed the CRC of what came before. @default 0
 * @example crc32(new TextEncoder().encode('123456789')) // 0xcbf43926
 */
export const crc32 = (bytes: Uint8Array, seed = 0): number => crc32With(0xedb88320 | 0, bytes, seed);

/**
 * CRC-32C, the checksum of GCS and of many S3 stores.
 *
 * @param seed the CRC of what came before. @default 0
 * @example crc32c(new TextEncoder().encode('123456789')) // 0xe3069283
 */
export const crc32c = (bytes: Uint8Array, seed = 0): number => crc32With(0x82f63b78 | 0, bytes, seed);

/** State of a running CRC-64/NVME: complemented low and high half. */
export type Crc64State = [low: number, high: number];

/** Take `bytes` into `state`, in place. A new state is `[-1, -1]`. */
export function updateCrc64nvme(state: Crc64State, bytes: Uint8Array): void {
  // reflected polynomial 0x9a6c9329ac4bc9b5
  const [tl, th] = tables(0xac4bc9b5 | 0, 0x9a6c9329 | 0);
  let [l, h] = state;
  let i = 0;
  const end = bytes.length - 7;
  for (; i < end; i += 8) {
    l ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    h ^= bytes[i + 4]! | (bytes[i + 5]! << 8) | (bytes[i + 6]! << 16) | (bytes[i + 7]! << 24);
    const a = 1792 + (l & 255);
    const b = 1536 + ((l >>> 8) & 255);
    const c = 1280 + ((l >>> 16) & 255);
    const d = 1024 + (l >>> 24);
    const e = 768 + (h & 255);
    const f = 512 + ((h >>> 8) & 255);
    const g = 256 + ((h >>> 16) & 255);
    const k = h >>> 24;
    l = tl[a]! ^ tl[b]! ^ tl[c]! ^ tl[d]! ^ tl[e]! ^ tl[f]! ^ tl[g]! ^ tl[k]!;
    h = th[a]! ^ th[b]! ^ th[c]! ^ th[d]! ^ th[e]! ^ th[f]! ^ th[g]! ^ th[k]!;
  }
  for (; i < bytes.length; i++) {
    const at = (l ^ bytes[i]!) & 255;
    l = ((l >>> 8) | (h << 24)) ^ tl[at]!;
    h = (h >>> 8) ^ th[at]!;
  }
  state[0] = l;
  state[1] = h;
}

/**
 * CRC-64/NVME, the default checksum of new S3 objects.
 *
 * @example crc64nvme(new TextEncoder().encode('123456789')) // 0xae8b14860a799888n
 */
export function crc64nvme(bytes: Uint8Array): bigint {
  const state: Crc64State = [-1, -1];
  updateCrc64nvme(state, bytes);
  return (BigInt(~state[1] >>> 0) << 32n) | BigInt(~state[0] >>> 0);
}
