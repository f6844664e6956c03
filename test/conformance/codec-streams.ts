/**
 * Codecs as streams: the same promises, whatever the borders of chunks are.
 *
 * @module
 */
import fc from 'fast-check';
import { concat } from '../../src/util/bytes.ts';
import { env } from '../env.ts';
import { equal, ok, rejects, sameBytes } from '../harness.ts';
import { bomb } from './codec-faults.ts';
import { utf8, type CodecTraits } from './codec-traits.ts';
import { noise } from './noise.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes in pieces; each is a buffer of its own. */
export function inPieces(bytes: Uint8Array, ...sizes: readonly number[]): ReadableStream<Bytes> {
  let at = 0;
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      const size = sizes[next++ % sizes.length] ?? bytes.length;
      if (at < bytes.length) controller.enqueue(bytes.slice(at, (at += size)));
      else controller.close();
    },
  });
}

/** All that a stream gives. */
export async function allOf(stream: ReadableStream<Bytes>): Promise<Bytes> {
  const reader = stream.getReader();
  const parts: Bytes[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concat(parts);
    parts.push(value);
  }
}

/** Registers the checks. */
export function streamChecks(traits: CodecTraits, check: (what: string, fn: () => Promise<void>) => void): void {
  const { codec, levels, wrongLevels, joins } = traits;
  const { compress, decompress, compressStream, decompressStream } = codec;
  const small = utf8('the quick brown fox jumps over the lazy dog');
  const unpacked = (bytes: Uint8Array, size: number, options = {}): Promise<Bytes> =>
    allOf(inPieces(bytes, size).pipeThrough(decompressStream(options)));

  check('streams, cut into chunks anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 3000 }),
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(undefined, levels[0]),
        async (bytes, sizes, level) => {
          const packed = await allOf(inPieces(bytes, ...sizes).pipeThrough(compressStream({ level })));
          sameBytes(await decompress(packed), bytes, 'encoded as a stream');
          sameBytes(await allOf(inPieces(packed, ...sizes).pipeThrough(decompressStream())), bytes, 'decoded as a stream');
        },
      ),
      { seed: env().seed, numRuns: 12 },
    );
    const packed = await compress(small);
    sameBytes(await unpacked(packed, 1), small, 'byte by byte');
    sameBytes(await allOf(inPieces(small, 1).pipeThrough(compressStream()).pipeThrough(decompressStream())), small, 'both, byte by byte');
    const large = concat([noise(400_000), new Uint8Array(900_000), noise(10)]);
    sameBytes(await allOf(inPieces(large, 65_536).pipeThrough(compressStream()).pipeThrough(decompressStream())), large, 'large');
    if (joins) sameBytes(await unpacked(concat([packed, packed]), packed.length), concat([small, small]), 'a border between two');
    if (joins) sameBytes(await unpacked(concat([packed, packed]), 7), concat([small, small]), 'two');
  });

  check('streams of views and buffers, and of what is neither', async () => {
    const packed = await compress(small);
    const { readable, writable } = decompressStream();
    const writer = writable.getWriter();
    const half = packed.length >> 1;
    const written = Promise.all([
      writer.write(new Uint8Array(0)),
      writer.write(packed.slice(0, half).buffer as unknown as Bytes),
      writer.write(new DataView(packed.slice(half).buffer) as unknown as Bytes),
      writer.close(),
    ]);
    sameBytes(await allOf(readable), small);
    await written;
    const wrong = compressStream();
    const writing = wrong.writable.getWriter().write('text' as unknown as Bytes);
    await rejects(allOf(wrong.readable), 'InvalidArgument');
    await writing.catch(() => {});
  });

  check('streams fail where the bytes are cut, damaged or followed by others', async () => {
    const packed = await compress(concat([small, noise(300)]));
    for (let n = 0; n < packed.length; n += n < 40 || n > packed.length - 40 ? 1 : 29) {
      await rejects(unpacked(packed.subarray(0, n), 50), 'DecompressionError');
    }
    for (const size of [1, 16, packed.length, 1000]) {
      await rejects(unpacked(concat([packed, utf8('junk')]), size), 'DecompressionError');
      await rejects(unpacked(concat([packed, Uint8Array.of(0)]), size), 'DecompressionError');
    }
    await rejects(unpacked(utf8('nothing of the kind'), 4), 'DecompressionError');
    const { readable, writable } = decompressStream();
    const writer = writable.getWriter();
    const closed = writer.closed.then(
      () => 'closed',
      (error: { code?: string }) => error.code,
    );
    writer.write(concat([packed, noise(5000)])).catch(() => {});
    await rejects(allOf(readable), 'DecompressionError');
    equal(await closed, 'DecompressionError', 'the writing end');
  });

  check('streams keep to the limits, and make nothing before it is read', async () => {
    const bytes = await bomb(traits);
    for (const options of [{ maxOutputBytes: 0x100000 }, { maxRatio: 10 }]) {
      await rejects(allOf(inPieces(bytes, bytes.length).pipeThrough(decompressStream(options))), 'DecompressionError');
    }
    const { readable, writable } = decompressStream();
    const writer = writable.getWriter();
    const writing = writer.write(bytes as Bytes).then(
      () => 'written',
      () => 'failed',
    );
    const reader = readable.getReader();
    let seen = 0;
    while (seen < 0x80000) seen += (await reader.read()).value!.length;
    ok(seen < 0x800000, `a chunk at a time: ${seen} bytes`);
    await reader.cancel(new Error('enough'));
    await writing;
    await rejects(writer.write(Uint8Array.of(1)), () => true);
  });

  check('streams end with the signal, with the writer, with the source', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const { readable, writable } = compressStream({ signal: controller.signal });
    const writer = writable.getWriter();
    const writing = writer.write(noise(1000)).catch((error: unknown) => error);
    const reading = allOf(readable).catch((error: unknown) => error);
    controller.abort(reason);
    equal((await reading) === reason, true, 'the reading end');
    await writing;
    await rejects(writer.write(noise(10)), (error) => error === reason);
    const aborted = decompressStream();
    const end = allOf(aborted.readable).catch((error: unknown) => error);
    await aborted.writable.abort(reason);
    equal((await end) === reason, true, 'the writer aborts');
    const failing = new ReadableStream<Bytes>({
      pull() {
        throw reason;
      },
    });
    await rejects(allOf(failing.pipeThrough(compressStream())), (error) => error === reason);
    await rejects(async () => allOf(inPieces(small, 9).pipeThrough(compressStream({ level: wrongLevels[0] }))), 'InvalidArgument');
  });
}
