/**
 * Random operations on files whose bytes fail to come now and then: each gives what is right, or the very error of the source.
 *
 * @module
 */
import { openHdf5, type Hdf5File } from '../../src/hdf5.ts';
import { loadLibrary } from '../../src/hdf5/library/load.ts';
import { equal } from '../harness.ts';
import { memorySource } from './hdf5-sources.ts';
import { readAll, sliceOf, type Known, type Range } from './hdf5-values.ts';

/** Random numbers below 1, the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What happened. */
export interface FuzzResult {
  operations: number;
  failures: number;
  aborts: number;
}

class Injected extends Error {}

/** How often the library has a file open. */
async function openFiles(): Promise<number> {
  const { FS } = (await loadLibrary()) as unknown as { FS: { streams: unknown[] } };
  return FS.streams.filter(Boolean).length;
}

async function once(file: Hdf5File, known: Known, next: () => number, signal: AbortSignal): Promise<() => void> {
  const path = known.paths[Math.floor(next() * known.paths.length)]!;
  const pick = next();
  if (pick < 0.2) {
    const item = await file.get(path, { signal });
    const got = item && item.kind !== 'link' ? await item.attrs({ signal }) : null;
    return () => equal(got, known.attrs.get(path), `attributes of ${path}`);
  }
  const kind = known.kinds.get(path);
  if (kind === 'group') {
    const got = await file.keys(path, { signal });
    return () => equal(got, known.keys.get(path), `keys of ${path}`);
  }
  if (kind !== 'dataset') {
    const got = (await file.get(path, { signal }))?.kind;
    return () => equal(got, kind, path);
  }
  const dataset = await file.dataset(path, { signal });
  const [shape, values] = [known.shapes.get(path), known.values.get(path)];
  if (pick < 0.5 || !shape?.length) {
    const got = await dataset.read({ signal });
    return () => equal(got, values, `values of ${path}`);
  }
  const ranges = shape.map((n): Range => {
    const start = Math.floor(next() * (n + 1));
    return [start, start + Math.floor(next() * (n - start + 1)), 1 + Math.floor(next() ** 3 * 5)];
  });
  const got = (await dataset.slice(ranges, { signal })) as ArrayLike<unknown>;
  return () => equal(Array.from(got), sliceOf(values as ArrayLike<unknown>, shape, ranges), `${path} ${JSON.stringify(ranges)}`);
}

/**
 * Does random operations on one file, several at a time.
 *
 * @param options of opening, besides those that make pages few
 * @throws what differs
 */
export async function fuzzFile(
  bytes: Uint8Array,
  { seed, operations, plugins }: { seed: number; operations: number; plugins: string },
  options: NonNullable<Parameters<typeof openHdf5>[1]> = {},
): Promise<FuzzResult> {
  const next = random(seed);
  const plain = await openHdf5(memorySource(bytes), { plugins });
  const known = await readAll(plain);
  await plain.close();
  const before = await openFiles();
  const result: FuzzResult = { operations: 0, failures: 0, aborts: 0 };
  let failing = false;
  let reads = 0;
  const source = memorySource(bytes, {
    before() {
      // now and then, and for certain where few are read
      if (failing && (++reads % 40 === 20 || next() < 0.02)) throw new Injected('no bytes this time');
    },
  });
  const file = await openHdf5(source, {
    cacheBytes: 2048,
    pageBytes: 512,
    minFetchBytes: 512,
    headBytes: 512,
    maxReadAheadBytes: 0,
    gapBytes: 0,
    plugins,
    ...options,
  });
  failing = true;
  const one = async (): Promise<void> => {
    const abort = new AbortController();
    const reason = new Error('not any more');
    const aborts = next() < 0.05;
    if (aborts) setTimeout(() => abort.abort(reason), Math.floor(next() * 3));
    let check: () => void;
    try {
      check = await once(file, known, next, abort.signal);
    } catch (error) {
      if (error instanceof Injected) result.failures++;
      else if (error === reason) result.aborts++;
      else throw error;
      return;
    }
    check();
  };
  while (result.operations < operations) {
    const together = 1 + Math.floor(next() * 4);
    result.operations += together;
    const ended = await Promise.allSettled(Array.from({ length: together }, one));
    for (const { reason } of ended.filter((end) => end.status === 'rejected')) throw reason;
  }
  await file.close();
  equal([source.closed, await openFiles()], [1, before], 'closed, and files that the library has open');
  return result;
}
