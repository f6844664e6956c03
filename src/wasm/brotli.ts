/**
 * brotli by the package brotli-wasm, whose module is embedded as the others are: fetched from beside the program it would be missing
 * from most bundles. Its glue serves one instance at a time, which all streams share.
 *
 * @module
 */
import { answerError, codecError, type Direction } from './answers.ts';
import { keptBytes } from './instances.ts';
import { wasmCode, type WasmCode } from './loader.ts';
import type { Machine } from './machine.ts';

interface StepResult {
  code: number;
  input_offset: number;
  buf: Uint8Array;
  free(): void;
}

/** The glue of brotli-wasm. */
interface Glue {
  /** Makes a new instance, which takes the place of the last one. */
  default(module: WebAssembly.Module): Promise<{ memory: WebAssembly.Memory }>;
  CompressStream: new (quality: number) => { compress(input: Uint8Array | undefined, outputBytes: number): StepResult; free(): void };
  DecompressStream: new () => { decompress(input: Uint8Array, outputBytes: number): StepResult; free(): void };
}

/** The code of both ways. */
export const brotliCode: WasmCode = /* @__PURE__ */ wasmCode(
  'br',
  () => import('../../node_modules/brotli-wasm/pkg.web/brotli_wasm_bg.wasm'),
);

interface Instance {
  glue: Glue;
  memory: WebAssembly.Memory;
  /** Streams that are not closed yet. */
  live: number;
}

let current: Promise<Instance> | undefined;
let usable: Instance | undefined;

async function make(): Promise<Instance> {
  const module = await brotliCode.module();
  const glue = (await import('../../node_modules/brotli-wasm/pkg.web/brotli_wasm.js')) as unknown as Glue;
  const { memory } = await glue.default(module);
  return (usable = { glue, memory, live: 0 });
}

/** The present instance; another one than this may be it when what waits for it goes on. */
async function instance(): Promise<Instance> {
  for (;;) {
    current ??= make().catch((error: unknown) => {
      current = undefined;
      throw error;
    });
    const made = await current;
    if (made === usable) return made;
  }
}

/** Lets go of the instance: the next stream begins in a new one, and those that are at work in this one fail. */
function drop(): void {
  current = usable = undefined;
}

const inputBytes = 0x10000;
const outputBytes = 0x40000;

/** What a stream answers (BrotliStreamResultCode). */
const success = 1;
const needsMoreOutput = 3;

interface Step {
  code: number;
  consumed: number;
  out: Uint8Array<ArrayBuffer>;
}

interface NativeStream {
  free(): void;
  step(input: Uint8Array | undefined): StepResult;
}

function machine(direction: Direction, own: Instance, stream: NativeStream): Machine {
  own.live++;
  let ended = false;
  let closed = false;
  const step = (input: Uint8Array | undefined): Step => {
    if (usable !== own) throw codecError('br', direction, 'the codec failed in another stream');
    try {
      const result = stream.step(input);
      const { code, input_offset: consumed, buf } = result;
      result.free();
      return { code, consumed, out: buf as Uint8Array<ArrayBuffer> };
    } catch (cause) {
      if (!(cause instanceof Error) || cause instanceof WebAssembly.RuntimeError || cause instanceof RangeError) drop();
      throw codecError('br', direction, 'not whole, well-formed data, or not enough memory', cause);
    }
  };
  function* decode(bytes: Uint8Array, last: boolean): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    for (let at = 0, more = false; at < bytes.length || more;) {
      if (ended) throw answerError('br', direction, -1);
      const { code, consumed, out } = step(bytes.subarray(at, at + inputBytes));
      if (!consumed && !out.length && code !== success && at < bytes.length) throw answerError('br', direction, -1);
      at += consumed;
      ended = code === success;
      more = code === needsMoreOutput;
      yield out;
    }
    if (last && !ended) throw answerError('br', direction, -2);
  }
  function* encode(bytes: Uint8Array, last: boolean): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    for (let at = 0, more = false; at < bytes.length || more;) {
      const { code, consumed, out } = step(bytes.subarray(at, at + inputBytes));
      at += consumed;
      more = code === needsMoreOutput;
      yield out;
    }
    while (last && !ended) {
      const { code, out } = step(undefined);
      ended = code === success;
      yield out;
    }
  }
  return {
    push: direction === 'compress' ? encode : decode,
    close() {
      if (closed) return;
      closed = true;
      own.live--;
      if (usable !== own) return;
      stream.free();
      if (!own.live && own.memory.buffer.byteLength > keptBytes) drop();
    },
  };
}

/** Begins to compress. `level` 0 to 11. */
export async function startBrotli(level: number): Promise<Machine> {
  const own = await instance();
  const stream = new own.glue.CompressStream(level);
  return machine('compress', own, { free: () => stream.free(), step: (input) => stream.compress(input, outputBytes) });
}

/** Begins to decode. */
export async function startUnbrotli(): Promise<Machine> {
  const own = await instance();
  const stream = new own.glue.DecompressStream();
  return machine('decompress', own, {
    free: () => stream.free(),
    step: (input) => stream.decompress(input ?? new Uint8Array(), outputBytes),
  });
}
