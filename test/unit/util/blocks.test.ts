// Chunks put together into pieces for a disk, and what a disk is told of them.
import fc from 'fast-check';
import type { Disk, DiskStat } from '../../../src/platform/types.ts';
import { createFileStore } from '../../../src/store/file.ts';
import { concat } from '../../../src/util/bytes.ts';
import { inBlocks } from '../../../src/util/streams.ts';
import { env } from '../../env.ts';
import { equal, ok, sameBytes, test } from '../../harness.ts';

async function* given(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  yield* chunks;
}

test('blocks hold all bytes in order, and each but the last of what was put together is full', async () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(chunks, fc.integer({ min: 1, max: 16 }), async (parts, size) => {
      const blocks: Uint8Array[] = [];
      // its buffer is used again
      for await (const block of inBlocks(given(parts), size)) blocks.push(block.slice());
      sameBytes(concat(blocks), concat(parts));
      ok(
        blocks.every((block, i) => block.length >= size || i === blocks.length - 1),
        'a short block before the last',
      );
    }),
    { seed: env().seed },
  );
});

test('a put waits for the disk itself, unless it is told that it need not', async () => {
  const told: (boolean | undefined)[] = [];
  const stat: DiskStat = { kind: 'file', sizeBytes: 1, mtimeMs: 0, version: 'v' };
  const disk = {
    async write(_path: string, chunks: AsyncIterable<Uint8Array>, options?: { durable?: boolean | undefined }): Promise<DiskStat> {
      for await (const _ of chunks);
      told.push(options?.durable);
      return stat;
    },
  } as unknown as Disk;
  const store = createFileStore({ root: '/data', disk });
  await store.put('a', 'x');
  await store.put('a', 'x', { durable: true });
  await store.put('a', 'x', { durable: false });
  equal(told, [undefined, true, false]);
});
