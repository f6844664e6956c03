/**
 * Numbers, sizes and times for people.
 *
 * @module
 */

const numbers = new Intl.NumberFormat('en');

/** `12,345`; `—` where there is no number. */
export const formatNumber = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '—' : numbers.format(value);

/** Bytes in units of 1,000: `1.2 MB`; `—` where the size is not known. */
export function formatBytes(bytes: number | undefined): string {
  if (bytes === undefined || Number.isNaN(bytes)) return '—';
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** Local time to the minute, in the order that sorts: `2025-11-21 03:07`. */
export function formatDate(date: Date | undefined): string {
  if (!date || Number.isNaN(date.getTime())) return '—';
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16).replace('T', ' ');
}

/** `1 file`, `2 files`. */
export const count = (n: number, one: string, many: string = `${one}s`): string => `${formatNumber(n)} ${n === 1 ? one : many}`;

/** The last part of a key; folders keep their slash. */
export const baseName = (key: string): string => key.replace(/^.*\/(?=.)/s, '');
