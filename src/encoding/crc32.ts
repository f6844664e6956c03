/**
 * CRC-32 (IEEE 802.3, reflected 0xEDB88320) for the checks of gzip where WebAssembly is barred: small rather than fast.
 *
 * @module
 */
let table: Int32Array | undefined;

function makeTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
}

/** The checksum of all bytes so far; `seed` is that of those before. */
export function crc32(bytes: Uint8Array, seed = 0): number {
  const t = (table ??= makeTable());
  let crc = ~seed;
  for (const byte of bytes) crc = t[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
