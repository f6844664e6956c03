/**
 * Blocks: what is opened for one is closed after it.
 *
 * @module
 */
import type { AbortOptions } from '../types.ts';

/** What keeps what was written when it is closed, and throws it away when it is aborted, also after a `close` that failed. */
export interface Closable {
  close(options?: AbortOptions): Promise<unknown>;
  abort(): Promise<unknown>;
}

/**
 * Run a block with a handle, and close it when the block returns; when it throws, abort the handle and throw the same.
 *
 * @example const text = await withHandle(handle, (file) => file.readText());
 */
export async function withHandle<H extends Closable, T>(
  handle: H,
  block: (handle: H) => Promise<T> | T,
  options: AbortOptions = {},
): Promise<T> {
  try {
    const result = await block(handle);
    await handle.close(options);
    return result;
  } catch (error) {
    await handle.abort().catch(() => {});
    throw error;
  }
}
