/**
 * The modes of Python's `open`.
 *
 * Source: https://docs.python.org/3/library/functions.html#open
 *
 * @module
 */
import { CloudError } from '../errors.ts';

/** What a mode means. */
export interface OpenMode {
  /** `r` what is there, `w` from nothing, `a` at the end, `x` something new. */
  access: 'r' | 'w' | 'a' | 'x';
  /** `+`: read and write. */
  update: boolean;
  /** `b`: bytes in the place of text. */
  binary: boolean;
  /** Whether anything can be written. */
  modifies: boolean;
}

/** What is read and written in a mode, where it is known to the compiler. */
export type DataOf<Mode extends string> = string extends Mode
  ? string | Uint8Array<ArrayBuffer>
  : Mode extends `${string}b${string}`
    ? Uint8Array<ArrayBuffer>
    : string;

/**
 * Read a mode: exactly one of `r`, `w`, `a` and `x`, perhaps `+`, perhaps `t` or `b`, in any order.
 *
 * @throws CloudError `InvalidArgument` for anything else
 * @example parseOpenMode('rb+') // { access: 'r', update: true, binary: true, modifies: true }
 */
export function parseOpenMode(mode: string): OpenMode {
  const letters = typeof mode === 'string' ? [...mode] : ['?'];
  if (letters.some((letter) => !'rwaxtb+'.includes(letter)) || new Set(letters).size < letters.length)
    throw unfit(`${JSON.stringify(mode)} is no mode of open`);
  const access = letters.filter((letter) => 'rwax'.includes(letter));
  const [first] = access as OpenMode['access'][];
  if (access.length !== 1 || !first) throw unfit('a mode has exactly one of r, w, a and x, and at most one +');
  if (letters.includes('t') && letters.includes('b')) throw unfit('a mode has either t or b');
  const update = letters.includes('+');
  return { access: first, update, binary: letters.includes('b'), modifies: update || first !== 'r' };
}

const unfit = (message: string): CloudError => new CloudError(message, { code: 'InvalidArgument', operation: 'open' });
