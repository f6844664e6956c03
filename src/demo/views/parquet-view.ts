/**
 * A Parquet file as a table: rows as they come into view, of the columns that are chosen.
 *
 * @module
 */
import { h, render, type ComponentChild } from 'preact';
import { count, formatBytes, formatNumber } from '../format.ts';
import { cellText } from './cell-text.ts';
import { usedText, type FileSource } from './file-source.ts';
import { ParquetFile, type ParquetColumn } from './parquet-file.ts';
import type { Mounted, ViewOptions } from './types.ts';
import { fittingPx, VirtualTable } from './virtual-table.ts';

/** Without being asked, no more columns, and no more bytes of one row group, than these. */
const firstColumns = 24;
const firstBytes = 8_000_000;
const restMs = 80;
/** Rows that tell how wide a column is. */
const sampleRows = 40;

const textOf = (type: string, value: unknown): string => (type === 'DATE' ? cellText(value).slice(0, 10) : cellText(value));

/** Columns to begin with: as many of the first as cost little; one at least. */
function chosenAtFirst(columns: readonly ParquetColumn[]): Set<string> {
  const chosen = new Set<string>();
  let sum = 0;
  for (const { name, bytes } of columns) {
    if (chosen.size > 0 && (chosen.size >= firstColumns || sum + bytes > firstBytes)) continue;
    chosen.add(name);
    sum += bytes;
  }
  return chosen;
}

/**
 * Show a Parquet file.
 *
 * @returns once its metadata and first rows are there
 * @throws what reading them throws
 */
export async function mountParquet(host: HTMLElement, source: FileSource, { onFail }: ViewOptions): Promise<Mounted> {
  const stop = new AbortController();
  const { signal } = stop;
  const file = await ParquetFile.open(source, signal);
  const chosen = chosenAtFirst(file.columns);
  let shown: ParquetColumn[] = [];
  let due: ReturnType<typeof setTimeout> | undefined;
  let view: readonly [number, number] = [0, Math.min(file.rowCount, 40)];

  const choose = (): void => {
    shown = file.columns.filter(({ name }) => chosen.has(name));
    file.want(shown.map(({ name }) => name));
  };
  const need = async (): Promise<void> => {
    try {
      if (await file.need(...view)) draw();
    } catch (error) {
      if (signal.aborted) return;
      draw();
      onFail(error);
    }
  };
  const later = (): void => {
    clearTimeout(due);
    due = setTimeout(() => void need(), restMs);
  };
  const toggle = (name: string): void => {
    if (!chosen.delete(name)) chosen.add(name);
    choose();
    draw();
    later();
  };
  const said = (): string => {
    const groups = count(file.metadata.row_groups.length, 'row group');
    const columns = shown.length < file.columns.length ? `, ${formatNumber(shown.length)} shown` : '';
    return `${usedText(source)}: ${count(file.rowCount, 'row')} in ${groups}, ${count(file.columns.length, 'column')}${columns}.`;
  };
  const chooser = (): ComponentChild =>
    h(
      'details',
      { class: 'columns' },
      h('summary', null, `Columns: ${formatNumber(shown.length)} of ${formatNumber(file.columns.length)} shown`),
      h(
        'fieldset',
        { class: 'column-list' },
        h('legend', null, 'Columns, and how many bytes each has in the first row group'),
        file.columns.map(({ name, type, bytes }) =>
          h(
            'label',
            { key: name },
            h('input', { type: 'checkbox', checked: chosen.has(name), onChange: () => toggle(name) }),
            ` ${name} `,
            h('small', null, `${type}, ${formatBytes(bytes)}`),
          ),
        ),
      ),
    );
  const draw = (): void => {
    // those of the beginning, so that columns do not move as one scrolls
    const sample = Array.from({ length: sampleRows }, (_, i) => file.row(i));
    render(
      h(
        'div',
        { class: 'fill' },
        h('p', { class: 'note', role: 'status' }, said()),
        chooser(),
        h(VirtualTable, {
          label: `Rows of ${source.name}`,
          columns: shown.map(({ name, type, isNumber }) => ({
            title: name,
            end: isNumber,
            px: fittingPx([name, ...sample.map((row) => textOf(type, row?.[name]))]),
          })),
          rowCount: file.rowCount,
          cell(row, column) {
            const found = file.row(row);
            const { name, type } = shown[column]!;
            return found && textOf(type, found[name]);
          },
          onView(first, last) {
            view = [first, last];
            later();
          },
        }),
      ),
      host,
    );
  };

  choose();
  await file.need(...view);
  draw();
  return {
    close() {
      stop.abort();
      source.close?.();
      clearTimeout(due);
      render(null, host);
    },
  };
}
