import fc from 'fast-check';
import { env } from '../../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';
import { asyncDispose } from '../../../src/util/dispose.ts';
import { chunksOf, collect, gather, readableFrom } from '../../../src/util/streams.ts';

function sourceOf(chunks: Uint8Array[]): {
  read: () => Promise<Uint8Array | undefined>;
  cancel: (reason?: unknown) => Promise<void>;
  reads: number;
  cancelled: unknown[];
} {
  const left = [...chunks];
  const source = {
    reads: 0,
    cancelled: [] as unknown[],
    read: async () => {
      source.reads++;
      return left.shift();
    },
    cancel: async (reason?: unknown) => void source.cancelled.push(reason),
  };
  return source;
}

test('a stream over a source reads nothing ahead and cancels it', async () => {
  const source = sourceOf([new Uint8Array([1]), new Uint8Array([2]), new Uint8Array([3])]);
  const reader = readableFrom(source).getReader();
  await Promise.resolve();
  equal(source.reads, 0);
  equal((await reader.read()).value, new Uint8Array([1]));
  equal(source.reads, 1);
  await reader.cancel('enough');
  equal(source.cancelled, ['enough']);
  equal(source.reads, 1);
});

test('a stream over a source ends, and fails, as the source does', async () => {
  const reader = readableFrom(sourceOf([new Uint8Array([1, 2])])).getReader();
  equal((await reader.read()).value, new Uint8Array([1, 2]));
  ok((await reader.read()).done, 'the end');
  const boom = new Error('boom');
  const failing = readableFrom({ read: () => Promise.reject(boom), cancel: async () => {} }).getReader();
  await rejects(failing.read(), (error) => error === boom);
});

test('the chunks of a stream can be iterated everywhere; a break cancels', async () => {
  const got: number[] = [];
  for await (const chunk of chunksOf(readableFrom(sourceOf([new Uint8Array([1]), new Uint8Array([2])])))) got.push(chunk[0] ?? -1);
  equal(got, [1, 2]);
  const source = sourceOf([new Uint8Array([1]), new Uint8Array([2])]);
  const stream = readableFrom(source);
  for await (const _ of chunksOf(stream)) break;
  equal(source.cancelled.length, 1);
  ok(!stream.locked, 'unlocked');
  const boom = new Error('boom');
  const run = async (): Promise<void> => {
    for await (const _ of chunksOf(readableFrom({ read: () => Promise.reject(boom), cancel: async () => {} }))) got.push(3);
  };
  await rejects(run, (error) => error === boom);
});

test('gathering gives all bytes in an array of its own, whatever the hint says', async () => {
  const chunk = fc.uint8Array({ maxLength: 9 });
  await fc.assert(
    fc.asyncProperty(fc.array(chunk, { maxLength: 6 }), fc.nat(60), fc.boolean(), async (chunks, hint, async) => {
      const want = new Uint8Array(chunks.flatMap((it) => [...it]));
      const from = async
        ? (async function* () {
            yield* chunks;
          })()
        : chunks;
      const got = await gather(from, hint);
      sameBytes(got, want);
      equal(got.buffer.byteLength, want.length, 'owns its buffer');
    }),
    { seed: env().seed },
  );
  async function* reused(): AsyncGenerator<Uint8Array> {
    const buffer = new Uint8Array(2);
    for (let i = 1; i <= 3; i++) yield buffer.fill(i);
  }
  sameBytes(await gather(reused()), new Uint8Array([1, 1, 2, 2, 3, 3]), 'a buffer that its producer fills again');
});

test('a hint beyond all memory does no harm', async () => {
  const source = sourceOf([new Uint8Array([1]), new Uint8Array([2])]);
  sameBytes(await collect(source.read, Number.MAX_SAFE_INTEGER), new Uint8Array([1, 2]));
});

test("asyncDispose is the engine's symbol where there is one", () => {
  equal(typeof asyncDispose, 'symbol');
  if (Symbol.asyncDispose) ok(asyncDispose === Symbol.asyncDispose, 'the same');
});
