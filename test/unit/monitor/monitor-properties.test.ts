/** What holds of every monitor, whatever it heard. */
import fc from 'fast-check';
import { TransferMonitor } from '../../../src/index.ts';
import { env } from '../../env.ts';
import { equal, ok, test } from '../../harness.ts';
import { madeFiles, tell, type MadeFile } from './model.ts';

const seed = env().seed;
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const bound = fc.record({ maxBins: fc.integer({ min: 1, max: 50 }), maxRows: fc.integer({ min: 0, max: 6 }) });
const state = (monitor: TransferMonitor): unknown => {
  const json = monitor.toJSON();
  // sides come in the order in which they were met
  return { ...json, sides: Object.fromEntries(Object.entries(json.sides).sort()) };
};

test('a histogram adds up to the bytes, at every resolution and in every direction', () => {
  fc.assert(
    fc.property(
      madeFiles,
      fc.integer({ min: 1, max: 40 }),
      fc.double({ min: 200, max: 1e6, noNaN: true }),
      (files, maxBins, resolutionMs) => {
        const monitor = tell(files, { maxBins });
        const landed = files.filter((file): file is MadeFile & { sizeBytes: number } => file.sizeBytes !== null);
        equal(monitor.totalBytes(), sum(landed.map(({ sizeBytes }) => sizeBytes)));
        equal(monitor.totalFiles() + monitor.totalErrors(), files.length);
        const { bytes } = monitor.histogram({ resolutionMs });
        equal(sum(bytes), monitor.totalBytes());
        ok(bytes.every((inBin) => Number.isSafeInteger(inBin) && inBin >= 0));
        const ways = (['download', 'upload', 'transfer'] as const).map((direction) => monitor.histogram({ resolutionMs, direction }).bytes);
        equal(sum(ways.flat()), monitor.totalBytes());
      },
    ),
    { seed, numRuns: 70 },
  );
});

test('at multiples of 250 ms a histogram has what each file had in each bin, to a byte a file', () => {
  fc.assert(
    fc.property(madeFiles, fc.integer({ min: 1, max: 12 }), (files, times) => {
      const resolutionMs = 250 * times;
      const monitor = tell(files);
      const { startMs, bytes } = monitor.histogram({ resolutionMs });
      const want = bytes.map(() => 0);
      for (const { startMs: from, endMs: to, sizeBytes } of files) {
        for (let bin = 0; bin < want.length && sizeBytes; bin++) {
          const left = startMs + bin * resolutionMs;
          const inside = Math.min(to, left + resolutionMs) - Math.max(from, left);
          const instant = from >= left && from < left + resolutionMs ? 1 : 0;
          want[bin]! += sizeBytes * (to === from ? instant : Math.max(0, inside) / (to - from));
        }
      }
      for (const [bin, inBin] of bytes.entries()) ok(Math.abs(inBin - want[bin]!) <= files.length + 1e-6 * want[bin]!, `bin ${bin}`);
    }),
    { seed, numRuns: 70 },
  );
});

test('merge: associative, in any order, with nothing it changes nothing, and as if one had heard all', () => {
  fc.assert(
    fc.property(madeFiles, madeFiles, madeFiles, bound, bound, (x, y, z, few, many) => {
      const [a, b, c] = [tell(x, few), tell(y, many), tell(z, few)];
      const { merge } = TransferMonitor;
      const all = state(merge([a, b, c]));
      equal(state(merge([merge([a, b]), c])), all, 'left');
      equal(state(merge([a, merge([b, c])])), all, 'right');
      equal(state(merge([c, b, a])), all, 'order');
      equal(state(merge([a])), state(a), 'one');
      equal(state(merge([a, new TransferMonitor(few)])), state(a), 'none');
      const bounds = { maxBins: Math.min(few.maxBins, many.maxBins), maxRows: Math.min(few.maxRows, many.maxRows) };
      equal(all, state(tell([...x, ...y, ...z], bounds)), 'one that heard all');
    }),
    { seed, numRuns: 70 },
  );
});

test('an export comes back as it was, and what is held is bounded', () => {
  fc.assert(
    fc.property(madeFiles, bound, (files, bounds) => {
      const monitor = tell(files, bounds);
      const json = JSON.parse(JSON.stringify(monitor)) as ReturnType<TransferMonitor['toJSON']>;
      equal(JSON.parse(JSON.stringify(TransferMonitor.from(json))), json);
      for (const { bins } of Object.values(json.sides)) ok(bins.length <= bounds.maxBins);
      ok(json.rows.length <= bounds.maxRows && json.failed.length <= bounds.maxRows);
      equal(monitor.rows().length, json.rows.length + json.failed.length);
    }),
    { seed, numRuns: 70 },
  );
});
