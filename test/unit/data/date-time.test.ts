/** Datetimes: fields, text, order, zones, timestamps. */
import fc from 'fast-check';
import { parseDateTime } from '../../../src/data/date-time-parse.ts';
import { compareDateTimes, fromDate, fromWallSeconds, microsecondsOf, PyDateTime, wallSeconds } from '../../../src/data/date-time.ts';
import { pyFloat } from '../../../src/data/py-float.ts';
import { fromPosix, posixSeconds, toDate } from '../../../src/data/time-zone.ts';
import { timestampFrom } from '../../../src/data/timestamp.ts';
import { env } from '../../env.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

const { seed } = env();

test('any datetime comes back from its text', () => {
  const offsets = fc.oneof(
    fc.constant(null),
    fc.constant(0),
    fc.integer({ min: -86_399_999_999, max: 86_399_999_999 }).map((us) => us / 1e6),
  );
  const parts = fc.tuple(fc.integer({ min: -62135596800, max: 253402300799 }), fc.integer({ min: 0, max: 999_999 }), offsets);
  fc.assert(
    fc.property(parts, ([seconds, microsecond, offset]) => {
      const time = fromWallSeconds(seconds, microsecond, offset);
      equal(wallSeconds(time), seconds);
      const again = parseDateTime(time.toString());
      equal({ ...again }, { ...time }, time.toString());
      equal(microsecondsOf(again) - microsecondsOf(time), 0n);
      equal(String(new PyDateTime(time)), time.toString());
    }),
    { seed, numRuns: 500 },
  );
});

test('texts of isoformat', () => {
  const base = { year: 2022, month: 5, day: 4 };
  equal(new PyDateTime(base).toString(), '2022-05-04T00:00:00');
  equal(new PyDateTime({ ...base, microsecond: 5, offsetSeconds: 0 }).toString(), '2022-05-04T00:00:00.000005+00:00');
  equal(new PyDateTime({ ...base, offsetSeconds: -12_600 }).toString(), '2022-05-04T00:00:00-03:30');
  equal(new PyDateTime({ ...base, offsetSeconds: 21_208 }).toString(), '2022-05-04T00:00:00+05:53:28');
  equal(new PyDateTime({ ...base, offsetSeconds: -0.000001 }).toString(), '2022-05-04T00:00:00-00:00:00.000001');
  equal(new PyDateTime({ year: 1, month: 1, day: 1 }).toString(), '0001-01-01T00:00:00');
  equal(JSON.stringify([new PyDateTime(base)]), '["2022-05-04T00:00:00"]');
});

const read: Record<string, string> = {
  '2022-05-04': '2022-05-04T00:00:00',
  '20220504': '2022-05-04T00:00:00',
  '2022/5/4': '2022-05-04T00:00:00',
  '20220504T175757': '2022-05-04T17:57:57',
  '2022-05-04T17': '2022-05-04T17:00:00',
  '2022-05-04 17:57': '2022-05-04T17:57:00',
  ' 2022-05-04T17:57:57.1234567Z ': '2022-05-04T17:57:57.123456+00:00',
  '2022-05-04t17:57:57,5z': '2022-05-04T17:57:57.500000+00:00',
  '2022-05-04T17:57:57+05:53:28': '2022-05-04T17:57:57+05:53:28',
  '2022-05-04T17:57:57 -0330': '2022-05-04T17:57:57-03:30',
  '2022-05-04T17:57:57+01': '2022-05-04T17:57:57+01:00',
  '2022-05-04 17:57:57 UTC': '2022-05-04T17:57:57+00:00',
  'Wed, 04 May 2022 17:57:57 GMT': '2022-05-04T17:57:57+00:00',
  '4 may 2022': '2022-05-04T00:00:00',
};

test('other texts that are understood', () => {
  for (const [text, want] of Object.entries(read)) equal(parseDateTime(text).toString(), want, text);
});

test('what is no datetime', async () => {
  const texts = [
    '',
    'not a date',
    '17:57',
    '2022',
    '2022-05',
    '2022-13-01',
    '2022-02-29',
    '2021-02-29T00:00',
    '2022-05-04T24:00',
    '04/05/2022',
  ];
  for (const text of [...texts, '2022-05-04T17:57:60', '2022-05-04T17:57:57+24:00', '0000-01-01', '4 foo 2022', '2022-05/04', '1651687077'])
    await rejects(() => parseDateTime(text), 'InvalidArgument');
  ok(parseDateTime('2024-02-29') && parseDateTime('2000-02-29'), 'leap years');
  await rejects(() => parseDateTime('1900-02-29'), 'InvalidArgument');
  for (const fields of [{ year: 0 }, { year: 10_000 }, { month: 0 }, { day: 0 }, { hour: 24 }, { second: 1.5 }, { offsetSeconds: NaN }])
    await rejects(() => new PyDateTime({ year: 2022, month: 5, day: 4, ...fields }), 'InvalidArgument');
});

