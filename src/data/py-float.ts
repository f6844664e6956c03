/**
 * Floats that Python would not take for ints.
 *
 * JavaScript has one type of number; metadata has two, and `1` and `1.0` are written and hashed differently. What a number is stays
 * unambiguous by these rules: a plain number is an int when it is a safe integer and a float otherwise, a bigint is always an int, and a
 * {@link PyFloat} is always a float. So `0.5` and `1e20` stay plain numbers, and only a float whose value is a safe integer (`1.0`, `-0.0`)
 * comes as a PyFloat. It is a `Number` object, not a note kept beside the tag: it survives `{ ...tags }`, `structuredClone` and
 * `JSON.stringify`, and takes part in arithmetic as it is.
 *
 * @module
 */

/** A float with a whole value; `.valueOf()`, `+x` and `x == 1` give the plain number. Made by {@link pyFloat}. */
export class PyFloat extends Number {}

/**
 * Force a float: a tag `1` is written as `1`, `pyFloat(1)` as `1.0`.
 *
 * @example datafile.tags.height = pyFloat(80)
 */
export const pyFloat = (value: number): PyFloat => new PyFloat(value);

/** Whether `value` is a number object; after `structuredClone` it is a plain `Number` object, which counts as well. */
export function isPyFloat(value: unknown): value is PyFloat {
  return typeof value === 'object' && Object.prototype.toString.call(value) === '[object Number]';
}

/** A float as it is kept in memory: boxed where a plain number would be an int. */
export const boxFloat = (value: number): number | PyFloat => (Number.isSafeInteger(value) ? new PyFloat(value) : value);

/**
 * A finite float as Python's `repr` and `json` write it: the shortest digits that read back as the same double, laid out in full for
 * exponents from -4 to 15 and with an exponent of at least two digits otherwise (CPython, Python/pystrtod.c, format code `r`).
 *
 * @example floatText(1e16) // '1e+16'
 */
export function floatText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [, sign = '', first = '', rest = '', power = ''] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential()) ?? [];
  const digits = first + rest;
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16)
    return `${sign}${first}${rest && `.${rest}`}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  return `${sign}${digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')}.${digits.slice(exponent + 1) || '0'}`;
}
