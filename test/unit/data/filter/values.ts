/** Values of Python's types that JavaScript lacks, of the shapes that filters look for. */

/** A float where a number would be an int. */
export class Float extends Number {}

/** A tuple. */
export class Tuple {
  readonly items: readonly unknown[];

  constructor(items: readonly unknown[]) {
    this.items = items;
  }
}

/** A date-time to the microsecond, naive or with an offset. */
export class Datetime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  readonly offsetSeconds: number | null;

  constructor(fields: readonly number[], offsetSeconds: number | null) {
    [this.year = 1, this.month = 1, this.day = 1, this.hour = 0, this.minute = 0, this.second = 0, this.microsecond = 0] = fields;
    this.offsetSeconds = offsetSeconds;
  }

  valueOf(): never {
    throw new Error('a date-time has no number');
  }
}

/** From ISO text with seconds. */
export function datetime(iso: string): Datetime {
  const [, wall = '', fraction = '', zone] = /^([^.+]+)(?:\.(\d{6}))?([+-]\d\d:\d\d)?$/.exec(iso) ?? [];
  const fields = (wall.match(/\d+/g) ?? []).map(Number);
  const [hours = 0, minutes = 0] = (zone?.match(/\d\d/g) ?? []).map(Number);
  const sign = zone?.startsWith('-') ? -60 : 60;
  return new Datetime([...fields, Number(fraction || 0)], zone ? sign * (hours * 60 + minutes) : null);
}
