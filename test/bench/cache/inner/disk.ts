/** What the package does not export, for `npm run bench -- cache`. */
export { openDiskContainer } from '../../../../src/cache/container/disk-container.ts';
