/**
 * The ports in pages, workers, workerd and whatever else has web standards only.
 *
 * @module
 */
import type { Disk } from '../types.ts';
import { runtime } from './env.ts';

export * from './env.ts';
export { createHttpPort } from './http.ts';

/** In a page every unusual header costs a request of its own; workerd is a server. */
export const sendsLikeAPage: boolean = /* @__PURE__ */ runtime() !== 'workerd';

/** The origin's own disk. */
export const openOpfs = async (): Promise<Disk | undefined> => (await import('./opfs.ts')).openOpfs();
/** fflate, loaded on first use. */
export const gzip = async (bytes: Uint8Array, level: number | undefined): Promise<Uint8Array<ArrayBuffer>> =>
  (await import('./gzip.ts')).gzip(bytes, level);
/** Members are all decoded; anything behind the last is an error. */
export const gunzip = async (bytes: Uint8Array, maxOutputBytes: number): Promise<Uint8Array<ArrayBuffer>> =>
  (await import('./gzip.ts')).gunzip(bytes, maxOutputBytes);
