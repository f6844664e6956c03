/**
 * Compounds.
 *
 * @module
 */
import { entry, type Compile, type Reader } from './reader.ts';
import type { Hdf5Columns, Hdf5CompoundType, Hdf5Record, Hdf5Value, Hdf5Values } from './type.ts';

/** A member and how it is read. */
interface Member {
  name: string;
  offsetBytes: number;
  reader: Reader;
}

const membersOf = ({ members }: Hdf5CompoundType, compile: Compile): Member[] =>
  members.map(({ name, offsetBytes, type }) => ({ name, offsetBytes, reader: compile(type) }));

/**
 * An object that has all members already: copies of it are made faster than properties are added, and setting one of them is never taken
 * for anything else, whatever its name.
 */
const blank = <T>(members: readonly Member[], value: T): Record<string, T> => Object.fromEntries(members.map(({ name }) => [name, value]));

/** The reader of compounds as columns. */
export function columnsReader(type: Hdf5CompoundType, compile: Compile): Reader {
  const members = membersOf(type, compile);
  return {
    width: 0,
    read(source, at, stride, count) {
      const columns: Hdf5Columns = blank<Hdf5Values>(members, []);
      for (const { name, offsetBytes, reader } of members) columns[name] = reader.read(source, at + offsetBytes, stride, count);
      return columns;
    },
    cell: entry,
  };
}

/** The reader of compounds as records: made of columns, so that what has to be decided of a member is decided once. */
export function recordsReader(type: Hdf5CompoundType, compile: Compile): Reader {
  const members = membersOf(type, compile);
  return {
    width: 1,
    read(source, at, stride, count) {
      const none: Hdf5Record = blank<Hdf5Value>(members, null);
      const records = Array.from({ length: count }, (): Hdf5Record => ({ ...none }));
      for (const { name, offsetBytes, reader } of members) {
        const column = reader.read(source, at + offsetBytes, stride, count);
        for (let i = 0; i < count; i++) records[i]![name] = reader.cell(column, i);
      }
      return records;
    },
    cell: entry,
  };
}
