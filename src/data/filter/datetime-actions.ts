/**
 * What can be asked of a date-time: order, and the parts of its date and time in its own zone.
 *
 * @module
 */
import { among, ranged, refusing, type Action, type Test } from './action.ts';
import { isEqual } from './equality.ts';
import { nameOfKind } from './kind.ts';
import {
  compareMoments,
  dayNumber,
  equalMoments,
  fieldOf,
  momentOf,
  parseDate,
  parseTime,
  timeUs,
  weekdayOf,
  type Moment,
} from './moment.ts';

/** The tests of an order: of the date-time itself, its date or its time. */
function ordering<T>(
  what: string,
  read: (argument: unknown) => T | undefined,
  compare: (moment: Moment, wanted: T) => number,
): Record<'lt' | 'lte' | 'gt' | 'gte', Action> {
  const make =
    (holds: (order: number) => boolean): Action =>
    (argument) => {
      const wanted = read(argument);
      if (wanted === undefined) return refusing(`takes ${what}, not a value of type ${nameOfKind(argument)}`);
      return (value) => holds(compare(momentOf(value)!, wanted));
    };
  return { lt: make((n) => n < 0), lte: make((n) => n <= 0), gt: make((n) => n > 0), gte: make((n) => n >= 0) };
}

/** `X_equals` and `X_in` of one part. */
function part(name: string, read: (moment: Moment) => number): Record<string, Action> {
  return {
    [`${name}_equals`]:
      (wanted): Test =>
      (value) =>
        isEqual(read(momentOf(value)!), wanted),
    [`${name}_in`]: among((value) => read(momentOf(value)!)),
  };
}

const order = ordering('a date-time or ISO text', momentOf, compareMoments);
const dates = ordering('dates such as 2022-05-04', parseDate, (moment, day) => dayNumber(moment) - day);
const times = ordering('times of day such as 17:57', parseTime, (moment, time) => timeUs(moment) - time);

/** Equality, with ISO text too; text that is no date-time is equal to none. */
const equals: Action = (argument) => {
  const wanted = momentOf(argument);
  return (value) => wanted !== undefined && equalMoments(momentOf(value)!, wanted);
};

/** The actions of date-times beside `is`: those that have a `not_` form, and those that have none. */
export const datetimeActions: Record<'negatable' | 'others', Record<string, Action>> = {
  negatable: { equals, in_range: ranged(order) },
  others: {
    ...order,
    ...part('year', fieldOf.year),
    ...part('month', fieldOf.month),
    ...part('day', fieldOf.day),
    ...part('weekday', weekdayOf),
    ...part('iso_weekday', (moment) => weekdayOf(moment) + 1),
    ...part('hour', fieldOf.hour),
    ...part('minute', fieldOf.minute),
    ...part('second', fieldOf.second),
    time_equals: (argument) => {
      const wanted = parseTime(argument);
      return (value) => timeUs(momentOf(value)!) === wanted;
    },
    time_in: among((value) => timeUs(momentOf(value)!), parseTime),
    in_date_range: ranged(dates),
    in_time_range: ranged(times),
  },
};
