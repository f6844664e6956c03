/**
 * What the codecs of wasm/codecs answer (wasm/codecs/codec-answers.h), as errors.
 *
 * @module
 */
import { CloudError, isCloudError } from '../errors.ts';

/** Which way a codec works. */
export type Direction = 'compress' | 'decompress';

const answers: Readonly<Record<number, string>> = {
  [-1]: 'not whole, well-formed data, or something behind its end',
  [-2]: 'the data end too early',
  [-3]: 'there is not enough memory',
  [-4]: 'decoding would take more memory than data may ask for',
  [-5]: 'wrong options',
  [-6]: 'the data use a method that is not carried',
};

/** The error of a codec: `CompressionError` or `DecompressionError`. */
export function codecError(name: string, direction: Direction, reason: string, cause?: unknown): CloudError {
  return new CloudError(`${name}: ${reason}`, { code: direction === 'compress' ? 'CompressionError' : 'DecompressionError', cause });
}

/** An answer below zero → its error. */
export const answerError = (name: string, direction: Direction, answer: number): CloudError =>
  codecError(name, direction, answers[answer] ?? `failed with ${answer}`);

/** Runs code of a module; a trap or memory that cannot grow comes out as a typed error. */
export function guarded<T>(name: string, direction: Direction, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (isCloudError(cause)) throw cause;
    throw codecError(name, direction, cause instanceof RangeError ? answers[-3]! : 'the codec failed', cause);
  }
}
