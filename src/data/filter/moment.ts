/**
 * Points in time, times of day and dates of any shape, brought to numbers that can be compared.
 *
 * @module
 */
import { wrongType } from './errors.ts';

/**
 * What filters take as a date-time beside `Date`: an object of a class (a plain object is a mapping) with the fields of Python's
 * `datetime`, in its own zone.
 */
export interface DatetimeLike {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute?: number;
  readonly second?: number;
  /** 0 to 999,999. */
  readonly microsecond?: number;
  /** East of UTC, in seconds; `null` or absent when naive. */
  readonly offsetSeconds?: number | null | undefined;
}

/** A time of day: `'17:57'`, `'17:57:57.136739'` or its fields. */
export type TimeOfDay =
  | string
  | { readonly hour: number; readonly minute?: number; readonly second?: number; readonly microsecond?: number };

/** A date: `'2022-05-04'` or its fields. */
export type CalendarDate = string | { readonly year: number; readonly month: number; readonly day: number };

/** A date-time in numbers; `ms` is the time of the wall clock, counted as if the zone were UTC. */
export interface Moment {
  readonly ms: number;
  /** 0 to 999, beside `ms`. */
  readonly us: number;
  /** East of UTC, in ms; `undefined` when naive. */
  readonly offsetMs: number | undefined;
  /** Where it comes from a `Date`: an instant, which is compared with naive values by what the clocks of this machine's zone show. */
  readonly date?: Date;
}

type Fields = Record<string, unknown>;

/** Whether a value of a class counts as a date-time; `Date` does not come here. */
export function isDatetimeLike(value: object): value is DatetimeLike {
  const { year, hour } = value as Fields;
  return typeof year === 'number' && typeof hour === 'number';
}

/** Whether a value of a class is a date or a time of day alone: types that Python's filters do not take as attributes. */
export function isDateOrTime(value: object): boolean {
  const { year, month, hour, minute } = value as Fields;
  return (typeof year === 'number' && typeof month === 'number') || (typeof hour === 'number' && typeof minute === 'number');
}

/** The days of the civil calendar up to a date, in ms. `Date.UTC` alone would take the years 0 to 99 for 1900 to 1999. */
function dateMs(year: number, month: number, day: number): number {
  return year > 99 ? Date.UTC(year, month - 1, day) : new Date(0).setUTCFullYear(year, month - 1, day);
}

/** Text as Python's `isoformat` writes it, and ISO 8601 of that shape: a date, a time if any, a zone if any. */
const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,6})\d*)?)?(Z|[+-]\d\d:?\d\d(?::?\d\d)?)?)?$/;

function parseOffset(text: string): number {
  if (text === 'Z') return 0;
  const [hours = 0, minutes = 0, seconds = 0] = (text.match(/\d\d/g) ?? []).map(Number);
  return (text.startsWith('-') ? -1000 : 1000) * (hours * 3600 + minutes * 60 + seconds);
}

