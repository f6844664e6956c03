/**
 * How much of a browser's storage the cache takes when nobody says.
 *
 * @module
 */

import { createStorageGuard } from './storage-guard.ts';

const MOST = 2 ** 30;
const SHARE = 0.2;
/** Where the browser does not say. */
const UNKNOWN = 0x800_0000;

const ESTIMATE_MS = 2000;

/** What Firefox keeps on its disk for each byte of a cache that was written over several times (measured). */
const FIREFOX_FACTOR = 2.3;

/** What is asked, so that tests can say something else. */
export interface StorageFacts {
  estimate?: (() => Promise<{ quota?: number; usage?: number }>) | undefined;
  userAgent?: string | undefined;
}

/**
 * The least of 1 GiB and 20 % of what is free, as bytes of values. What browsers say is not exact, so it is only where to begin: a quota that
 * comes earlier shows as an error.
 *
 * @param ownBytes what the cache holds already, which counts as free
 * @param timeoutMs after which it counts as unknown
 */
export async function defaultBudget(ownBytes = 0, facts: StorageFacts = factsOfThis(), timeoutMs: number = ESTIMATE_MS): Promise<number> {
  let bytes = UNKNOWN;
  try {
    // Some browsers were seen never to answer.
    const guard = createStorageGuard({ onTimeout() {} });
    const { quota, usage = 0 } = (await guard.run(async () => await facts.estimate?.(), timeoutMs)) ?? {};
    if (quota !== undefined) bytes = SHARE * Math.max(0, quota - Math.max(0, usage - ownBytes));
  } catch {
    // It does not say.
  }
  const factor = /\bFirefox\//.test(facts.userAgent ?? '') ? FIREFOX_FACTOR : 1;
  return Math.floor(Math.min(MOST, bytes) / factor);
}

function factsOfThis(): StorageFacts {
  const { navigator } = globalThis;
  const storage = navigator?.storage;
  return { estimate: storage?.estimate ? () => storage.estimate() : undefined, userAgent: navigator?.userAgent };
}
