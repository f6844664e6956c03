/**
 * Plain values as text, as JSON and as CSV.
 *
 * @module
 */
import { Complex, type Plain } from './h5-plain.ts';

const isList = (value: Plain): value is readonly Plain[] => Array.isArray(value);

const number = (value: number | bigint): string => (Object.is(value, -0) ? '-0' : String(value));

/** What a terminal takes for more than text, and ends of lines. */
const CONTROLS = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

const quoted = (text: string): string =>
  JSON.stringify(text).replace(new RegExp(CONTROLS, 'g'), (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A text as it stands in a line: in quotes, as JSON has them, where it is more than words to a terminal. */
export const line = (text: string): string => (CONTROLS.test(text) ? quoted(text) : text);

const complexText = ({ real, imaginary }: Complex): string =>
  `${number(real)}${imaginary < 0 || Object.is(imaginary, -0) ? '' : '+'}${number(imaginary)}j`;

/** For people: one line. Texts are in quotes only where they would not be told from what is around them. */
export function textOf(value: Plain, isInner = false): string {
  if (typeof value === 'string') return isInner ? quoted(value) : line(value);
  if (typeof value === 'number' || typeof value === 'bigint') return number(value);
  if (value === null) return 'none';
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Complex) return complexText(value);
  if (isList(value)) return `[${value.map((one) => textOf(one, true)).join(', ')}]`;
  const members = Object.entries(value).map(([name, inner]) => `${line(name)}: ${textOf(inner, true)}`);
  return `{${members.join(', ')}}`;
}

/**
 * JSON. Whole numbers that a double does not hold are texts, and so are `"NaN"`, `"Infinity"` and `"-Infinity"`: JSON has no numbers for them.
 */
export function jsonOf(value: Plain): string {
  if (typeof value === 'number') return Number.isFinite(value) ? number(value) : `"${value}"`;
  if (typeof value === 'bigint') {
    const isSafe = value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
    return isSafe ? String(value) : `"${value}"`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (value instanceof Complex) return jsonOf([value.real, value.imaginary]);
  if (isList(value)) return `[${value.map(jsonOf).join(',')}]`;
  const members = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}:${jsonOf(inner)}`);
  return `{${members.join(',')}}`;
}

/** A field of CSV by RFC 4180. Lists and records are JSON, no value is an empty field. */
export function csvOf(value: Plain): string {
  if (value === null) return '';
  const text = typeof value === 'string' ? value : typeof value === 'object' && !(value instanceof Complex) ? jsonOf(value) : textOf(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
