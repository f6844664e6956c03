/**
 * Tables from text: CSV, and whatever else separates by commas, semicolons or tabs.
 *
 * @module
 */
import { CsvParser, type Separator } from './views/csv-parser.ts';

/** Characters that are parsed at once. */
const pieceLength = 65_536;

/** The separator that the first line uses most; a comma when it uses none. */
export function separatorOf(text: string): Separator {
  const line = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  const times = (separator: Separator): number => line.split(separator).length;
  return ([',', '\t', ';'] as const).reduce((best, one) => (times(one) > times(best) ? one : best));
}

/**
 * Parse records, as {@link CsvParser} does.
 *
 * @param maxRows further records are left out. @default all
 */
export function parseCsv(text: string, separator: Separator, maxRows: number = Infinity): string[][] {
  const parser = new CsvParser(separator);
  const rows: string[][] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  for (; at < text.length && rows.length < maxRows; at += pieceLength)
    for (const row of parser.push(text.slice(at, at + pieceLength))) rows.push(row);
  if (at >= text.length) rows.push(...parser.end());
  return rows.slice(0, maxRows);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** An array of objects as a table: the names that they use, and the objects; `undefined` for anything else. */
export function tableOf(value: unknown): { names: string[]; rows: Record<string, unknown>[] } | undefined {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isRecord)) return undefined;
  const names = new Set<string>();
  for (const row of value.slice(0, 1000)) for (const name of Object.keys(row)) names.add(name);
  return names.size > 0 && names.size <= 200 ? { names: [...names], rows: value } : undefined;
}

const isNumber = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && value !== '' && Number.isFinite(Number(value)));
/** Whether a cell is empty. */
export const isNothing = (value: unknown): boolean => value === undefined || value === null || value === '';

/** Whether the first values of a column are numbers, gaps aside. */
export function isNumeric(values: readonly unknown[]): boolean {
  const given = values.filter((value) => !isNothing(value));
  return given.length > 0 && given.every(isNumber);
}
