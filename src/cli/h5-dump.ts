/**
 * `anyfile h5 dump` and `head`: the values of a dataset.
 *
 * @module
 */
import type { Hdf5CompoundType, Hdf5Dataset, Hdf5Type, Hdf5Values } from '../hdf5.ts';
import { withFile, type H5Options, type OpenedFile } from './h5-open.ts';
import { alignedLines, separatedLines, Writer } from './h5-lines.ts';
import { plainElement, plainValue, type NameOf, type Plain, type PlainRecord } from './h5-plain.ts';
import { readRows } from './h5-rows.ts';
import { sliceOf, type AxisSlice, type parseSlice } from './h5-slice.ts';
import { csvOf, jsonOf, line, textOf } from './h5-words.ts';
import { ItemError, UsageError, type Task } from './io.ts';

/** Options of `dump` and `head`. */
export interface DumpOptions extends H5Options {
  slice?: ReturnType<typeof parseSlice>;
  /** Rows at most. */
  limit?: number;
}

/** With fewer values rows stand in columns, where not all of a dataset is printed. */
const MOST_IN_COLUMNS = 20_000;

/** How values become lines. */
interface Format {
  cell(value: Plain): string;
  separator: string;
}

const text: Format = { cell: (value) => textOf(value), separator: '\t' };
const csv: Format = { cell: csvOf, separator: ',' };

/** Compounds that are printed in columns; complex numbers of h5py are compounds by their type alone. */
const columnsType = (type: Hdf5Type, dtype: string): Hdf5CompoundType | undefined =>
  type.class === 'compound' && dtype === 'compound' ? type : undefined;

/** The members of a compound as columns: those of compounds in it by `outer.inner`. */
function columnNames({ members }: Hdf5CompoundType, front = ''): string[] {
  return members.flatMap(({ name, type }) =>
    type.class === 'compound' && !isComplex(type) ? columnNames(type, `${front}${name}.`) : [`${front}${name}`],
  );
}

const isComplex = ({ members }: Hdf5CompoundType): boolean =>
  members.length === 2 && members[0]!.name === 'r' && members[1]!.name === 'i' && members[0]!.type.class === 'float';

function cellsOf({ members }: Hdf5CompoundType, record: PlainRecord): Plain[] {
  return members.flatMap(({ name, type }) => {
    const value = record[name]!;
    return type.class === 'compound' && !isComplex(type) ? cellsOf(type, value as PlainRecord) : [value];
  });
}

/** The one value of a dataset without axes. */
async function dumpScalar(task: Task, opened: OpenedFile, dataset: Hdf5Dataset, format: Format): Promise<void> {
  const { out, options } = task;
  const value = await dataset.read({ signal: task.signal });
  const plain = value === null ? null : plainValue(dataset.type, value, await opened.namesIn(value));
  const type = columnsType(dataset.type, dataset.dtype);
  if (options.json) return out.data('', `{"value":${jsonOf(plain)}}`);
  if (!dataset.shape) return;
  const lines = separatedLines(task, format.separator);
  if (type) await lines.row(headOf(type, format));
  await lines.row((type ? cellsOf(type, plain as PlainRecord) : [plain]).map(format.cell));
  await lines.end();
}

/** Names of columns; in text, where there are comments, they are one. */
const headOf = (type: Hdf5CompoundType, format: Format): string[] =>
  columnNames(type).map((name, i) => `${i === 0 && format === text ? '# ' : ''}${format.cell(name)}`);

/** Rows as JSON, a record each. */
async function dumpJson(task: Task, opened: OpenedFile, dataset: Hdf5Dataset, slices: readonly AxisSlice[], limit: number): Promise<void> {
  const { type } = dataset;
  const writer = new Writer(task);
  const isFlat = slices.filter(({ isDropped }) => !isDropped).length < 2;
  let left = limit;
  for await (const { count, width, values, ends, indexOf } of readRows(dataset, slices, { limit, signal: task.signal })) {
    const nameOf = await opened.namesIn(values);
    for (let row = 0; row < count && left > 0; row++) {
      const index = `"index":[${indexOf(row).join(',')}]`;
      const element = (i: number): string => jsonOf(plainElement(type, values, i, nameOf));
      if (isFlat) await writer.write(`{${index},"value":${element(row)}}\n`);
      else {
        const all = Array.from({ length: width }, (_, i) => element(row * width + i));
        await writer.write(`{${index},"values":[${all.join(',')}]}\n`);
      }
      if (ends) left--;
    }
  }
  await writer.flush();
}

