/**
 * Seconds since 1970 and the clocks of a place. A naive datetime is a time of some place; Python takes the machine's own.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { fromWallSeconds, microsecondsOf, PyDateTime, wallSeconds } from './date-time.ts';

/** The place whose clocks a naive time is of. */
export interface ZoneOptions {
  /** A name of the IANA database, e.g. `Europe/London`. @default the machine's own zone */
  timeZone?: string | undefined;
}

/** What the clocks of the place show, in seconds, at an instant of whole seconds. */
function wallAt(seconds: number, timeZone: string | undefined): number {
  const date = new Date(seconds * 1000);
  if (timeZone === undefined) {
    // getTimezoneOffset would round old offsets to minutes.
    const wall = new Date(0);
    wall.setUTCFullYear(date.getFullYear(), date.getMonth(), date.getDate());
    return wall.getTime() / 1000 + date.getHours() * 3600 + date.getMinutes() * 60 + date.getSeconds();
  }
  const parts: Record<string, number> = {};
  for (const { type, value } of formatFor(timeZone).formatToParts(date)) if (/^\d+$/.test(value)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return wallSeconds(new PyDateTime({ year, month, day, hour, minute, second }));
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (cause) {
    throw new CloudError(`No time zone is named ${JSON.stringify(timeZone)}`, { code: 'InvalidArgument', cause });
  }
}

/**
 * The instant, in seconds, at which the clocks of the place show `wall`; of two such instants the one that `fold` names, and between the
 * two offsets where clocks skip it. By the steps of `datetime.timestamp()` (CPython, Lib/datetime.py, `_mktime`).
 */
function instantOf(wall: number, fold: 0 | 1, timeZone: string | undefined): number {
  const offsetAt = (seconds: number): number => wallAt(seconds, timeZone) - seconds;
  const first = offsetAt(wall);
  const guess = wall - first;
  let other: number;
  if (wallAt(guess, timeZone) === wall) {
    other = offsetAt(guess + (fold ? 86_400 : -86_400));
    if (other === first) return guess;
  } else {
    other = offsetAt(guess);
  }
  const second = wall - other;
  if (wallAt(second, timeZone) === wall) return second;
  if (wallAt(guess, timeZone) === wall) return guess;
  return fold ? Math.min(guess, second) : Math.max(guess, second);
}

/** `2.5` to 2 and `3.5` to 4, as IEEE 754 rounds. */
function roundHalfEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  return rest > 0.5 || (rest === 0.5 && low % 2 !== 0) ? low + 1 : low;
}

/**
 * The naive datetime that the clocks of the place show `seconds` after 1970-01-01T00:00:00Z, rounded to the microsecond.
 *
 * @throws CloudError `InvalidArgument`: not finite, or outside the years 1 to 9999
 * @example fromPosix(1651687077.136739, { timeZone: 'UTC' }).toString() // '2022-05-04T17:57:57.136739'
 */
export function fromPosix(seconds: number, { timeZone }: ZoneOptions = {}): PyDateTime {
  let whole = Math.trunc(seconds);
  let microseconds = roundHalfEven((seconds - whole) * 1e6);
  if (microseconds < 0) {
    microseconds += 1e6;
    whole -= 1;
  }
  if (microseconds >= 1e6) {
    microseconds -= 1e6;
    whole += 1;
  }
  // Two days within the range of PyDateTime; also what Date and Intl take.
  if (!(Math.abs(whole) < 2.6e11)) throw new CloudError(`Not a time: ${seconds} s since 1970`, { code: 'InvalidArgument' });
  const wall = wallAt(whole, timeZone);
  const time = fromWallSeconds(wall, microseconds);
  // the second of two equal hours, as Python's `fromtimestamp` tells it
  return instantOf(wall, 0, timeZone) === whole ? time : new PyDateTime({ ...time, fold: 1 });
}

/**
 * Seconds since 1970-01-01T00:00:00Z; a naive time is one of the place's clocks.
 *
 * @example posixSeconds(parseDateTime('2022-05-04T17:57:57Z')) // 1651687077
 */
export function posixSeconds(time: PyDateTime, { timeZone }: ZoneOptions = {}): number {
  if (time.offsetSeconds === null) return instantOf(wallSeconds(time), time.fold, timeZone) + time.microsecond / 1e6;
  const all = microsecondsOf(time);
  const absolute = all < 0n ? -all : all;
  // By its text, so that it is rounded once.
  const text = `${absolute / 1_000_000n}.${String(absolute % 1_000_000n).padStart(6, '0')}`;
  return all < 0n ? -Number(text) : Number(text);
}

/** The instant as a `Date`, cut off at the millisecond; a naive time is one of the place's clocks. */
export function toDate(time: PyDateTime, options?: ZoneOptions): Date {
  const { microsecond } = time;
  const whole = new PyDateTime({ ...time, microsecond: 0 });
  return new Date(Math.floor(posixSeconds(whole, options) * 1000 + microsecond / 1000));
}
