/**
 * A CSV file of any size as a table: its beginning, and more of it as one scrolls.
 *
 * @module
 */
import { h, render, type ComponentChild } from 'preact';
import { isNumeric } from '../csv.ts';
import { count, formatNumber } from '../format.ts';
import { CsvRows } from './csv-rows.ts';
import { usedText, type FileSource } from './file-source.ts';
import type { Mounted, ViewOptions } from './types.ts';
import { fittingPx, VirtualTable, type TableColumn } from './virtual-table.ts';

/** Cells of more columns would make scrolling slow. */
const mostColumns = 80;
/** Records that tell which columns are numbers. */
const sampleRows = 40;

function columnsOf({ head, rows }: CsvRows): TableColumn[] {
  const sample = rows.slice(0, sampleRows);
  return head.slice(0, mostColumns).map((title, i) => {
    const texts = sample.map((row) => row[i] ?? '');
    return { title, end: isNumeric(texts), px: fittingPx([title, ...texts]) };
  });
}

/**
 * Show a CSV file.
 *
 * @returns once its first records are there
 * @throws what reading its beginning throws
 */
export async function mountCsv(host: HTMLElement, source: FileSource, { onFail }: ViewOptions): Promise<Mounted> {
  const stop = new AbortController();
  const { signal } = stop;
  const csv = new CsvRows(source);
  await csv.more(signal);
  const columns = columnsOf(csv);
  let reading = false;
  let failed = false;

  const grow = async (): Promise<void> => {
    if (reading || failed || csv.done || csv.isFull) return;
    reading = true;
    try {
      await csv.more(signal);
    } catch (error) {
      failed = true;
      if (!signal.aborted) onFail(error);
    } finally {
      reading = false;
    }
    if (!signal.aborted) draw();
  };
  const said = (): string => {
    const rows = `${count(csv.rows.length, 'row')}${csv.done ? '' : ' so far'}, ${count(csv.head.length, 'column')}`;
    const cut = csv.head.length > mostColumns ? `, the first ${mostColumns} shown` : '';
    const more = csv.isFull ? ' More rows than these a page should not hold.' : csv.done ? '' : ' More are read as you scroll.';
    return `${usedText(source)}: ${rows}${cut}.${more}`;
  };
  const view = (): ComponentChild =>
    h(
      'div',
      { class: 'fill' },
      h('p', { class: 'note', role: 'status' }, said()),
      failed &&
        h(
          'button',
          {
            type: 'button',
            class: 'quiet',
            onClick: () => {
              failed = false;
              void grow();
            },
          },
          `Read on from row ${formatNumber(csv.rows.length + 1)}`,
        ),
      h(VirtualTable, {
        label: `Rows of ${source.name}`,
        columns,
        rowCount: csv.rows.length,
        more: !csv.done,
        cell: (row, column) => csv.rows[row]?.[column] ?? '',
        // some screens ahead, so that scrolling need not wait
        onView: (_, last) => void (last > csv.rows.length - 200 && grow()),
      }),
    );
  const draw = (): void => render(view(), host);
  draw();
  return {
    close() {
      stop.abort();
      render(null, host);
    },
  };
}
