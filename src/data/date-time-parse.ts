/**
 * Reading the text of a datetime: all that Python's `isoformat` writes, ISO 8601's other forms, `2022/05/04 17:57`, and the dates of mail
 * and HTTP headers. What depends on today's date or on a country's habits is refused.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { PyDateTime } from './date-time.ts';

const clock = '(\\d{2})(?::?(\\d{2})(?::?(\\d{2})(?:[.,](\\d+))?)?)?';
const zone = '\\s*(Z|UTC|GMT|[+-]\\d{2}(?::?\\d{2}(?::?\\d{2}(?:\\.\\d{1,6})?)?)?)?';
const iso = new RegExp(`^(\\d{4})(?:([-/])(\\d{1,2})\\2(\\d{1,2})|(\\d{2})(\\d{2}))(?:[T ]+${clock}${zone})?$`, 'i');
const mail = new RegExp(`^(?:[a-z]{3},?\\s+)?(\\d{1,2})[\\s-]([a-z]{3})[\\s-](\\d{4})(?:\\s+${clock}${zone})?$`, 'i');
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * Read a datetime. Digits beyond the microsecond are cut off, as Python does; `Z`, `UTC` and `GMT` are an offset of 0.
 *
 * @throws CloudError `InvalidArgument`: not understood, or no such date
 * @example parseDateTime('2022-05-04T17:57:57Z').offsetSeconds // 0
 */
export function parseDateTime(text: string): PyDateTime {
  const trimmed = text.trim();
  const byMonth = mail.exec(trimmed);
  const [year, month, day, ...time] = byMonth ? partsByMonth(byMonth) : parts(iso.exec(trimmed));
  const [hour, minute, second, fraction, offset] = time;
  const monthNumber = month && (Number(month) || months.indexOf(month.toLowerCase()) + 1);
  if (!year || !monthNumber || !day)
    throw new CloudError(`A datetime cannot be read from ${JSON.stringify(text.slice(0, 60))}`, { code: 'InvalidArgument' });
  return new PyDateTime({
    year: Number(year),
    month: monthNumber,
    day: Number(day),
    hour: Number(hour ?? 0),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
    microsecond: Number((fraction ?? '').slice(0, 6).padEnd(6, '0')),
    offsetSeconds: offset === undefined ? null : offsetOf(offset),
  });
}

type Parts = (string | undefined)[];

function parts(match: RegExpExecArray | null): Parts {
  if (!match) return [];
  const [, year, , month, day, shortMonth, shortDay, ...time] = match as Parts;
  return [year, month ?? shortMonth, day ?? shortDay, ...time];
}

function partsByMonth(match: RegExpExecArray): Parts {
  const [, day, month, year, ...time] = match as Parts;
  return [year, month, day, ...time];
}

function offsetOf(text: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})?:?(\d{2}(?:\.\d+)?)?$/.exec(text);
  if (!match) return 0;
  const [, sign, hours, minutes = '0', seconds = '0'] = match;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
}
