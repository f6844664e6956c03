/**
 * Compounds, from a record for each element or a column for each member; arrays; sequences of any length.
 *
 * @module
 */
import type { Hdf5ArrayType, Hdf5CompoundType, Hdf5VlenType } from '../../values/type.ts';
import { countOf } from './count.ts';
import { shown, unfit } from './unfit.ts';
import { isRow, type Compile, type Entries, type Writer } from './writer.ts';

/** What records have under a name, in a row. */
function gathered(row: ArrayLike<unknown>, name: string, { width, isWide }: Writer, first: number, count: number): ArrayLike<unknown> {
  const values: unknown[] = [];
  for (let i = first; i < first + count; i++) {
    const value = (row[i] as Record<string, unknown>)[name];
    if (!isWide) values.push(value);
    else {
      if (!isRow(value) || value.length !== width) throw unfit(`${name} of a record has ${width} values, not ${shown(value)}`);
      for (let k = 0; k < width; k++) values.push(value[k]);
    }
  }
  return values;
}

function checkNames(value: unknown, names: ReadonlySet<string>, what: string): void {
  if (typeof value !== 'object' || value === null || isRow(value)) throw unfit(`${shown(value)} is no record`);
  const given = Object.keys(value);
  const odd = given.find((name) => !names.has(name));
  if (odd !== undefined) throw unfit(`the type has no member ${shown(odd)}`);
  if (given.length < names.size) throw unfit(`${what} without ${[...names].find((name) => !Object.hasOwn(value, name))}`);
}

/** The writer of compounds. */
export function compoundWriter({ members }: Hdf5CompoundType, compile: Compile): Writer {
  const parts = members.map(({ name, offsetBytes, type }) => ({ name, offsetBytes, writer: compile(type) }));
  const names = new Set(members.map(({ name }) => name));
  return {
    width: 1,
    write(out, at, stride, entries, first, count) {
      if (isRow(entries)) for (let i = 0; i < count; i++) checkNames(entries[first + i], names, 'a record');
      else checkNames(entries, names, 'columns');
      for (const { name, offsetBytes, writer } of parts) {
        if (isRow(entries)) {
          const row = gathered(entries, name, writer, first, count);
          writer.write(out, at + offsetBytes, stride, row, 0, count);
        } else writer.write(out, at + offsetBytes, stride, entries[name] as Entries, first, count);
      }
    },
  };
}

/** The writer of arrays, from the values of all of them in a row. */
export function arrayWriter({ base, sizeBytes }: Hdf5ArrayType, inner: Writer): Writer {
  const length = sizeBytes / base.sizeBytes;
  return {
    width: inner.width * length,
    isWide: true,
    write(out, at, stride, entries, first, count) {
      if (stride === sizeBytes) return inner.write(out, at, base.sizeBytes, entries, first * length, count * length);
      for (let i = 0; i < count; i++) inner.write(out, at + i * stride, base.sizeBytes, entries, (first + i) * length, length);
    },
  };
}

/** The writer of sequences: how many values, and a pointer to them. */
export function vlenWriter({ base }: Hdf5VlenType, inner: Writer): Writer {
  return {
    width: 1,
    write(out, at, stride, entries, first, count) {
      if (!isRow(entries)) throw unfit('sequences are written from an array of them');
      for (let i = 0; i < count; i++) {
        const values = entries[first + i] as Entries;
        const length = countOf(values, base, inner.width);
        out.view.setUint32(at + i * stride, length, true);
        if (length === 0) continue;
        const to = out.reserve(length * base.sizeBytes);
        inner.write(out, to, base.sizeBytes, values, 0, length);
        out.point(at + i * stride + 4, to);
      }
    },
  };
}
