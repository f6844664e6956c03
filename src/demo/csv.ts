/**
 * Tables from text: CSV by RFC 4180, and whatever else separates by commas, semicolons or tabs.
 *
 * @module
 */

/** What separates fields. */
export type Separator = ',' | ';' | '\t';

/** The separator that the first line uses most; a comma when it uses none. */
export function separatorOf(text: string): Separator {
  const line = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  const times = (separator: Separator): number => line.split(separator).length;
  return ([',', '\t', ';'] as const).reduce((best, one) => (times(one) > times(best) ? one : best));
}

/**
 * Parse records. Quoted fields may hold separators, line ends and doubled quotes; a quote inside a bare field is a character. A line
 * end behind the last record begins no other.
 *
 * @param maxRows further records are left out. @default all
 */
export function parseCsv(text: string, separator: Separator, maxRows: number = Infinity): string[][] {
  const rows: string[][] = [];
  const bare = new RegExp(`[^${separator}\\r\\n]*`, 'y');
  let row: string[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length && rows.length < maxRows) {
    let field = '';
    while (text[at] === '"') {
      const quote = text.indexOf('"', at + 1);
      const end = quote < 0 ? text.length : quote;
      field += text.slice(at + 1, end);
      at = end + 1;
      // a doubled quote: go on behind its second half
      if (text[at] === '"') field += '"';
    }
    bare.lastIndex = at;
    field += bare.exec(text)?.[0] ?? '';
    at = Math.max(at, bare.lastIndex);
    row.push(field);
    const separated = text[at] === separator;
    at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1;
    if (separated && at < text.length) continue;
    if (separated) row.push('');
    rows.push(row);
    row = [];
  }
  return rows;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** An array of objects as a table: the names that they use, and the objects; `undefined` for anything else. */
export function tableOf(value: unknown): { names: string[]; rows: Record<string, unknown>[] } | undefined {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isRecord)) return undefined;
  const names = new Set<string>();
  for (const row of value.slice(0, 1000)) for (const name of Object.keys(row)) names.add(name);
  return names.size > 0 && names.size <= 200 ? { names: [...names], rows: value } : undefined;
}
