/**
 * What a page or worker is and has not.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { CredentialsProvider } from '../../types.ts';
import { resolvePath } from '../../util/path.ts';
import type { MessagePortLike } from '../message-port.ts';
import type { CacheFiles, Disk, NativeHash, RuntimeName } from '../types.ts';

/** Cloudflare's workers, else a browser; what is not known is taken for one. */
export function runtime(): RuntimeName {
  return globalThis.navigator?.userAgent === 'Cloudflare-Workers' ? 'workerd' : 'browser';
}

/** None. */
export function environment(): Record<string, string | undefined> {
  return {};
}

/** Paths are on the origin's own disk, whose root is also its home. */
export function absolutePath(path: string): string {
  return resolvePath('/', path.replace(/^~(?=$|\/)/, '.'));
}

/** No local disk. */
export async function openDisk(): Promise<Disk | undefined> {
  return undefined;
}

/** None: browsers keep what is cached elsewhere. */
export async function openCacheFiles(_folder: string): Promise<CacheFiles | undefined> {
  return undefined;
}

/** A worker's own scope. A page has a `postMessage` of another kind. */
export function ownPort(): MessagePortLike | undefined {
  const scope = globalThis as Partial<MessagePortLike>;
  return typeof document === 'undefined' && typeof scope.postMessage === 'function' ? (scope as MessagePortLike) : undefined;
}

/** Nothing is to be found without being told. */
export function defaultCredentials(_service: string, _options?: object): CredentialsProvider | undefined {
  return undefined;
}

/** WebCrypto has no synchronous hash. */
export function createNativeHash(_algorithm: string): NativeHash | undefined {
  return undefined;
}

/** Nor here. */
export function nativeDigest(_algorithm: string, _bytes: Uint8Array): Uint8Array | undefined {
  return undefined;
}

/** None. */
export function nativeCrc32(): undefined {
  return undefined;
}

/** Not here: `fetch` undoes Content-Encoding by itself. */
export function storedBytes(): boolean {
  return false;
}

/** None are kept. */
export async function loadAliases(): Promise<Record<string, string>> {
  return {};
}

/** Rejects with `NotSupported`. */
export async function saveAliases(_aliases: Record<string, string>): Promise<void> {
  throw new CloudError('aliases are not kept here', { code: 'NotSupported', operation: 'alias' });
}