test('order: instants, walls, and never both', async () => {
  const at = parseDateTime;
  ok(compareDateTimes(at('2022-05-04T01:00+01:00'), at('2022-05-04T00:00:00.000001Z')) < 0);
  equal(compareDateTimes(at('2022-05-04T01:00+01:00'), at('2022-05-04T00:00Z')), 0);
  ok(compareDateTimes(at('9999-12-31T23:59:59.999999'), at('9999-12-31T23:59:59.999998')) > 0);
  await rejects(() => compareDateTimes(at('2022-05-04'), at('2022-05-04T00:00Z')), 'InvalidArgument');
  await rejects(
    () => (at('2022-05-04') as unknown as number) < 1,
    (error) => error instanceof TypeError,
  );
});

test('seconds since 1970 are those of the platform', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62135596800000, max: 253402300799999 }), (ms) => {
      const date = new Date(ms);
      equal(toDate(fromDate(date)), date);
      equal(posixSeconds(fromDate(date)), ms / 1000);
      equal(fromDate(date).toString().slice(0, 19), date.toISOString().slice(0, 19));
    }),
    { seed, numRuns: 500 },
  );
  equal(posixSeconds(parseDateTime('9999-12-31T23:59:59.999999Z')), Number('253402300799.999999'));
  equal(posixSeconds(parseDateTime('1969-12-31T23:59:59.999999Z')), -0.000001);
});

test('the clocks of this machine agree with its Date', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seconds) => {
      const time = fromPosix(seconds);
      const date = new Date(seconds * 1000);
      equal([time.hour, time.minute, time.second, time.day], [date.getHours(), date.getMinutes(), date.getSeconds(), date.getDate()]);
      equal(posixSeconds(time), seconds, `${time}`);
    }),
    { seed, numRuns: 500 },
  );
});

test('hours that come twice or never', () => {
  // as CPython's fromtimestamp
  const berlin = [1698537600, 1698541200, 1698544800].map((seconds) => fromPosix(seconds, { timeZone: 'Europe/Berlin' }));
  equal(
    berlin.map((time) => `${time} ${time.fold}`),
    ['2023-10-29T02:00:00 0', '2023-10-29T02:00:00 1', '2023-10-29T03:00:00 0'],
  );
  equal(
    berlin.map((time) => posixSeconds(time, { timeZone: 'Europe/Berlin' })),
    [1698537600, 1698541200, 1698544800],
  );
  const timeZone = 'Europe/London';
  const posix = (text: string, fold: 0 | 1): number => posixSeconds(new PyDateTime({ ...parseDateTime(text), fold }), { timeZone });
  equal([posix('2022-10-30T01:30', 0), posix('2022-10-30T01:30', 1)], [1667089800, 1667093400]);
  equal([posix('2022-03-27T01:30', 0), posix('2022-03-27T01:30', 1)], [1648344600, 1648341000]);
});

test('microseconds of seconds since 1970 are rounded half to even', () => {
  const micro = (seconds: number): string => fromPosix(seconds, { timeZone: 'UTC' }).toString();
  equal(micro(1651687077.136739), '2022-05-04T17:57:57.136739');
  equal(micro(0.9999999), '1970-01-01T00:00:01');
  equal(micro(-0.25), '1969-12-31T23:59:59.750000');
  equal(micro(2 ** -21), '1970-01-01T00:00:00');
  equal(micro(1.5 * 2 ** -19), '1970-01-01T00:00:00.000003');
});

test('timestamps', async () => {
  const zone = { timeZone: 'UTC' };
  equal(timestampFrom(null), null);
  equal(timestampFrom(true, zone)?.toString(), '1970-01-01T00:00:01');
  equal(timestampFrom(pyFloat(5), zone)?.toString(), '1970-01-01T00:00:05');
  equal(timestampFrom(5n, zone)?.toString(), '1970-01-01T00:00:05');
  equal(timestampFrom(new Date(5))?.toString(), '1970-01-01T00:00:00.005000+00:00');
  for (const bad of ['2022-05-04', {}, [], NaN, Infinity, 1e15, new Date(NaN)])
    await rejects(() => timestampFrom(bad as never), 'InvalidArgument');
  await rejects(() => fromPosix(0, { timeZone: 'Moon/Base' }), 'InvalidArgument');
});
