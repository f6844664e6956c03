/**
 * The ports in pages, workers, workerd and whatever else has web standards only.
 *
 * @module
 */
import type { Disk, NativeCodec, NodeReadable, NodeReadableOptions, Processes, Sqlite } from '../types.ts';
import { runtime } from './env.ts';

export * from './env.ts';
export { createHttpPort } from './http.ts';

/** In a page every unusual header costs a request of its own; workerd is a server. */
export const sendsLikeAPage: boolean = /* @__PURE__ */ runtime() !== 'workerd';

/** The origin's own disk. */
export const openOpfs = async (): Promise<Disk | undefined> => (await import('./opfs.ts')).openOpfs();

/** A folder that the user handed out; its name is all that is known of where it is. */
export const openFolder = async (folder: FileSystemDirectoryHandle): Promise<Disk | undefined> =>
  (await import('./opfs.ts')).createHandleDisk(folder, `anyfile:folder:${folder.name}:`);

/** A folder of the origin's own disk, or of memory. */
export const openScratch = async (_within?: string): Promise<{ disk: Disk; folder: string }> =>
  (await import('./scratch.ts')).openScratch();

/** None: what a page keeps is in IndexedDB. */
export async function openSqlite(_path: string, _options?: object): Promise<Sqlite | undefined> {
  return undefined;
}

/** Nothing is told of them. */
export async function openProcesses(): Promise<Processes | undefined> {
  return undefined;
}

/** There are none. */
export function createNodeReadable(
  _open: (signal: AbortSignal) => AsyncIterable<Uint8Array>,
  _options: NodeReadableOptions,
): NodeReadable | undefined {
  return undefined;
}

/** Not everywhere. */
export const hasBrotli = false;

/** gzip alone. */
export const nativeCodec = async (encoding: 'gzip' | 'br' | 'zstd'): Promise<NativeCodec | undefined> =>
  encoding === 'gzip' ? (await import('./gzip.ts')).nativeGzip : undefined;
