/**
 * Line ends, as Python's argument `newline` has them. Text is given with whole line ends: `\r\n` is never cut in two by a chunk.
 *
 * Source: https://docs.python.org/3/library/io.html#io.TextIOWrapper
 *
 * @module
 */
import { CloudError } from '../errors.ts';

/**
 * `null`: lines end in `\n`, `\r` or `\r\n`, all read as `\n`. `''`: they end so too, and are read as they are. `'\n'`, `'\r'`,
 * `'\r\n'`: they end in this alone, and `\n` is written so.
 */
export type Newline = null | '' | '\n' | '\r' | '\r\n';

/** Check a `newline`; none is `null`. Throws `InvalidArgument`. */
export function parseNewline(newline: string | null | undefined): Newline {
  if (newline === undefined || newline === null) return null;
  if (newline === '' || newline === '\n' || newline === '\r' || newline === '\r\n') return newline;
  throw new CloudError(`newline is null, '', '\\n', '\\r' or '\\r\\n', not ${JSON.stringify(newline)}`, {
    code: 'InvalidArgument',
    operation: 'open',
  });
}

/** Where the line that begins at `from` ends, its line end included; -1 when it does not end in this text. */
export function lineEnd(text: string, from: number, newline: Newline): number {
  if (newline) {
    const at = text.indexOf(newline, from);
    return at < 0 ? -1 : at + newline.length;
  }
  ANY_END.lastIndex = from;
  return ANY_END.test(text) ? ANY_END.lastIndex : -1;
}

const ANY_END = /\r\n|\r|\n/g;

/** Text as it is read. */
export const asRead = (text: string, newline: Newline): string =>
  newline === null && text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;

/** Text as it is written. */
export const asWritten = (text: string, newline: Newline): string => (newline?.startsWith('\r') ? text.replaceAll('\n', newline) : text);

/**
 * Where `count` characters (code points as they are read) end that begin at `from`.
 *
 * @returns the index behind the last of them, and how many there were: fewer where the text ends
 */
export function charsEnd(text: string, from: number, count: number, newline: Newline): { end: number; chars: number } {
  let end = from;
  let chars = 0;
  for (; chars < count && end < text.length; chars++) {
    const unit = text.charCodeAt(end++);
    const next = text.charCodeAt(end);
    const pair = unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000;
    if (pair || (newline === null && unit === 13 && next === 10)) end++;
  }
  return { end, chars };
}

/** How many code points a text has. */
export const countChars = (text: string): number => charsEnd(text, 0, Infinity, '').chars;
