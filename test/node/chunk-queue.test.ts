/** Chunks that wait: what goes in comes out, in order, whole or in part. */
import fc from 'fast-check';
import { ChunkQueue } from '../../src/platform/node/chunk-queue.ts';
import { env } from '../env.ts';
import { equal, test } from '../harness.ts';

const step = fc.oneof(
  fc.record({ kind: fc.constant('push' as const), size: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ kind: fc.constant('shift' as const), size: fc.constant(0) }),
  fc.record({ kind: fc.constant('into' as const), size: fc.integer({ min: 1, max: 50 }) }),
  fc.record({ kind: fc.constant('clear' as const), size: fc.constant(0) }),
);

test('a queue of chunks gives back what was put in, and knows how much that is', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const queue = new ChunkQueue();
      let chunks: number[][] = [];
      let next = 0;
      for (const { kind, size } of steps) {
        if (kind === 'push') {
          const chunk = Array.from({ length: size }, () => next++ & 255);
          chunks.push(chunk);
          queue.push(Uint8Array.from(chunk));
        } else if (kind === 'shift') equal([...(queue.shift() ?? [])], chunks.shift() ?? []);
        else if (kind === 'clear') {
          queue.clear();
          chunks = [];
        } else {
          const into = new Uint8Array(size);
          const all = chunks.flat();
          const came = queue.shiftInto(into);
          equal([...into.subarray(0, came)], all.slice(0, size));
          let left = came;
          while (left > 0 && chunks[0]!.length <= left) left -= chunks.shift()!.length;
          if (left > 0) chunks[0] = chunks[0]!.slice(left);
        }
        equal(queue.bytes, chunks.flat().length);
        equal(queue.weight, chunks.flat().length + 128 * chunks.length);
      }
    }),
    { seed: env().seed },
  );
});
