/**
 * JSON as Python's `json` module reads it, without losing anything: ints and floats apart, ints of any size, NaN and the infinities, the
 * order of keys. Stricter than neither: control characters, trailing commas and a byte order mark are refused, as there.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { boxFloat } from './py-float.ts';
import { objectOf, type PyValue } from './value.ts';

/** Limits of {@link parseJson}. */
export interface ParseJsonOptions {
  /** How deep lists and objects may be nested. @default 300 */
  maxDepth?: number | undefined;
  /** The longest text, in UTF-16 units. @default 134217728 */
  maxLength?: number | undefined;
}

/** How deep values may be nested by default: what fits on the small stacks of workers, with room. Python gives up at about 1,000. */
export const defaultMaxDepth = 300;

/** Python refuses to read ints of more digits (sys.int_info.default_max_str_digits). */
const maxDigits = 4300;

const spaces = /[ \t\n\r]*/y;
const plainText = /[^"\\\u0000-\u001f]*/y;
const number = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const escapes: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const words: readonly (readonly [string, PyValue])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
];

/**
 * Read JSON. Ints beyond ±2^53 come as bigints, floats with a whole value as {@link PyFloat}; see there.
 *
 * @throws CloudError `InvalidArgument`: not JSON (the message says where: line, column and character, each a code point, as Python counts
 * them), or beyond a limit
 * @example parseJson('{"a": 1.0, "b": NaN}')
 */
export function parseJson(text: string, options: ParseJsonOptions = {}): PyValue {
  const { maxDepth = defaultMaxDepth, maxLength = 2 ** 27 } = options;
  if (text.length > maxLength) throw refuse(`JSON of more than ${maxLength} characters`);
  return new Reader(text, maxDepth).document();
}

const refuse = (message: string): CloudError => new CloudError(message, { code: 'InvalidArgument' });

class Reader {
  readonly #text: string;
  readonly #maxDepth: number;
  #at = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  document(): PyValue {
    if (this.#text.startsWith('\ufeff')) throw this.#bad('a byte order mark', 0);
    this.#skip();
    const value = this.#value(0);
    this.#skip();
    if (this.#at < this.#text.length) throw this.#bad('more after the end of the value');
    return value;
  }

  #bad(what: string, at = this.#at): CloudError {
    const before = this.#text.slice(0, at);
    const line = before.slice(before.lastIndexOf('\n') + 1);
    const lines = before.split('\n').length;
    return refuse(`Not JSON: ${what}, at line ${lines}, column ${[...line].length + 1} (character ${[...before].length})`);
  }

  #skip(): void {
    // Most values are followed by no space.
    if (this.#text.charCodeAt(this.#at) > 32) return;
    spaces.lastIndex = this.#at;
    spaces.test(this.#text);
    this.#at = spaces.lastIndex;
  }

  #take(char: string): boolean {
    const there = this.#text[this.#at] === char;
    if (there) this.#at++;
    return there;
  }

  #value(depth: number): PyValue {
    const start = this.#at;
    if (depth > this.#maxDepth) throw refuse(`JSON nested deeper than ${this.#maxDepth} levels`);
    const char = this.#text[start];
    if (char === '"') return this.#string();
    if (char === '{') return this.#object(depth + 1);
    if (char === '[') return this.#list(depth + 1);
    number.lastIndex = start;
    const match = number.exec(this.#text);
    if (match) {
      this.#at = number.lastIndex;
      return match[1] === undefined && match[2] === undefined ? this.#int(match[0], start) : boxFloat(Number(match[0]));
    }
    for (const [word, value] of words) {
      if (this.#text.startsWith(word, start)) {
        this.#at += word.length;
        return value;
      }
    }
    throw this.#bad('a value is missing', start);
  }

  #int(digits: string, start: number): number | bigint {
    const value = Number(digits);
    // An int has no negative zero.
    if (Number.isSafeInteger(value)) return value + 0;
    if (digits.replace('-', '').length > maxDigits) throw this.#bad(`an int of more than ${maxDigits} digits`, start);
    return BigInt(digits);
  }

  #string(): string {
    const text = this.#text;
    const start = this.#at++;
    let value = '';
    for (;;) {
      plainText.lastIndex = this.#at;
      plainText.test(text);
      value += text.slice(this.#at, plainText.lastIndex);
      this.#at = plainText.lastIndex;
      const char = text[this.#at];
      if (char === '"') {
        this.#at++;
        return value;
      }
      if (char === undefined) throw this.#bad('a string without an end', start);
      if (char !== '\\') throw this.#bad('a control character in a string');
      value += this.#escape(start);
    }
  }

  #escape(start: number): string {
    const char = this.#text[this.#at + 1];
    if (char === undefined) throw this.#bad('a string without an end', start);
    if (char === 'u') {
      const digits = this.#text.slice(this.#at + 2, this.#at + 6);
      // Something has to follow, as Python has it: at least the quote.
      if (!/^[\da-fA-F]{4}$/.test(digits) || this.#at + 6 >= this.#text.length)
        throw this.#bad('an escape without four hex digits', this.#at + 1);
      this.#at += 6;
      return String.fromCharCode(parseInt(digits, 16));
    }
    const value = Object.hasOwn(escapes, char) ? escapes[char] : undefined;
    if (value === undefined) throw this.#bad('an unknown escape');
    this.#at += 2;
    return value;
  }

  #list(depth: number): PyValue[] {
    const items: PyValue[] = [];
    this.#at++;
    this.#skip();
    if (this.#take(']')) return items;
    for (;;) {
      items.push(this.#value(depth));
      this.#skip();
      if (this.#take(']')) return items;
      if (!this.#take(',')) throw this.#bad("a ',' is missing");
      this.#skip();
    }
  }

  #object(depth: number): PyValue {
    const entries: [string, PyValue][] = [];
    this.#at++;
    this.#skip();
    if (this.#take('}')) return {};
    for (;;) {
      if (this.#text[this.#at] !== '"') throw this.#bad('a key in double quotes is missing');
      const key = this.#string();
      this.#skip();
      if (!this.#take(':')) throw this.#bad("a ':' is missing");
      this.#skip();
      entries.push([key, this.#value(depth)]);
      this.#skip();
      if (this.#take('}')) return objectOf(entries);
      if (!this.#take(',')) throw this.#bad("a ',' is missing");
      this.#skip();
    }
  }
}