/** Rows as lines of text or of CSV. */
async function dumpLines(
  task: Task,
  opened: OpenedFile,
  dataset: Hdf5Dataset,
  slices: readonly AxisSlice[],
  { limit, format }: { limit: number; format: Format },
): Promise<void> {
  const { type, dtype, shape } = dataset;
  const kept = slices.map(({ isDropped }, axis) => (isDropped ? -1 : axis)).filter((axis) => axis >= 0);
  const records = columnsType(type, dtype);
  const isTable = records !== undefined && kept.length < 2;
  if (format === csv && (kept.length > 2 || (records && !isTable)))
    throw new UsageError(
      `CSV has room for ${records ? 'one axis of records' : 'two axes'}, and this is ${kept.length}: take one index of the others, as in --slice ${slices.map((_, i) => (i < kept.length - (records ? 1 : 2) ? '0' : ':')).join(',')}`,
    );
  const inColumns = format === text && limit * (kept.length > 1 ? shape!.at(-1)! : 1) <= MOST_IN_COLUMNS;
  const lines = inColumns ? alignedLines(task) : separatedLines(task, format.separator);
  const cellsAt = (values: Hdf5Values, i: number, nameOf: NameOf): string[] => {
    const plain = plainElement(type, values, i, nameOf);
    return (isTable ? cellsOf(records, plain as PlainRecord) : [plain]).map(format.cell);
  };
  if (isTable) await lines.row(headOf(records, format));
  let left = limit;
  let plane = '';
  for await (const { count, width, values, begins, ends, indexOf } of readRows(dataset, slices, { limit, signal: task.signal })) {
    const nameOf = await opened.namesIn(values);
    for (let row = 0; row < count && left > 0; row++) {
      if (kept.length > 2 && begins) {
        // which plane it is, as in what slices it
        const index = indexOf(row);
        const now = shape!.map((_, axis) => (kept.slice(-2).includes(axis) ? ':' : index[axis])).join(',');
        if (now !== plane) await lines.line(`${plane && '\n'}# ${now}`);
        plane = now;
      }
      const cells: string[] = [];
      for (let i = 0; i < width; i++) cells.push(...cellsAt(values, row * width + i, nameOf));
      // a line of CSV that is empty is none
      if (format === csv && cells.length === 1 && cells[0] === '') cells[0] = '""';
      await lines.row(cells, ends);
      if (ends) left--;
    }
  }
  await lines.end();
}

/** Print a dataset's values. */
export function dump(task: Task, url: string, path: string, options: DumpOptions): Promise<void> {
  const { slice, limit = Infinity, csv: isCsv } = options;
  if (isCsv && task.options.json) throw new UsageError('values are printed as JSON or as CSV, not as both');
  const format = isCsv ? csv : text;
  return withFile(task, url, path, options, async (opened) => {
    const dataset = await opened.item(path);
    if (dataset.kind !== 'dataset')
      throw new ItemError(dataset.kind === 'link' ? `leads nowhere: ${line(dataset.target)}` : `is a ${dataset.kind}, no dataset`);
    const { shape } = dataset;
    if (!shape || shape.length === 0) {
      if (slice?.some((part) => part !== '...')) throw new UsageError('the slice is for axes, and the dataset has none');
      return dumpScalar(task, opened, dataset, format);
    }
    const slices = sliceOf(slice ?? [], shape);
    if (task.options.json) return dumpJson(task, opened, dataset, slices, limit);
    return dumpLines(task, opened, dataset, slices, { limit, format });
  });
}
