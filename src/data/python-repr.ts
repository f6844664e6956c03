/**
 * Python's `repr` of metadata values, the text that metadata hashes are made of.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { PyDateTime } from './date-time.ts';
import { defaultMaxDepth } from './json-read.ts';
import { LabelSet } from './label.ts';
import { sortedItems } from './order.ts';
import { isPrintable } from './printable.ts';
import { floatText } from './py-float.ts';
import { see, type PyValue } from './value.ts';

/**
 * How the zone of an aware time is written: as in the process that made it (`datetime.timezone.utc`), or as after reading it back
 * (`tzutc()`, or `tzlocal()` where the machine's own zone is called UTC).
 */
export type ZoneStyle = 'timezone' | 'tzutc' | 'tzlocal';

/** How {@link pythonRepr} writes. */
export interface ReprOptions {
  /** @default 'timezone' */
  zones?: ZoneStyle | undefined;
  /** The order of a set's items, which Python leaves open. @default sorted */
  orderItems?: ((items: readonly PyValue[]) => readonly PyValue[]) | undefined;
}

/**
 * Python's `repr` of a value. The items of sets are sorted; a Python process has them in an order of its own.
 *
 * @throws CloudError `InvalidArgument`: something in it is no value of metadata, a set cannot be ordered, or it is nested too deep
 * @example pythonRepr({ a: [1, pyFloat(1), null] }) // "{'a': [1, 1.0, None]}"
 */
export function pythonRepr(value: PyValue, options: ReprOptions = {}): string {
  const { zones = 'timezone', orderItems = sortedItems } = options;
  const show = (item: PyValue, depth: number): string => {
    if (depth > defaultMaxDepth) throw new CloudError('A value nested too deep, or in itself', { code: 'InvalidArgument' });
    const seen = see(item);
    // Loops, not maps: half as many frames a level on a worker's small stack.
    const each = (items: readonly PyValue[]): string => {
      let text = '';
      for (const one of items) text += (text && ', ') + show(one, depth + 1);
      return text;
    };
    switch (seen.kind) {
      case 'none':
        return 'None';
      case 'bool':
        return seen.value ? 'True' : 'False';
      case 'int':
        return String(seen.value);
      case 'float':
        return floatRepr(seen.value);
      case 'str':
        return stringRepr(seen.value);
      case 'datetime':
        return dateTimeRepr(seen.value, zones);
      case 'list':
        return `[${each(seen.value)}]`;
      case 'tuple':
        return `(${each(seen.value)}${seen.value.length === 1 ? ',' : ''})`;
      case 'dict': {
        let text = '';
        for (const [key, one] of seen.value) text += `${text && ', '}${show(key, depth + 1)}: ${show(one, depth + 1)}`;
        return `{${text}}`;
      }
      case 'set': {
        const inner = seen.value.length ? `{${each(orderItems(seen.value))}}` : '';
        return item instanceof LabelSet ? `LabelSet(${inner})` : inner || 'set()';
      }
    }
  };
  return show(value, 0);
}

function floatRepr(value: number): string {
  if (Number.isFinite(value)) return floatText(value);
  return String(value).toLowerCase().replace('infinity', 'inf');
}

const named: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** A string in single quotes, in double ones when only single ones are in it (CPython, Objects/unicodeobject.c, `unicode_repr`). */
function stringRepr(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[^ -&(-[\]-~]/gu, (char) => {
    if (char === "'") return char === mark ? "\\'" : char;
    const code = char.codePointAt(0)!;
    if (named[char] !== undefined || isPrintable(code)) return named[char] ?? char;
    const hex = code.toString(16);
    return code < 0x100 ? `\\x${hex.padStart(2, '0')}` : code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
  });
  return mark + escaped + mark;
}

function dateTimeRepr(time: PyDateTime, zones: ZoneStyle): string {
  const { year, month, day, hour, minute, second, microsecond, offsetSeconds, fold } = time;
  const numbers = [year, month, day, hour, minute];
  if (second || microsecond) numbers.push(second);
  if (microsecond) numbers.push(microsecond);
  const tail = [fold ? 'fold=1' : '', offsetSeconds === null ? '' : `tzinfo=${zoneRepr(offsetSeconds, time.zoneName, zones)}`];
  return `datetime.datetime(${[...numbers, ...tail.filter(Boolean)].join(', ')})`;
}

function zoneRepr(offsetSeconds: number, name: string | undefined, zones: ZoneStyle): string {
  if (zones !== 'timezone') return offsetSeconds === 0 ? `${zones}()` : `tzoffset(None, ${offsetSeconds})`;
  if (offsetSeconds === 0 && name === undefined) return 'datetime.timezone.utc';
  return `datetime.timezone(${spanRepr(offsetSeconds)}${name === undefined ? '' : `, ${stringRepr(name)}`})`;
}

/** A time span as `timedelta` keeps it: a negative one is a negative day and the seconds after it. */
function spanRepr(span: number): string {
  const all = Math.round(span * 1e6);
  const days = Math.floor(all / 86_400e6);
  const rest = all - days * 86_400e6;
  const parts = { days, seconds: Math.floor(rest / 1e6), microseconds: rest % 1e6 };
  const shown = Object.entries(parts).flatMap(([unit, value]) => (value ? [`${unit}=${value}`] : []));
  return `datetime.timedelta(${shown.join(', ') || '0'})`;
}
