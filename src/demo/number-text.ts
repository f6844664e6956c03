/**
 * Numbers with as many digits as they need.
 *
 * @module
 */

/** A number with as many digits as it needs, where it is one of four bytes too. */
export const numberText = (value: number): string => {
  if (String(value).length < 16) return String(value);
  if (Number.isInteger(value) || Math.fround(value) !== value) return String(value);
  for (let digits = 6; digits < 9; digits++)
    if (Math.fround(Number(value.toPrecision(digits))) === value) return String(Number(value.toPrecision(digits)));
  return String(value);
};
