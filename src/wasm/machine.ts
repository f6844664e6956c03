/**
 * Codecs that work on streams: one instance of a module, with memory of its own, at one input (the ABI of wasm/README.md). An instance whose
 * input came to an end, or was refused by the library, begins the next one.
 *
 * @module
 */
import { answerError, codecError, guarded, type Direction } from './answers.ts';
import { createInstances, type InstanceExports, type Instances } from './instances.ts';

/** A codec at work on one input. */
export interface Machine {
  /**
   * Takes all of the bytes in and gives what comes out, chunk by chunk, each with a buffer of its own; some are empty, so that
   * whoever iterates can do something else now and then.
   *
   * @param last whether these are the last bytes; then it goes on to the end of the output
   */
  push(bytes: Uint8Array, last: boolean): Iterable<Uint8Array<ArrayBuffer>>;
  /** Must be called at the end, however that is, where it is there. */
  close?(): void;
}

/** What such a module exports. */
interface StreamExports extends InstanceExports {
  init(decode: number, level: number, hintLow: number, hintHigh: number): number;
  input(): number;
  output(): number;
  update(length: number, last: number): number;
  consumed(): number;
  produced(): number;
}

/** INPUT_BYTES and OUTPUT_BYTES of codec.h. */
const inputBytes = 0x20000;
const outputBytes = 0x40000;

const atEnd = 1;
const noMemory = -3;

/** One a module and direction. */
const instances: Record<Direction, Instances<StreamExports>> = {
  compress: /* @__PURE__ */ createInstances(),
  decompress: /* @__PURE__ */ createInstances(),
};

/**
 * Begins an input in an instance that nobody else uses.
 *
 * @param level of compressing; of no meaning else
 * @param sizeHint size of the plain bytes when it is known exactly
 */
export function startMachine(name: string, direction: Direction, module: WebAssembly.Module, level = 0, sizeHint = -1): Machine {
  const code = guarded(name, direction, () => {
    const exports = instances[direction].take(module);
    const answer = exports.init(Number(direction === 'decompress'), level, sizeHint | 0, Math.floor(sizeHint / 0x1_0000_0000));
    if (answer < 0) throw answerError(name, direction, answer);
    return exports;
  });
  let over = false;
  const end = (whole: boolean): void => {
    over = true;
    if (whole) instances[direction].keep(module, code);
  };
  function* push(bytes: Uint8Array, last: boolean): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    let at = 0;
    if (over) throw codecError(name, direction, 'something comes behind the end');
    for (;;) {
      const piece = bytes.subarray(at, at + inputBytes);
      const isLast = last && at + piece.length === bytes.length;
      const [answer, out] = guarded(name, direction, () => {
        new Uint8Array(code.memory.buffer).set(piece, code.input());
        const status = code.update(piece.length, Number(isLast));
        const start = code.output();
        return [status, new Uint8Array(code.memory.buffer.slice(start, start + code.produced()))] as const;
      });
      if (answer < 0) {
        end(answer !== noMemory);
        throw answerError(name, direction, answer);
      }
      at += code.consumed();
      yield out;
      if (answer === atEnd) {
        end(true);
        if (at < bytes.length) throw answerError(name, direction, -1);
        return;
      }
      if (at === bytes.length && !last && out.length < outputBytes) return;
      if (!out.length && !code.consumed()) throw codecError(name, direction, 'the codec stands still');
    }
  }
  return { push };
}
