/**
 * The ports in Node, Bun and Deno.
 *
 * @module
 */
import type { Disk } from '../types.ts';

export { loadAliases, saveAliases } from './aliases.ts';
export { defaultCredentials } from './credentials.ts';
export { openDisk } from './disk.ts';
export { absolutePath, environment, runtime } from './env.ts';
export { gunzip, gzip } from './gzip.ts';
export { createNativeHash, nativeCrc32 } from './hash.ts';
export { createHttpPort, storedBytes } from './http.ts';

/** Any header and redirect can be dealt with here. */
export const sendsLikeAPage = false;

/** There is no browser's disk here. */
export async function openOpfs(): Promise<Disk | undefined> {
  return undefined;
}
