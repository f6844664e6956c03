// What is let go of is let go of on both sides.
import fc from 'fast-check';
import type { PeerMessage } from '../../../src/rpc/peer.ts';
import type { RemoteClient } from '../../../src/worker.ts';
import { delay } from '../../../src/util/abort.ts';
import { concat } from '../../../src/util/bytes.ts';
import { noise } from '../../conformance/noise.ts';
import { env, inFewEngines } from '../../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';
import { openScenario, pattern } from '../../servers/fixture/client.ts';
import { idle, usedAtLast, withRig } from './rig.ts';

const reason = new Error('enough');

async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
  yield noise(3000);
  yield noise(3000, 2);
}

/** Everything that a store's user does, and does not finish. */
const uses: Record<string, (client: RemoteClient, key: string) => Promise<unknown>> = {
  head: (client, key) => client.store('mem://b').head(key),
  get: async (client, key) => (await client.store('mem://b').get(key))?.bytes(),
  stream: async (client, key) => new Response((await client.store('mem://b').get(key))?.stream()).arrayBuffer(),
  async cancelled(client, key) {
    const reader = (await client.store('mem://b').get(key))?.stream().getReader();
    await reader?.read();
    await reader?.cancel();
  },
  async disposed(client, key) {
    const got = await client.store('mem://b').get(key);
    await (got as unknown as Record<symbol, (() => Promise<void>) | undefined>)?.[
      Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')
    ]?.();
  },
  put: (client, key) => client.store('mem://b').put(key, 'hello'.repeat(1000)),
  putStream: (client, key) => client.store('mem://b').put(key, chunks()),
  refused: (client, key) => rejects(client.store('mem://b').put(key, chunks(), { ifMatch: '"none"' }), 'PreconditionFailed'),
  delete: (client, key) => client.store('mem://b').delete([key, 'other']),
  copy: (client, key) => client.store('mem://b').copy!(key, `${key} copy`),
  async list(client) {
    let count = 0;
    for await (const { objects } of client.store('mem://b').list({ pageSize: 5 })) count += objects.length;
    ok(count >= 0);
  },
  async broken(client) {
    for await (const page of client.store('mem://b').list({ pageSize: 1 })) if (page.objects.length) break;
  },
  async aborted(client, key) {
    const controller = new AbortController();
    const doing = client.store('mem://b').put(key, chunks(), { signal: controller.signal });
    controller.abort(reason);
    await rejects(doing, (error) => error === reason);
  },
  async abortedRead(client, key) {
    const controller = new AbortController();
    const doing = client.store('mem://b').get(key, { signal: controller.signal });
    await Promise.resolve();
    controller.abort(reason);
    await doing.then(
      (got) => got && rejects(got.bytes(), (error) => error === reason),
      (error: unknown) => ok(error === reason, String(error)),
    );
  },
  async abortedLater(client, key) {
    const controller = new AbortController();
    const got = await client.store('mem://b').get(key, { signal: controller.signal });
    controller.abort(reason);
    if (got) await rejects(got.text(), (error) => error === reason);
  },
  async abortedList(client) {
    const controller = new AbortController();
    const listing = client.store('mem://b').list({ pageSize: 1, signal: controller.signal })[Symbol.asyncIterator]();
    if ((await listing.next()).done) return;
    controller.abort(reason);
    await delay(0);
  },
};

test(
  '10,000 mixed calls, finished or not, leave nothing on either side',
  () => {
    inFewEngines('it takes seconds');
    return withRig(async ({ client }) => {
      const { put } = uses;
      for (let i = 0; i < 12; i++) await put!(client, `key ${i}`);
      const names = Object.keys(uses);
      const plan = fc.sample(fc.tuple(fc.constantFrom(...names), fc.nat(19)), { numRuns: 10_000, seed: env().seed });
      let next = 0;
      let done = 0;
      const work = async (): Promise<void> => {
        for (let step = plan[next++]; step; step = plan[next++]) {
          const [name, key] = step;
          await uses[name]!(client, `key ${key}`);
          done++;
        }
      };
      await Promise.all(Array.from({ length: 32 }, work));
      equal(done, 10_000);
      equal(await usedAtLast(client), idle);
    });
  },
  { timeoutMs: 180_000 },
);

test('what is open is counted, and leaving a listing ends the one in the worker', () =>
  withRig(async ({ client }) => {
    const store = client.store('mem://b');
    for (const name of ['a', 'b', 'c']) await store.put(name, noise(1_000_000));
    const reader = (await store.get('a'))!.stream().getReader();
    await reader.read();
    for await (const page of store.list({ pageSize: 1 })) {
      equal([page.objects.length, (await client.inUse()).remoteBodies], [1, 2]);
      break;
    }
    equal((await client.inUse()).remoteBodies, 1);
    await reader.cancel();
    equal(await usedAtLast(client), idle);
  }));

test('chunks are asked for ahead: they come in order, none is asked for in vain, and a stream that is left takes none along', async () => {
  const sizeBytes = 1_000_000;
  const server = await openScenario('s3', {
    objects: [{ key: 'a', pattern: { sizeBytes } }],
    faults: [{ fault: { type: 'drip', bytes: 20_000, everyMs: 5 } }],
  });
  const { endpoint, region, credentials, bucket } = server;
  try {
    await withRig(
      async ({ client, toWorker }) => {
        const store = client.store(`s3://${bucket}`);
        const calls = (): number => toWorker.messages.filter((sent) => (sent as { message?: PeerMessage }).message?.kind === 'call').length;
        const whole = (await store.get('a'))!;
        const before = calls();
        const chunks: Uint8Array[] = [];
        let most = 0;
        const reader = whole.stream().getReader();
        for (let step = await reader.read(); !step.done; step = await reader.read()) {
          chunks.push(step.value.slice());
          // let what was asked for go out
          await delay(0);
          most = Math.max(most, calls() - before - chunks.length);
        }
        sameBytes(concat(chunks), pattern(sizeBytes));
        ok(whole.verified, 'verified at its end');
        ok(chunks.length > 2, `${chunks.length} chunks`);
        equal(most, 2, 'asked for ahead');
        ok(calls() - before - chunks.length <= 2, `${calls() - before} calls for ${chunks.length} chunks`);
        equal(await usedAtLast(client), idle);

        const left = (await store.get('a'))!.stream().getReader();
        await left.read();
        await left.cancel();
        const controller = new AbortController();
        const aborted = (await store.get('a', { signal: controller.signal }))!.stream().getReader();
        await aborted.read();
        controller.abort(reason);
        await rejects(aborted.read(), (error) => error === reason);
        equal(await usedAtLast(client), idle);
      },
      { init: { endpoint, region, credentials } },
    );
  } finally {
    await server.close();
  }
});
