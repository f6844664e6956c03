// Runs in a page: ranges of one object from a slow server, many at once and one alone, in turn.
import { createMemoryContainer } from '../../../../src/cache/container/memory-container.ts';
import { openReader } from '../../../../src/cache/blocks/reader.ts';
import { createContext } from '../../../../src/store/context.ts';
import { createHttpStore } from '../../../../src/store/http/store.ts';

interface Job {
  base: string;
  sizeBytes: number;
  blockBytes: number;
  ranges: number;
  rounds: number;
}

async function measure({ base, sizeBytes, blockBytes, ranges, rounds }: Job): Promise<unknown[]> {
  const context = createContext({});
  const store = createHttpStore({ base: `${base}/`, context });
  const apart = Math.floor(sizeBytes / (ranges + 1) / blockBytes) * blockBytes;
  const timed = (start: number): object => {
    const us = (performance.now() - start) * 1000;
    return { us, rate: 1e6 / us };
  };
  const plainly = async (count: number): Promise<object> => {
    const start = performance.now();
    const one = async (at: number): Promise<ArrayBuffer> => {
      const headers = { range: `bytes=${at}-${at + blockBytes - 1}` };
      return await (await fetch(`${base}/a.bin`, { cache: 'no-store', headers })).arrayBuffer();
    };
    await Promise.all(Array.from({ length: count }, (_, i) => one((i + 1) * apart)));
    return timed(start);
  };
  const time = async (count: number): Promise<object> => {
    const container = createMemoryContainer();
    const reader = await openReader(store, 'a.bin', { blockBytes, container, namespace: '0'.repeat(16) });
    const spans = Array.from({ length: count }, (_, i) => ({ start: (i + 1) * apart, end: (i + 1) * apart + 100 }));
    const start = performance.now();
    await reader.read(spans);
    const taken = timed(start);
    if (reader.stats().requests !== count + 1) throw new Error(`${reader.stats().requests} requests for ${count} ranges`);
    await reader.close();
    return taken;
  };
  const measured: unknown[] = [];
  // Round -1 warms up.
  for (let round = -1; round < rounds; round++) {
    const result = {
      'one range': await time(1),
      [`${ranges} ranges`]: await time(ranges),
      'one range by fetch': await plainly(1),
      [`${ranges} ranges by fetch`]: await plainly(ranges),
    };
    if (round >= 0) measured.push(result);
  }
  await context.close();
  return measured;
}

const report = async (body: object): Promise<void> => void (await fetch('/result', { method: 'POST', body: JSON.stringify(body) }));
try {
  await report({ rounds: await measure((await (await fetch('/job.json')).json()) as Job) });
} catch (error) {
  await report({ error: String((error as Error)?.stack ?? error) });
}
