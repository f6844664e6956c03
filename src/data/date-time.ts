/**
 * Dates with a time of day, as Python's `datetime` knows them: to the microsecond, with or without an offset from UTC. A `Date` can hold
 * neither a microsecond nor a time without a zone, and both are in stored metadata and in its hashes.
 *
 * @module
 */
import { CloudError } from '../errors.ts';

/** What a {@link PyDateTime} is made of; what is left out is 0, and no offset means naive. */
export interface DateTimeFields {
  /** 1 to 9999. */
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
  hour?: number | undefined;
  minute?: number | undefined;
  second?: number | undefined;
  /** 0 to 999999. */
  microsecond?: number | undefined;
  /** Seconds east of UTC, to the microsecond, less than a day; `null` for a naive time. @default null */
  offsetSeconds?: number | null | undefined;
  /** The zone's name, which is hashed but never stored. */
  zoneName?: string | undefined;
  /** 1 for the second of two equal times when clocks go back; hashed, never stored. @default 0 */
  fold?: 0 | 1 | undefined;
}

const invalid = (what: string): CloudError => new CloudError(`Not a date and time: ${what}`, { code: 'InvalidArgument' });

const limits = { hour: 23, minute: 59, second: 59, microsecond: 999_999, fold: 1 } as const;

/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar. */
function daysTo(year: number, month: number, day: number): number {
  // Date.UTC takes years below 100 for those of the twentieth century.
  return new Date(0).setUTCFullYear(year, month - 1, day) / 86_400_000;
}

/**
 * A date with a time of day; never changes. Compare with {@link compareDateTimes}, not with `<`.
 *
 * @example new PyDateTime({ year: 2022, month: 5, day: 4, hour: 17, offsetSeconds: 0 }).toString() // '2022-05-04T17:00:00+00:00'
 */
export class PyDateTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  /** Seconds east of UTC; `null` for a naive time. */
  readonly offsetSeconds: number | null;
  readonly zoneName: string | undefined;
  readonly fold: 0 | 1;

  /** @throws CloudError `InvalidArgument`: no such date or time */
  constructor(fields: DateTimeFields) {
    const { year, month, day, hour = 0, minute = 0, second = 0, microsecond = 0, offsetSeconds = null, fold = 0, zoneName } = fields;
    const parts = { hour, minute, second, microsecond, fold };
    for (const [name, limit] of Object.entries(limits) as [keyof typeof limits, number][]) {
      const value = parts[name];
      if (!Number.isInteger(value) || value < 0 || value > limit) throw invalid(`${name} ${value}`);
    }
    if (!Number.isInteger(year) || year < 1 || year > 9999) throw invalid(`year ${year}`);
    if (!Number.isInteger(month) || month < 1 || month > 12) throw invalid(`month ${month}`);
    if (!Number.isInteger(day) || day < 1 || day > daysTo(year, month + 1, 1) - daysTo(year, month, 1)) throw invalid(`day ${day}`);
    // Negated, so that NaN is caught.
    if (offsetSeconds !== null && !(Math.abs(offsetSeconds) < 86_400)) throw invalid(`an offset of ${offsetSeconds} s`);
    this.year = year;
    this.month = month;
    this.day = day;
    this.hour = hour;
    this.minute = minute;
    this.second = second;
    this.microsecond = microsecond;
    // `+ 0` makes the 0 of -0.
    this.offsetSeconds = offsetSeconds === null ? null : Math.round(offsetSeconds * 1e6) / 1e6 + 0;
    this.zoneName = zoneName;
    this.fold = fold;
  }

  /** ISO 8601 as Python writes it: microseconds when there are any, UTC as `+00:00`, a naive time without a suffix. */
  toString(): string {
    const { year, month, day, hour, minute, second, microsecond } = this;
    const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
    const time = `${two(hour)}:${two(minute)}:${two(second)}${microsecond ? `.${six(microsecond)}` : ''}`;
    return `${date}T${time}${offsetText(this.offsetSeconds)}`;
  }

  /** The same as {@link toString}, for `JSON.stringify`. */
  toJSON(): string {
    return this.toString();
  }

  /** Refuses: `<` would compare texts, or an aware time with a naive one. */
  valueOf(): never {
    throw new TypeError('Compare datetimes with compareDateTimes()');
  }
}

const two = (n: number): string => String(n).padStart(2, '0');
const six = (n: number): string => String(n).padStart(6, '0');

function offsetText(offsetSeconds: number | null): string {
  if (offsetSeconds === null) return '';
  const all = Math.abs(Math.round(offsetSeconds * 1e6));
  const microseconds = all % 1e6;
  const seconds = (all - microseconds) / 1e6;
  const tail = seconds % 60 || microseconds ? `:${two(seconds % 60)}${microseconds ? `.${six(microseconds)}` : ''}` : '';
  return `${offsetSeconds < 0 ? '-' : '+'}${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}${tail}`;
}

/** Whole seconds that the clock on the wall shows since 1970-01-01T00:00:00 on the same wall. */
export function wallSeconds({ year, month, day, hour, minute, second }: PyDateTime): number {
  return daysTo(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
}

/**
 * The datetime whose wall clock shows `seconds` since 1970; the inverse of {@link wallSeconds}.
 *
 * @throws CloudError `InvalidArgument`: outside the years 1 to 9999
 */
export function fromWallSeconds(seconds: number, microsecond = 0, offsetSeconds: number | null = null): PyDateTime {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) throw invalid(`${seconds} s since 1970`);
  return new PyDateTime({
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    microsecond,
    offsetSeconds,
  });
}

/** The aware datetime in UTC of a `Date`, to the millisecond. @throws CloudError `InvalidArgument`: an invalid date */
export function fromDate(date: Date): PyDateTime {
  const ms = date.getTime();
  if (Number.isNaN(ms)) throw invalid('an invalid Date');
  const seconds = Math.floor(ms / 1000);
  return fromWallSeconds(seconds, (ms - seconds * 1000) * 1000, 0);
}

/** Microseconds since 1970: of an aware time in UTC, of a naive one on its own wall. */
export function microsecondsOf(time: PyDateTime): bigint {
  return BigInt(wallSeconds(time)) * 1_000_000n + BigInt(time.microsecond - Math.round((time.offsetSeconds ?? 0) * 1e6));
}

/**
 * Order two datetimes: aware ones by their instant, naive ones by their wall clock.
 *
 * @returns negative, 0 or positive
 * @throws CloudError `InvalidArgument`: one is aware, the other naive, which Python does not order either
 */
export function compareDateTimes(a: PyDateTime, b: PyDateTime): number {
  if ((a.offsetSeconds === null) !== (b.offsetSeconds === null))
    throw new CloudError('A time with an offset and one without cannot be ordered', { code: 'InvalidArgument' });
  const difference = microsecondsOf(a) - microsecondsOf(b);
  return difference < 0n ? -1 : Number(difference > 0n);
}
