/** Datasets cut into blocks, and paths in files. */
import fc from 'fast-check';
import { openForReading } from '../../../../src/hdf5/file/open.ts';
import { blocksOf } from '../../../../src/hdf5/file/blocks.ts';
import { absolutePath, baseName, childPath } from '../../../../src/hdf5/file/paths.ts';
import { onAbort } from '../../../../src/util/abort.ts';
import { written } from '../../../conformance/hdf5-worker-file.ts';
import { env } from '../../../env.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';

const blocks = (...args: Parameters<typeof blocksOf>): [number, number][][] => [...blocksOf(...args)];

test('blocks are whole chunks, in the order of the values', () => {
  equal(blocks([10, 10], [4, 4], 8, { maxBytes: 2 * 16 * 8 }), [
    [
      [0, 4],
      [0, 8],
    ],
    [
      [0, 4],
      [8, 10],
    ],
    [
      [4, 8],
      [0, 8],
    ],
    [
      [4, 8],
      [8, 10],
    ],
    [
      [8, 10],
      [0, 8],
    ],
    [
      [8, 10],
      [8, 10],
    ],
  ]);
});

test('rows of what is in no chunks; a scalar is one block, nothing is none', () => {
  equal(blocks([100, 10], null, 8, { maxBytes: 3200 }), [
    [
      [0, 40],
      [0, 10],
    ],
    [
      [40, 80],
      [0, 10],
    ],
    [
      [80, 100],
      [0, 10],
    ],
  ]);
  equal(blocks([], null, 8, {}), [[]]);
  equal(blocks([5, 0], null, 8, {}), []);
});

test('a size of blocks that is none', async () => {
  for (const maxBytes of [0, -1, NaN]) await rejects(() => blocks([1], null, 1, { maxBytes }), 'InvalidArgument');
});

test('random blocks: each value once, none larger than it may be', () => {
  const axis = fc.record({ extent: fc.integer({ min: 1, max: 12 }), chunk: fc.integer({ min: 1, max: 15 }) });
  fc.assert(
    fc.property(
      fc.array(axis, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 3000 }),
      (axes, isChunked, maxBytes) => {
        const shape = axes.map(({ extent }) => extent);
        const chunks = isChunked ? axes.map(({ chunk }) => chunk) : null;
        const least = 8 * shape.reduce((product, extent, i) => product * Math.min(extent, chunks?.[i] ?? 1), 1);
        const seen = new Set<string>();
        let last = -1;
        for (const ranges of blocks(shape, chunks, 8, { maxBytes })) {
          const bytes = ranges.reduce((product, [start, stop]) => product * (stop - start), 8);
          ok(bytes <= Math.max(maxBytes, least), `${bytes} of ${maxBytes}`);
          const first = ranges.reduce((at, [start], i) => at * shape[i]! + start, 0);
          ok(first > last || ranges.length > 1, 'in order');
          last = first;
          const visit = (at: number[]): void => {
            if (at.length === shape.length) return void (ok(!seen.has(at.join()), 'once'), seen.add(at.join()));
            const [start, stop] = ranges[at.length]!;
            for (let i = start; i < stop; i++) visit([...at, i]);
          };
          visit([]);
        }
        equal(
          seen.size,
          shape.reduce((product, extent) => product * extent, 1),
        );
      },
    ),
    { seed: env().seed },
  );
});

test('paths are absolute; dots and empty parts say nothing', async () => {
  equal(
    ['', '/', 'a', '/a//b/', './a/./b', '..'].map((path) => absolutePath(path)),
    ['/', '/', '/a', '/a/b', '/a/b', '/..'],
  );
  equal([absolutePath('b', '/a'), absolutePath('/b', '/a')], ['/a/b', '/b']);
  equal([childPath('/', 'a'), childPath('/a', 'b'), baseName('/a/b'), baseName('/')], ['/a', '/a/b', 'b', '']);
  await rejects(() => absolutePath('a\0b'), 'InvalidArgument');
});

test('who wants no more blocks ends what was begun of the next', async () => {
  // so large that each block is a request of its own
  const rows = 0x8_0000;
  const bytes = await written((file) => void file.create_dataset({ name: 'x', data: new Float64Array(3 * rows) }));
  const signals: (AbortSignal | undefined)[] = [];
  const source = {
    byteLength: bytes.length,
    async read(ranges: readonly { start: number; end: number }[], { signal }: { signal?: AbortSignal | undefined } = {}) {
      if (ranges.some(({ start, end }) => end - start >= rows * 8)) signals.push(signal);
      // the second one takes for ever
      if (signals.length === 2) await new Promise((_, reject) => void onAbort(signal, () => reject(signal?.reason as Error)));
      return ranges.map(({ start, end }) => bytes.slice(start, end));
    },
  };
  const file = await openForReading(source);
  const dataset = await file.dataset('/x');
  for await (const { values } of dataset.blocks({ maxBytes: rows * 8 })) {
    equal([(values as Float64Array).length, signals.length], [rows, 2]);
    break;
  }
  equal(
    signals.map((signal) => signal?.aborted),
    [false, true],
  );
  await file.close();
});
