/** What the package does not export, for `npm run bench -- cache`. */
export { openDiskContainer } from '../../../../src/cache/container/disk-container.ts';
export { crc32cInPlace } from '../../../../src/integrity/kernels/crc32c.ts';