function parseMoment(text: string): Moment | undefined {
  const [, year, month, day, hour = 0, minute = 0, second = 0, fraction = '', zone] = iso.exec(text) ?? [];
  if (year === undefined) return undefined;
  const date = dateMs(Number(year), Number(month), Number(day));
  // A day or a clock that does not exist, such as 30 February, is no date.
  if (new Date(date).getUTCDate() !== Number(day) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const micros = Number(fraction.padEnd(6, '0'));
  const ms = date + (Number(hour) * 3600 + Number(minute) * 60 + Number(second)) * 1000 + Math.floor(micros / 1000);
  return { ms, us: micros % 1000, offsetMs: zone === undefined ? undefined : parseOffset(zone) };
}

/** The numbers of a date-time: a `Date`, a {@link DatetimeLike}, or ISO text; `undefined` when it is none. */
export function momentOf(value: unknown): Moment | undefined {
  if (typeof value === 'string') return parseMoment(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Date) return { ms: value.getTime(), us: 0, offsetMs: 0, date: value };
  if (!isDatetimeLike(value)) return undefined;
  const { year, month, day, hour, minute = 0, second = 0, microsecond = 0, offsetSeconds } = value;
  const ms = dateMs(year, month, day) + (hour * 3600 + minute * 60 + second) * 1000 + Math.floor(microsecond / 1000);
  return { ms, us: microsecond % 1000, offsetMs: offsetSeconds == null ? undefined : offsetSeconds * 1000 };
}

/** Whether two date-times are on one scale: both naive, both aware, or one of them a `Date`. */
function comparable(a: Moment, b: Moment): boolean {
  return a.date !== undefined || b.date !== undefined || (a.offsetMs === undefined) === (b.offsetMs === undefined);
}

/** What the clocks of a date-time's own zone show, of a `Date` those of this machine, in ms. */
function wallMs({ ms, date }: Moment): number {
  if (!date) return ms;
  const seconds = (date.getHours() * 60 + date.getMinutes()) * 60 + date.getSeconds();
  return dateMs(date.getFullYear(), date.getMonth() + 1, date.getDate()) + seconds * 1000 + date.getMilliseconds();
}

/** The distance `a − b` in ms and the rest in µs. Instants are compared where both are known, else what the clocks on the wall show. */
function distance(a: Moment, b: Moment): [ms: number, us: number] {
  const aware = a.offsetMs !== undefined && b.offsetMs !== undefined;
  return [aware ? a.ms - a.offsetMs - (b.ms - b.offsetMs) : wallMs(a) - wallMs(b), a.us - b.us];
}

/** Order of two date-times. @returns negative, 0 or positive @throws FilterError `WrongType` for a naive and an aware one */
export function compareMoments(a: Moment, b: Moment): number {
  if (!comparable(a, b)) wrongType('a date-time with a zone cannot be compared with one without');
  const [ms, us] = distance(a, b);
  if (Number.isNaN(ms)) wrongType('an invalid Date cannot be compared');
  return ms || us;
}

/** The time from `b` to `a`, in ms. */
export function momentsApartMs(a: Moment, b: Moment): number {
  compareMoments(a, b);
  const [ms, us] = distance(a, b);
  return ms + us / 1000;
}

/** Whether two date-times are equal; a naive and an aware one never are. */
export function equalMoments(a: Moment, b: Moment): boolean {
  return comparable(a, b) && distance(a, b).every((part) => part === 0);
}

const dayMs = 86_400_000;

/** Days since 1970-01-01 on the wall clock. */
export const dayNumber = (moment: Moment): number => Math.floor(moment.ms / dayMs);

/** Monday 0 to Sunday 6. 1970-01-01 was a Thursday. */
export const weekdayOf = (moment: Moment): number => (((dayNumber(moment) + 3) % 7) + 7) % 7;

/** Time of day on the wall clock, in µs. */
export const timeUs = (moment: Moment): number => (moment.ms - dayNumber(moment) * dayMs) * 1000 + moment.us;

/** A field of the wall clock. */
export const fieldOf: Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', (moment: Moment) => number> = {
  year: (moment) => new Date(moment.ms).getUTCFullYear(),
  month: (moment) => new Date(moment.ms).getUTCMonth() + 1,
  day: (moment) => new Date(moment.ms).getUTCDate(),
  hour: (moment) => new Date(moment.ms).getUTCHours(),
  minute: (moment) => new Date(moment.ms).getUTCMinutes(),
  second: (moment) => new Date(moment.ms).getUTCSeconds(),
};

/** A time of day in µs; `undefined` when the value is none. */
export function parseTime(value: unknown): number | undefined {
  if (typeof value === 'string') {
    const [, hour, minute, second = 0, fraction = ''] = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?$/.exec(value) ?? [];
    if (hour === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
    return (Number(hour) * 3600 + Number(minute) * 60 + Number(second)) * 1e6 + Number(fraction.padEnd(6, '0'));
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) return undefined;
  const { year, hour, minute = 0, second = 0, microsecond = 0 } = value as Record<string, number | undefined>;
  return year === undefined && typeof hour === 'number' ? (hour * 3600 + minute * 60 + second) * 1e6 + microsecond : undefined;
}

/** A date in days since 1970-01-01; `undefined` when the value is none, or a date-time. */
export function parseDate(value: unknown): number | undefined {
  if (typeof value === 'string') {
    const moment = value.length === 10 ? parseMoment(value) : undefined;
    return moment && dayNumber(moment);
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) return undefined;
  const { year, month, day, hour } = value as Record<string, number | undefined>;
  if (hour !== undefined || year === undefined || month === undefined || day === undefined) return undefined;
  return dateMs(year, month, day) / dayMs;
}
