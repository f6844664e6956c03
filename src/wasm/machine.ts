/**
 * Codecs that work on streams: one instance of a module, with memory of its own, at one input (the ABI of wasm/README.md).
 *
 * @module
 */
import { answerError, codecError, guarded, type Direction } from './answers.ts';

/** A codec at work on one input. */
export interface Machine {
  /**
   * Takes all of the bytes in and gives what comes out, chunk by chunk, each with a buffer of its own; some are empty, so that
   * whoever iterates can do something else now and then.
   *
   * @param last whether these are the last bytes; then it goes on to the end of the output
   */
  push(bytes: Uint8Array, last: boolean): Iterable<Uint8Array<ArrayBuffer>>;
  /** Bytes of working memory that the data asked for. */
  held?(): number;
  /** Must be called at the end, however that is, where it is there. */
  close?(): void;
}

/** What such a module exports. */
interface StreamExports {
  memory: WebAssembly.Memory;
  _initialize?(): void;
  init(decode: number, level: number, hintLow: number, hintHigh: number): number;
  input(): number;
  output(): number;
  update(length: number, last: number): number;
  consumed(): number;
  produced(): number;
  held?(): number;
}

/** INPUT_BYTES and OUTPUT_BYTES of codec.h. */
const inputBytes = 0x20000;
const outputBytes = 0x40000;

const atEnd = 1;

/**
 * Begins an input in an instance of its own.
 *
 * @param level of compressing; of no meaning else
 * @param sizeHint size of the plain bytes when it is known exactly
 */
export function startMachine(name: string, direction: Direction, module: WebAssembly.Module, level = 0, sizeHint = -1): Machine {
  const code = guarded(name, direction, () => {
    const exports = new WebAssembly.Instance(module).exports as unknown as StreamExports;
    exports._initialize?.();
    const answer = exports.init(Number(direction === 'decompress'), level, sizeHint | 0, Math.floor(sizeHint / 0x1_0000_0000));
    if (answer < 0) throw answerError(name, direction, answer);
    return exports;
  });
  function* push(bytes: Uint8Array, last: boolean): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    let at = 0;
    for (;;) {
      const piece = bytes.subarray(at, at + inputBytes);
      const isLast = last && at + piece.length === bytes.length;
      const [answer, out] = guarded(name, direction, () => {
        new Uint8Array(code.memory.buffer).set(piece, code.input());
        const status = code.update(piece.length, Number(isLast));
        const start = code.output();
        return [status, new Uint8Array(code.memory.buffer.slice(start, start + code.produced()))] as const;
      });
      if (answer < 0) throw answerError(name, direction, answer);
      at += code.consumed();
      yield out;
      if (answer === atEnd) {
        if (at < bytes.length) throw answerError(name, direction, -1);
        return;
      }
      if (at === bytes.length && !last && out.length < outputBytes) return;
      if (!out.length && !code.consumed()) throw codecError(name, direction, 'the codec stands still');
    }
  }
  return { push, held: () => code.held?.() ?? 0 };
}
