/**
 * The ports in Node, Bun and Deno. What is not needed for a first request is loaded on use: importing costs time in every script.
 *
 * @module
 */
import type { AbortOptions, CredentialsProvider } from '../../types.ts';
import type { DefaultCredentialsOptions } from './credentials.ts';
import type { CacheFiles, Disk, NativeCodec, Processes, Sqlite } from '../types.ts';

export { absolutePath, environment, ownPort, runtime } from './env.ts';
export { createNativeHash, nativeCrc32, nativeDigest } from './hash.ts';
export { createHttpPort, storedBytes } from './http.ts';
export { createNodeReadable } from './read-stream.ts';

/** Any header and redirect can be dealt with here. */
export const sendsLikeAPage = false;

/** Names kept for other processes. */
export const loadAliases = async (): Promise<Record<string, string>> => (await import('./aliases.ts')).loadAliases();
/** Keep names for other processes. */
export const saveAliases = async (aliases: Record<string, string>): Promise<void> => (await import('./aliases.ts')).saveAliases(aliases);

/** The local disk. */
export const openDisk = async (): Promise<Disk | undefined> => (await import('./disk.ts')).openDisk();

/** A folder that goes with the process. */
export const openScratch = async (within?: string): Promise<{ disk: Disk; folder: string }> =>
  (await import('./scratch.ts')).openScratch(within);

/** Files of a cache on the local disk. */
export const openCacheFiles = async (folder: string): Promise<CacheFiles | undefined> =>
  (await import('./cache-files.ts')).openCacheFiles(folder);

/** A SQLite database on the local disk. */
export const openSqlite = async (path: string, options?: AbortOptions & { create?: boolean }): Promise<Sqlite | undefined> =>
  (await import('./sqlite.ts')).openSqlite(path, options);

/** The processes of this machine. */
export const openProcesses = async (): Promise<Processes | undefined> => import('./process-mark.ts');

/** There is no browser's disk here. */
export async function openOpfs(): Promise<Disk | undefined> {
  return undefined;
}

/** Nobody hands out folders here. */
export async function openFolder(_folder: FileSystemDirectoryHandle): Promise<Disk | undefined> {
  return undefined;
}

/** node:zlib has it in every version. */
export const hasBrotli = true;

/** Codecs of node:zlib. */
export const nativeCodec = async (encoding: 'gzip' | 'br' | 'zstd'): Promise<NativeCodec | undefined> =>
  (await import('./zlib-codecs.ts')).nativeCodec(encoding);

/** Secret files, the environment, the vendors' chains; looked for when first asked. */
export function defaultCredentials(service: 's3' | 'gs' | 'http', options?: DefaultCredentialsOptions): CredentialsProvider {
  let found: CredentialsProvider | undefined;
  return async (request) => {
    found ??= (await import('./credentials.ts')).defaultCredentials(service, options);
    return found(request);
  };
}
