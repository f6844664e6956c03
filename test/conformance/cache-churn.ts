/**
 * One client of several that read, write and evict in one cache at the same time, and what it saw.
 *
 * @module
 */
import type { CacheContainer, CacheKey } from '../../src/cache/container/container.ts';
import { bytesFor, keyOf, namespaces } from './cache-rig.ts';

/** What a client saw. */
export interface Seen {
  operations: number;
  hits: number;
  /** Values that were not what was put. */
  wrong: number;
}

const sizes = [0, 1000, 16_384, 65_536, 65_536, 200_000, 600_000];
/** The bytes are made once: making them takes longer than storing them. */
const made = new Map<string, Uint8Array<ArrayBuffer>>();
const rightBytes = (key: CacheKey): Uint8Array<ArrayBuffer> => {
  const id = `${key.namespace} ${key.object} ${key.part}`;
  if (!made.has(id)) made.set(id, bytesFor(key));
  return made.get(id)!;
};

/** Values that all clients share: ten times what a budget of 2 MiB has room for. */
const keys: readonly CacheKey[] = Array.from({ length: 140 }, (_, i) => keyOf(i % 50, sizes[i % 7], i, namespaces[i % 9 ? 0 : 1]));

const isRight = (key: CacheKey, bytes: Uint8Array): boolean => {
  const right = rightBytes(key);
  return bytes.length === right.length && bytes.every((byte, i) => byte === right[i]);
};

/**
 * Read and write at random.
 *
 * @param seen is counted up
 * @param goesOn asked before each step
 */
export async function churn(container: CacheContainer, seen: Seen, goesOn: () => boolean): Promise<void> {
  while (goesOn()) {
    const some = Array.from({ length: 1 + Math.floor(Math.random() * 4) }, () => keys[Math.floor(Math.random() * keys.length)]!);
    const chance = Math.random();
    if (chance < 0.005) await container.delete({ namespace: namespaces[1] });
    else if (chance < 0.35) await container.putMany(some.map((key) => ({ ...key, bytes: rightBytes(key) })));
    else {
      for (const [i, entry] of (await container.getMany(some)).entries()) {
        if (!entry) continue;
        seen.hits++;
        if (!isRight(some[i]!, entry.bytes)) seen.wrong++;
      }
    }
    seen.operations++;
    // Storage that is left alone answers at once: others want a turn too.
    if (seen.operations % 16 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
