// Checksums without kernels, as pages have them where WebAssembly is barred.
export { crc32, crc32c, crc64nvme } from '../../../../src/util/crc.ts';
