/**
 * Decodes what comes by standard input, whole and as a stream, under limits, and prints what came of it and by how much the process grew:
 * `node --expose-gc decode-bomb.js ENCODING LIMIT …`, limits in bytes. Linux alone tells and resets the peak of a process.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { compress, decompress, decompressStream, type Encoding } from '../../../src/codecs.ts';
import { concat } from '../../../src/util/bytes.ts';

/** One decoding. */
export interface Decoding {
  way: 'whole' | 'stream';
  maxOutputBytes: number;
  /** Of the error, or none. */
  code: string | undefined;
  /** Bytes that were handed out. */
  outBytes: number;
  /** Most memory meanwhile, less what there was before the first one. */
  grownBytes: number;
}

const [encoding, ...limits] = process.argv.slice(2) as [Encoding, ...string[]];

/** Most memory that the process had since the last `forget()`; not by getrusage, which counts the parent's when it forks. */
const peakBytes = (): number => Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;

/** Frees what nobody holds, and lets the peak be what there is now. */
async function forget(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    (globalThis as { gc?: () => void }).gc?.();
    // Memory of WebAssembly and of zlib is let go of only afterwards.
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
  writeFileSync('/proc/self/clear_refs', '5');
}

async function whole(bytes: Uint8Array, maxOutputBytes: number): Promise<number> {
  return (await decompress(bytes, encoding, { maxOutputBytes })).length;
}

async function streamed(bytes: Uint8Array<ArrayBuffer>, maxOutputBytes: number, seen: (bytes: number) => void): Promise<void> {
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  const reader = source.pipeThrough(decompressStream(encoding, { maxOutputBytes })).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    seen(value.length);
  }
}

const chunks: Uint8Array[] = [];
// Not by readFileSync(0), which fails where the pipe has nothing yet.
for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
const bomb = concat(chunks.splice(0));
// The code is loaded and compiled.
const small = new Uint8Array(await compress(new TextEncoder().encode('small'), encoding));
await whole(small, 100);
await streamed(small, 100, () => {});
await forget();
const before = peakBytes();
const decodings: Decoding[] = [];
for (const maxOutputBytes of limits.map(Number)) {
  for (const way of ['whole', 'stream'] as const) {
    // What an earlier one left to the collector is not its own.
    await forget();
    let outBytes = 0;
    let code: string | undefined;
    try {
      if (way === 'whole') outBytes = await whole(bomb, maxOutputBytes);
      else await streamed(bomb, maxOutputBytes, (length) => (outBytes += length));
    } catch (error) {
      code = (error as { code?: string }).code ?? String(error);
    }
    decodings.push({ way, maxOutputBytes, code, outBytes, grownBytes: peakBytes() - before });
  }
}
process.stdout.write(JSON.stringify(decodings));
