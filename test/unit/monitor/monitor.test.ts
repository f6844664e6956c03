/** TransferMonitor: rates, rows, events, exports, and what it refuses. */
import { CloudError, rateIn, rateUnitFor, TransferMonitor, type IoEvent } from '../../../src/index.ts';
import { equal, ok, rejects, test } from '../../harness.ts';
import { t0, tell } from './model.ts';

const file = { path: 'a', direction: 'upload' } as const;

test('rates: in all, of late, at the peak; of one direction', () => {
  let clock = t0 + 877;
  const monitor = new TransferMonitor({ now: () => clock });
  equal([monitor.totalBps(), monitor.currentBps(), monitor.peakBps(), monitor.span()], [0, 0, 0, undefined]);
  const slow = monitor.startIo(file);
  clock += 4000;
  monitor.endIo(slow, 4000);
  const quick = monitor.startIo({ path: 'b', direction: 'download' });
  clock += 1000;
  monitor.endIo(quick, 9000);
  equal([monitor.totalBytes(), monitor.totalBytes({ direction: 'upload' })], [13_000, 4000]);
  equal(monitor.totalBps(), (13_000 * 8) / 5);
  equal(monitor.totalBps({ direction: 'upload' }), 8000);
  equal(monitor.peakBps(), 72_000);
  equal(monitor.histogram().bytes, [1000, 1000, 1000, 1000, 9000]);
  equal(monitor.currentBps(), ((1000 + 9000) * 8) / 2, 'the last two seconds');
  equal(monitor.currentBps(60_000), monitor.totalBps(), 'no longer than it runs');
  clock += 10_000;
  equal(monitor.currentBps(), 0);
  equal([rateIn(8e6, 'MBps'), rateIn(8e6, 'Mbps'), rateUnitFor(999), rateUnitFor(1000), rateUnitFor(5e9)], [1, 8, 'bps', 'Kbps', 'Gbps']);
});

test('rows: each file with its time, errors by code and nothing more', () => {
  let clock = t0;
  const monitor = new TransferMonitor({ now: () => clock });
  const [first, second, third] = ['x', 'y', 'z'].map((path) => monitor.startIo({ ...file, path, sizeBytes: 5 }));
  equal(
    monitor.inFlight().map(({ path, sizeBytes }) => [path, sizeBytes]),
    [
      ['x', 5],
      ['y', 5],
      ['z', 5],
    ],
  );
  clock += 10;
  monitor.endError(second!, new CloudError('secret words', { code: 'Throttled' }));
  monitor.endError(third!, 'a reason');
  clock -= 500;
  monitor.endIo(first!, 7);
  equal(monitor.inFlightCount, 0);
  equal(monitor.rows(), [
    { ...file, path: 'x', startMs: t0, endMs: t0, sizeBytes: 7 },
    { ...file, path: 'y', startMs: t0, endMs: t0 + 10, sizeBytes: 0, error: 'Throttled' },
    { ...file, path: 'z', startMs: t0, endMs: t0 + 10, sizeBytes: 0, error: 'Error' },
  ]);
  equal([monitor.totalFiles(), monitor.totalErrors()], [1, 2]);
  ok(!JSON.stringify(monitor).includes('secret'));
});

test('events: what one monitor tells, another takes', () => {
  const here = new TransferMonitor();
  const there = new TransferMonitor();
  const events: IoEvent[] = [];
  const end = here.subscribe((event) => {
    events.push(event);
    there.record(structuredClone(event));
  });
  const one = here.startIo(file);
  const two = here.startIo({ ...file, path: 'b' });
  here.endIo(one, 3);
  equal(
    there.inFlight().map(({ path }) => path),
    ['b'],
  );
  here.endError(two, new RangeError('x'));
  equal(
    events.map(({ type, path }) => `${type} ${path}`),
    ['start a', 'start b', 'end a', 'error b'],
  );
  equal(there.toJSON(), here.toJSON());
  end();
  here.startIo(file);
  equal([events.length, there.inFlightCount, here.inFlightCount], [4, 0, 1]);
  ok(one !== two && !new TransferMonitor().startIo(file).startsWith(one.split('-')[0]!), 'no two monitors give one id');
});

test('of many files an even choice is kept, with all figures', () => {
  const files = Array.from({ length: 5000 }, (_, i) => ({ ...file, path: `f${i}`, startMs: t0 + i, endMs: t0 + i + 5, sizeBytes: 10 }));
  const monitor = tell(files, { maxRows: 500 });
  const rows = monitor.rows();
  equal([rows.length, monitor.totalFiles(), monitor.totalBytes()], [500, 5000, 50_000]);
  const early = rows.filter(({ startMs }) => startMs < t0 + 2500).length;
  ok(early > 150 && early < 350, `${early} of 500 are of the first half`);
});

test('what is no size, no file, no resolution and no export is refused', async () => {
  const monitor = new TransferMonitor();
  const id = monitor.startIo(file);
  for (const size of [-1, 0.5, NaN, Infinity]) await rejects(() => monitor.endIo(id, size), 'InvalidArgument');
  await rejects(() => monitor.endIo('none', 1), 'InvalidArgument');
  await rejects(() => monitor.endError('none', 1), 'InvalidArgument');
  monitor.endIo(id, 1);
  await rejects(() => monitor.endIo(id, 1), 'InvalidArgument');
  for (const resolutionMs of [0, -1, NaN, 1e-9]) await rejects(() => monitor.histogram({ resolutionMs }), 'InvalidArgument');
  await rejects(() => new TransferMonitor({ maxBins: 0 }), 'InvalidArgument');
  await rejects(() => new TransferMonitor({ maxRows: -1 }), 'InvalidArgument');
  const json = monitor.toJSON();
  const side = json.sides.upload!;
  const wrong: unknown[] = [
    null,
    [],
    {},
    { ...json, version: 2 },
    { ...json, maxBins: 0 },
    { ...json, rows: [{}] },
    { ...json, rows: [{ ...json.rows[0], endMs: 0 }] },
    { ...json, sides: { sideways: side } },
    { ...json, sides: { upload: { ...side, binMs: 300 } } },
    { ...json, sides: { upload: { ...side, bytes: 2 } } },
    { ...json, sides: { upload: { ...side, bins: [...side.bins, ...side.bins], bytes: 2 } } },
    { ...json, sides: { upload: { ...side, endMs: side.startMs! - 1 } } },
  ];
  for (const [i, value] of wrong.entries())
    await rejects(() => TransferMonitor.from(value), 'InvalidFile').catch(() => ok(false, `no ${i}`));
  equal(TransferMonitor.from(json).toJSON(), json);
});
