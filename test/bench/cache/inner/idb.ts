/** What the package does not export, for the browsers' part of `npm run bench -- cache`. */
export { openIndexedDbContainer } from '../../../../src/cache/container/indexeddb-container.ts';
export { createEncryptedContainer, ENCRYPTION_BYTES } from '../../../../src/cache/container/encrypted-container.ts';
export { encryptionKey } from '../../../../src/cache/container/encryption-key.ts';
export { prepareHash } from '../../../../src/integrity/hasher.ts';
