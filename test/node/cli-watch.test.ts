/** watch net, the sampler behind it, and the view of progress. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import fc from 'fast-check';
import { parseNetDev, type NetCounters } from '../../src/cli/watch-counters.ts';
import { IoSampler } from '../../src/cli/watch-sampler.ts';
import { env } from '../env.ts';
import { equal, ok, rejects, skip, test } from '../harness.ts';
import { cli, inFolder } from './cli/run-cli.ts';

const table = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:  999999      10    0    0    0     0          0         0   999999      10    0    0    0     0       0          0
  eth0: 1234567     100    0    0    0     0          0         0    7654321     90    0    0    0     0       0          0
wlan0:5 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0
`;

const onLinux = (): void => void (process.platform === 'linux' || skip('only Linux shows these counters'));

/** A sampler over counters that are told. */
function sampled(): { sampler: IoSampler; at(ms: number, counters: Record<string, [number, number]>): Promise<void> } {
  let clock = 0;
  let counters = new Map<string, NetCounters>();
  const sampler = new IoSampler({ intervalMs: 250, bufferMs: 10_000, now: () => clock, read: async () => counters });
  const at = async (ms: number, told: Record<string, [number, number]>): Promise<void> => {
    clock = ms;
    counters = new Map(Object.entries(told).map(([name, [rxBytes, txBytes]]) => [name, { rxBytes, txBytes }]));
    await sampler.take();
  };
  return { sampler, at };
}

test('the table of Linux: received and sent by interface, without what stays on the machine', () => {
  equal(
    [...parseNetDev(table)],
    [
      ['eth0', { rxBytes: 1_234_567, txBytes: 7_654_321 }],
      ['wlan0', { rxBytes: 5, txBytes: 6 }],
    ],
  );
  equal([...parseNetDev('')], []);
});

test('the sampler: rates now and at the peak; interfaces that come, go and start anew', async () => {
  const { sampler, at } = sampled();
  equal(
    [sampler.currentBps(), sampler.peakBps()],
    [
      { rxBps: 0, txBps: 0 },
      { rxBps: 0, txBps: 0 },
    ],
  );
  await at(0, { a: [1_000_000, 50] });
  equal(sampler.currentBps(), { rxBps: 0, txBps: 0 });
  await at(500, { a: [1_001_000, 50], b: [77_777, 0] });
  equal(sampler.currentBps(), { rxBps: 16_000, txBps: 0 }, 'what b had before is nobody’s');
  await at(1000, { a: [0, 0], b: [77_777, 250] });
  equal(sampler.currentBps(), { rxBps: 0, txBps: 4000 }, 'a started anew');
  await at(2000, { b: [78_777, 250] });
  equal(sampler.peakBps(1000), { rxBps: 8000, txBps: 2000 });
  const { rx, tx } = sampler.histogram();
  equal([rx.bytes, tx.bytes, rx.resolutionMs], [[1000, 1000], [250, 0], 1000]);
  await rejects(() => new IoSampler({ intervalMs: 0 }), 'InvalidArgument');
});

test('the sampler: a histogram adds up, and memory is bounded', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ ms: fc.integer({ min: 1, max: 900 }), rx: fc.nat(10_000), tx: fc.nat(10) }), { minLength: 1, maxLength: 80 }),
      fc.integer({ min: 1, max: 3000 }),
      async (steps, resolutionMs) => {
        const { sampler, at } = sampled();
        let [ms, rx, tx] = [0, 5, 5];
        await at(ms, { a: [rx, tx] });
        for (const step of steps) {
          [ms, rx, tx] = [ms + step.ms, rx + step.rx, tx + step.tx];
          await at(ms, { a: [rx, tx] });
        }
        const samples = sampler.samples();
        ok(samples.length <= 41);
        const bins = sampler.histogram(resolutionMs);
        const [first, last] = [samples[0]!, samples.at(-1)!];
        const sum = (bytes: readonly number[]): number => bytes.reduce((a, b) => a + b, 0);
        equal([sum(bins.rx.bytes), sum(bins.tx.bytes)], [last.rxBytes - first.rxBytes, last.txBytes - first.txBytes]);
        equal(bins.rx.bytes.length, Math.ceil((last.atMs - first.atMs) / resolutionMs));
      },
    ),
    { seed: env().seed, numRuns: 60 },
  );
});

test('the sampler: where there are no counters it does not begin', async () => {
  const sampler = new IoSampler({ read: () => Promise.reject(new TypeError('none')) });
  await rejects(sampler.start(), (error: unknown) => error instanceof TypeError);
  equal(sampler.samples(), []);
  await sampler.stop();
});

test('watch net print: a line for each interval, records with --json', async () => {
  onLinux();
  const got = await cli(['watch', 'net', 'print', '--interval', '0.05', '--duration', '0.12']);
  equal([got.status, got.stderr], [0, '']);
  ok(
    got.lines.length >= 2 &&
      got.lines.every((line) => /^t=\d+\.\ds \| RX: \d+\.\d\d MB\/sec \(\d+\.\d\d Gbps\) \| TX: \d+\.\d\d MB\/sec/.test(line)),
    got.stdout,
  );
  const json = await cli(['watch', 'net', 'print', '--json', '--interval', '0.01', '--duration', '0.02']);
  for (const line of json.lines) equal(Object.keys(JSON.parse(line) as object), ['seconds', 'rxBps', 'txBps']);
  const one = await cli(['watch', 'net', 'print', '--one-line', '--interval', '0.01', '--duration', '0.03'], { isTTY: true });
  ok(one.stdout.startsWith('\r\u001b[Kt=') && one.lines.length === 1 && one.stdout.endsWith('\n'), one.stdout);
  for (const wrong of ['0', '-1', 'x', '1e9']) equal((await cli(['watch', 'net', 'print', '--interval', wrong])).status, 2);
});

test('watch net print ends with the last rates when it is interrupted', async () => {
  onLinux();
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new Error('SIGINT')), 50);
  const got = await cli(['watch', 'net', 'print', '--interval', '30'], { signal: stop.signal });
  clearTimeout(timer);
  equal([got.status, got.lines.length, got.stderr], [0, 1, '']);
});

test('watch net histogram: a chart, or with --json what would be drawn', () =>
  inFolder(async (root) => {
    onLinux();
    const path = join(root, 'net.svg');
    const drawn = await cli(['watch', 'net', 'histogram', '--duration', '0.1', '--interval', '0.05', '--filename', path]);
    equal([drawn.status, drawn.stdout], [0, `Saved chart: ${path}\n`]);
    ok(readFileSync(path, 'utf8').includes('>received</text>'));
    const json = await cli(['watch', 'net', 'histogram', '--json', '--duration', '0.1', '--interval', '0.05']);
    const record = JSON.parse(json.stdout) as { rxBytes: number[]; txBytes: number[]; resolutionMs: number };
    equal([json.status, record.resolutionMs, record.rxBytes.length], [0, 50, record.txBytes.length]);
    ok(record.rxBytes.length >= 2);
    equal(readdirSync(root), ['net.svg']);
    equal((await cli(['watch', 'net', 'histogram', '--duration', '1', '--interval', '2'])).status, 2);
  }));
