// What is measured through a worker, in every engine alike.
import { connectLink } from '../../../src/rpc/connect-link.ts';
import { readableFrom } from '../../../src/util/streams.ts';
import { connectClient } from '../../../src/worker.ts';
import { readAhead } from '../../../src/worker/read-ahead.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const protocol = { anyfile: 'bench', protocol: 1 };

/** Does something over and over for so long. @returns how often a second */
async function rate(ms, act) {
  const begin = performance.now();
  let count = 0;
  while (performance.now() - begin < ms) count += (await act()) ?? 1;
  return (count * 1000) / (performance.now() - begin);
}

/** The same by so many at once. */
const together = async (ms, width, act) => {
  const rates = await Promise.all(Array.from({ length: width }, () => rate(ms, act)));
  return rates.reduce((sum, one) => sum + one, 0);
};

async function drain(stream) {
  const reader = stream.getReader();
  let bytes = 0;
  for (let step = await reader.read(); !step.done; step = await reader.read()) bytes += step.value.length;
  return bytes;
}

/** A stream of so many chunks, each pulled by a call, asked for ahead as in a client's streams. */
function pulled(peer, chunkBytes, count) {
  let left = count;
  const chunks = readAhead(() => peer.call('bytes', chunkBytes));
  return readableFrom({
    async read() {
      if (left === 0) return undefined;
      const chunk = await chunks.next();
      chunks.ahead(--left);
      return chunk;
    },
    cancel: async () => {},
  });
}

/** Cases by name: unit, and what is done. */
const cases = {
  'protocol: calls one after the other': ['calls/s', ({ peer, ms }) => rate(ms, () => peer.call('echo', 1).then(() => 1))],
  'protocol: calls, 32 in flight': ['calls/s', ({ peer, ms }) => together(ms, 32, () => peer.call('echo', 1).then(() => 1))],
  'protocol: 8 MiB at once': ['MB/s', ({ peer, ms }) => rate(ms, async () => (await peer.call('bytes', 8 * MIB)).length / 1e6)],
  'protocol: pulled chunks of 64 KiB': ['MB/s', ({ peer, ms }) => rate(ms, async () => (await drain(pulled(peer, 64 * KIB, 200))) / 1e6)],
  'protocol: pulled chunks of 1 MiB': ['MB/s', ({ peer, ms }) => rate(ms, async () => (await drain(pulled(peer, MIB, 50))) / 1e6)],
  'client: head, 32 in flight': ['calls/s', ({ store, ms }) => together(ms, 32, () => store.head('small').then(() => 1))],
  'client: get of 8 MiB': ['MB/s', ({ store, ms }) => rate(ms, async () => (await (await store.get('large')).bytes()).length / 1e6)],
  'client: stream of 8 MiB': ['MB/s', ({ store, ms }) => rate(ms, async () => (await drain((await store.get('large')).stream())) / 1e6)],
  'client: put of 8 MiB': ['MB/s', ({ store, large, ms }) => rate(ms, async () => (await store.put('put', large)).sizeBytes / 1e6)],
  'client: objects listed': [
    'objects/s',
    ({ store, ms }) =>
      rate(ms, async () => {
        let count = 0;
        for await (const page of store.list({ prefix: 'many/' })) count += page.objects.length;
        return count;
      }),
  ],
};

/**
 * Measures all cases through a worker, in turn.
 *
 * @param worker whose script is worker.mjs
 * @returns case by case: unit, and the rate of each round
 */
export async function measureCases(worker, { rounds, ms }) {
  const client = await connectClient(worker);
  const { peer } = connectLink(worker, { protocol, operation: 'bench', handlers: new Map(), onEnd() {} });
  const store = client.store('mem://bench');
  const large = new Uint8Array(8 * MIB).fill(1);
  await store.put('large', large);
  await store.put('small', 'x');
  for (let i = 0; i < 2000; i++) await store.put(`many/${i}`, 'x');
  const measured = Object.entries(cases).map(([name, [unit]]) => ({ name, unit, rates: [] }));
  const about = { peer, store, large, ms };
  // once to warm up
  for (let round = -1; round < rounds; round++)
    for (const one of measured) {
      const got = await cases[one.name][1](round < 0 ? { ...about, ms: ms / 4 } : about);
      if (round >= 0) one.rates.push(got);
    }
  await client.close();
  return measured;
}
