// Several clients on one database, with eviction on: a page and a worker, and tabs that come, reload and go.
// test/tools/cache-tabs.mjs loads this file into real tabs, and for longer.
import { openIndexedDbContainer } from '../../src/cache/container/indexeddb-container.ts';
import { churn, type Seen } from '../conformance/cache-churn.ts';
import { dropDatabase, openIdb } from '../conformance/cache-idb-rig.ts';
import { beTab, hostTabs, type TabOrder } from '../conformance/cache-tab.ts';
import { env, uniqueName } from '../env.ts';
import { equal, ok, skip, test } from '../harness.ts';

const budgetBytes = 0x20_0000;
const given = env() as { tab?: TabOrder & { withWorker?: boolean } };

const startWorker = (tab: TabOrder): Worker => {
  const worker = new Worker(new URL('../worker-entry.js', import.meta.url), { type: 'module' });
  worker.postMessage({ file: import.meta.url, env: { ...env(), tab } });
  return worker;
};

if (given.tab) {
  const { withWorker, ...tab } = given.tab;
  if (withWorker) startWorker({ ...tab, id: tab.id + 1000 });
  void beTab(tab);
} else {
  test('a page and a worker on one database, with eviction on: no wrong byte', async () => {
    if (env().worker) skip('the page starts it');
    const name = uniqueName('two');
    const worker = startWorker({ name, id: 1, budgetBytes });
    const channel = new BroadcastChannel(`tabs:${name}`);
    let theirs: (Seen & { error?: string }) | undefined;
    channel.onmessage = ({ data }: MessageEvent<Seen>) => void (theirs = data);
    const mine: Seen = { operations: 0, hits: 0, wrong: 0 };
    const container = await openIdb({ name, budgetBytes });
    const end = performance.now() + 4000;
    await churn(container, mine, () => performance.now() < end);
    worker.terminate();
    channel.close();
    equal([mine.wrong, theirs?.wrong, theirs?.error], [0, 0, undefined]);
    ok(mine.hits > 0 && theirs!.operations > 0, `${mine.hits} hits, ${theirs!.operations} operations`);
    await container.evict(0.75 * budgetBytes);
    const { bytes } = await container.usage();
    ok(bytes <= budgetBytes && bytes > 0, `${bytes} bytes`);
    equal(await container.scrub(), 0, 'no halves of values');
    equal((await container.usage()).bytes, bytes, 'the total is right');
    await container.close();
    await dropDatabase(name);
  });

  test(
    'five frames opened, reloaded and closed at random: no wrong byte, no error, nobody is stuck',
    async () => {
      if (env().worker) skip('a worker has no frames');
      if (env().engine === 'webkit') skip('two engines are enough');
      const name = uniqueName('frames');
      const frames = new Map<number, HTMLIFrameElement>();
      const open = (id: number): void => {
        const frame = document.createElement('iframe');
        const tab = { name, id, budgetBytes, withWorker: id < 3 };
        frame.srcdoc = `<script type="module">globalThis.__ANYFILE_ENV__ = ${JSON.stringify({ ...env(), tab })}; await import(${JSON.stringify(import.meta.url)})</script>`;
        frames.set(id, frame);
        document.body.append(frame);
      };
      const close = (id: number): void => frames.get(id)?.remove();
      const report = await hostTabs(name, 5, 8000, {
        open,
        close,
        reload(id) {
          close(id);
          open(id);
        },
      });
      const { lives, operations, hits, wrong, errors, stuck } = report;
      equal([wrong, errors, stuck], [0, [], 0], JSON.stringify(report));
      ok(lives > 5 && operations > 20 && hits > 0, JSON.stringify(report));
      const container = (await openIndexedDbContainer({ name, budgetBytes }))!;
      equal(await container.scrub(), 0, 'no halves of values');
      await container.close();
      await dropDatabase(name);
    },
    { timeoutMs: 60_000 },
  );
}
