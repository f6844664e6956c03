/**
 * Values of tables as text.
 *
 * @module
 */
import { formatBytes } from '../format.ts';
import { numberText } from '../number-text.ts';

const mostLength = 400;

/** What JSON does not have. */
const plain = (_: string, value: unknown): unknown =>
  typeof value === 'bigint'
    ? Number.isSafeInteger(Number(value))
      ? Number(value)
      : String(value)
    : ArrayBuffer.isView(value)
      ? formatBytes(value.byteLength)
      : value;

/** A time in UTC, to the second where it has no parts of one. */
const timeText = (time: Date): string =>
  Number.isNaN(time.getTime())
    ? 'no time'
    : time
        .toISOString()
        .replace('T', ' ')
        .replace(/\.000Z$/, 'Z');

/** Any value as one line; nothing for what is absent. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value.length > mostLength ? `${value.slice(0, mostLength)}…` : value;
  if (typeof value === 'number') return numberText(value);
  if (value instanceof Date) return timeText(value);
  if (value instanceof Uint8Array) return hexText(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  const text = JSON.stringify(value, plain);
  return text.length > mostLength ? `${text.slice(0, mostLength)}…` : text;
}

const hexText = (bytes: Uint8Array): string =>
  `${Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join(' ')}${bytes.length > 16 ? ` … ${formatBytes(bytes.length)}` : ''}`;
