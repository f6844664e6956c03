/**
 * What tests of block caches stand on: an object whose bytes are known, a fetch that does as it is told, and a slow container.
 *
 * @module
 */
import type { BlockObject, ByteSpan, FetchRange } from '../../src/cache/blocks/block-cache.ts';
import type { CacheContainer, CacheEntry } from '../../src/cache/container/container.ts';
import { createMemoryContainer } from '../../src/cache/container/memory-container.ts';
import { sha256Hex } from '../../src/util/sha256.ts';
import { noise } from './noise.ts';

/** An object in one version, with its bytes. */
export interface KnownObject extends BlockObject {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Makes an object; another name is another object. */
export const knownObject = (sizeBytes: number, blockBytes: number, name: string | number = 'a'): KnownObject => ({
  namespace: '00112233445566ff',
  object: sha256Hex(`blocks of ${name}`).slice(0, 40),
  sizeBytes,
  blockBytes,
  bytes: noise(sizeBytes, typeof name === 'number' ? name + 1 : name.length),
});

/** One request that was made, and the ways to answer it. */
export interface AskedRange extends ByteSpan {
  readonly signal: AbortSignal;
  answered: boolean;
  /** @param bytes in place of the right ones */
  answer(bytes?: Uint8Array): void;
  refuse(error: unknown): void;
}

/** A fetch that records what it is asked. */
export interface ScriptedFetch {
  readonly fetch: FetchRange;
  readonly asked: AskedRange[];
  /** `start-end` of each request so far. */
  spans(): string[];
}

/**
 * Makes a fetch.
 *
 * @param by itself it answers at once; `hand` leaves that to the test. Either way an abort rejects with its reason.
 */
export function scriptedFetch({ bytes }: { bytes: Uint8Array }, by: 'itself' | 'hand' = 'itself'): ScriptedFetch {
  const asked: AskedRange[] = [];
  const fetch: FetchRange = ({ start, end }, { signal }) =>
    new Promise((resolve, reject) => {
      const one: AskedRange = {
        start,
        end,
        signal,
        answered: false,
        answer(given = bytes.slice(start, end)) {
          one.answered = true;
          resolve(given);
        },
        refuse(error) {
          one.answered = true;
          reject(error);
        },
      };
      asked.push(one);
      signal.addEventListener('abort', () => one.refuse(signal.reason));
      if (by === 'itself') one.answer();
    });
  return { fetch, asked, spans: () => asked.map(({ start, end }) => `${start}-${end}`) };
}

/** Lets everything happen that waits for nothing but its turn. */
export const turns = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));

/** A container that puts when it is told to. */
export function slowContainer(): CacheContainer & { readonly puts: CacheEntry[][]; let(): void } {
  const memory = createMemoryContainer();
  const puts: CacheEntry[][] = [];
  let go: (() => void)[] = [];
  return {
    ...memory,
    puts,
    async putMany(entries) {
      puts.push([...entries]);
      await new Promise<void>((resolve) => go.push(resolve));
      return await memory.putMany(entries);
    },
    let() {
      for (const one of go) one();
      go = [];
    },
  };
}
