/**
 * What can be asked of a date-time: order, and the parts of its date and time in its own zone.
 *
 * @module
 */
import { among, ordering, ranged, type Action, type Test } from './action.ts';
import { isEqual } from './equality.ts';
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

/** The tests of an order: of the date-time itself, its date or its time. */
const momentOrdering = <T>(what: string, read: (argument: unknown) => T | undefined, compare: (moment: Moment, wanted: T) => number) =>
  ordering(`takes ${what}, not`, read, (wanted) => (value) => compare(momentOf(value)!, wanted));

const order = momentOrdering('a date-time or ISO text', momentOf, compareMoments);
const dates = momentOrdering('dates such as 2022-05-04', parseDate, (moment, day) => dayNumber(moment) - day);
const times = momentOrdering('times of day such as 17:57', parseTime, (moment, time) => timeUs(moment) - time);

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
