/** Random reads, writes, clearings and evictions against what the store holds: no read gives bytes that were not there while it ran. */
import { isCloudError } from '../../../../src/errors.ts';
import type { CacheOptions, GetOptions } from '../../../../src/types.ts';
import { env } from '../../../env.ts';
import { equal, ok, test } from '../../../harness.ts';
import { bytesOf, rig, type Behaviour } from './cache-rig.ts';

const STEPS = 150;
const KEYS = ['a', 'b', 'c'];

/** Numbers from a seed, by xorshift. */
function numbers(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

async function play(name: string, options: CacheOptions, behaviour: Behaviour): Promise<void> {
  const { base, store, cache, time } = rig({ blockBytes: 0x1000, ...options }, behaviour);
  const next = numbers(env().seed + name.length);
  // What each key held, version by version, and how many of them were there at a moment.
  const history = new Map<string, (Uint8Array | null)[]>(KEYS.map((key) => [key, [null]]));
  let reads = 0;
  const change = async (key: string): Promise<void> => {
    const past = history.get(key)!;
    const through = next(3) === 0 ? store : base;
    if (next(5) === 0) {
      past.push(null);
      await through.delete(key);
      return;
    }
    const bytes = bytesOf(next(4) * 3000 + next(100), next(200));
    past.push(bytes);
    await through.put(key, bytes);
  };
  const read = async (key: string): Promise<void> => {
    const past = history.get(key)!;
    const since = past.length - 1;
    const range = next(2) ? { start: next(9000), end: 0 } : undefined;
    if (range) range.end = range.start + 1 + next(9000);
    const given: GetOptions = { cache: (['default', 'default', 'default', 'reload', 'read-only'] as const)[next(5)] };
    let got: Uint8Array | null | 'past the end';
    try {
      const result = await store.get(key, { ...given, range });
      if (result && next(6) === 0) {
        const reader = result.stream().getReader();
        await reader.read();
        await reader.cancel();
        return;
      }
      got = (await result?.bytes()) ?? null;
    } catch (error) {
      if (!isCloudError(error, 'RangeNotSatisfiable')) throw error;
      got = 'past the end';
    }
    reads++;
    const right = past.slice(since).some((bytes) => {
      if (got === 'past the end') return bytes !== null && range !== undefined && range.start >= bytes.length;
      if (got === null || bytes === null) return got === bytes;
      const want = range ? bytes.subarray(range.start, range.end) : bytes;
      const same = got;
      return want.length === same.length && want.every((byte, i) => byte === same[i]);
    });
    ok(right, `bytes of ${key} as they were while it was read (${range?.start}-${range?.end}, ${given.cache}), got ${got?.length}`);
  };
  const evict = async (): Promise<void> => {
    const { container } = await cache.shelf({ id: '', durable: true });
    await container.evict(next(20_000));
  };
  for (let step = 0; step < STEPS; step++) {
    const work: Promise<unknown>[] = [];
    for (let i = next(4); i >= 0; i--) work.push(read(KEYS[next(KEYS.length)]!));
    if (next(3) === 0) work.push(change(KEYS[next(KEYS.length)]!));
    if (next(20) === 0) work.push(cache.clear(next(2) ? {} : { prefix: `s3://b/${KEYS[next(KEYS.length)]!}` }));
    if (next(20) === 0) work.push(evict());
    await Promise.all(work);
    time.now += next(3000);
  }
  ok(reads > STEPS, `many reads, got ${reads}`);
  await cache.clear();
  equal((await cache.stats()).entries, 0, 'entries after clearing');
}

test('cache store: random reads are right, in Node', () => play('plain', {}, {}));
test('cache store: random reads are right, in a page', () => play('in a page', {}, { page: true }));
test('cache store: random reads are right, of a service whose refusals tell nothing', () => play('mute', {}, { tells: false }));
test('cache store: random reads are right, in little room', () => play('little room', { memoryBytes: 30_000, maxBytes: 30_000 }, {}));
