/**
 * Timestamps of datafiles.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { fromDate, PyDateTime } from './date-time.ts';
import { isPyFloat, type PyFloat } from './py-float.ts';
import { fromPosix, type ZoneOptions } from './time-zone.ts';

/** What a timestamp may be given as: a datetime, a `Date` (an aware time in UTC), or seconds since 1970. */
export type TimestampInput = PyDateTime | Date | number | bigint | boolean | PyFloat | null | undefined;

/**
 * A timestamp. A number becomes a naive time of the machine's zone, as in Python, so that its hash depends on the machine; a `Date` or a
 * {@link PyDateTime} with an offset does not. A boolean counts as a number, as there.
 *
 * @throws CloudError `InvalidArgument`: anything else, a text too (see {@link parseDateTime})
 * @example timestampFrom(0, { timeZone: 'UTC' })?.toString() // '1970-01-01T00:00:00'
 */
export function timestampFrom(value: TimestampInput, options?: ZoneOptions): PyDateTime | null {
  if (value === null || value === undefined) return null;
  if (value instanceof PyDateTime) return value;
  if (value instanceof Date) return fromDate(value);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' || isPyFloat(value))
    return fromPosix(Number(value), options);
  throw new CloudError(`A timestamp is a datetime, a Date, a number of seconds or null, not ${typeof value}`, { code: 'InvalidArgument' });
}
