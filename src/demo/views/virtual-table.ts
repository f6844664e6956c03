/**
 * A table of any length that keeps some dozens of rows in the page and asks for what comes into view. Keys as WAI-ARIA's pattern of a grid has them:
 * arrows, Page Up and Down, Home and End along a row, with Control the first and last cell.
 *
 * @module
 */
import { h, type VNode } from 'preact';
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';
import { newId } from '../dom.ts';
import { formatNumber } from '../format.ts';

/** One column. */
export interface TableColumn {
  readonly title: string;
  /** Numbers stand at the end of their cell. @default false */
  readonly end?: boolean;
  /** It is at least so wide. @default 140 */
  readonly px?: number;
}

/** What a table shows. */
export interface TableProps {
  readonly label: string;
  readonly columns: readonly TableColumn[];
  /** Rows that can be scrolled to. */
  readonly rowCount: number;
  /** Whether there are more than these, unknown how many. @default false */
  readonly more?: boolean;
  /** Text of a cell; `undefined` while it is on its way. */
  cell(row: number, column: number): string | undefined;
  /** Rows `[first, last)` came into view. */
  onView(first: number, last: number): void;
}

/** In px; the style sheet's --row is the same. */
const rowPx = 32;
const overscan = 4;
const mostRows = 60;
/** No engine lays out what is much higher; longer tables scroll by more than a row for each of theirs. */
const mostPx = 8_000_000;
const indexPx = 84;
const columnPx = 140;

/** How wide a column is in which these texts fit, as far as that goes, in px. */
export function fittingPx(texts: readonly string[]): number {
  const longest = texts.reduce((most, text) => Math.max(most, text.length), 0);
  return Math.round(Math.min(240, Math.max(76, 8.6 * longest + 22)));
}

/** Where the table is scrolled to: the offset in px, and the row on top, which may be a part of one. */
interface Place {
  px: number;
  row: number;
}

/** The table. */
export function VirtualTable(props: TableProps): VNode {
  const { label, columns, rowCount, more = false, cell, onView } = props;
  const box = useRef<HTMLDivElement>(null);
  const id = useRef('');
  id.current ||= newId();
  const place = useRef<Place>({ px: 0, row: 0 });
  const [height, setHeight] = useState(352);
  // keys may come faster than they are drawn
  const cursor = useRef({ row: 0, column: 0 });
  const [, draw] = useReducer<number, void>((n) => n + 1, 0);

  const widths = columns.map(({ px: own = columnPx }) => own);
  const active = cursor.current;
  const bodyPx = Math.min(mostPx, rowCount * rowPx);
  const roomIn = (boxPx: number): number => Math.max(rowPx, boxPx - rowPx);
  /** Rows for each px of the scroll bar. */
  const paceIn = (roomPx: number): number => (bodyPx < mostPx ? 1 / rowPx : Math.max(0, rowCount - roomPx / rowPx) / (mostPx - roomPx));
  const room = roomIn(height);
  const { px, row: top } = place.current;
  const first = Math.max(0, Math.floor(top) - overscan);
  const last = Math.min(rowCount, first + Math.min(mostRows, Math.ceil(room / rowPx) + 2 * overscan));

  useLayoutEffect(() => {
    const element = box.current!;
    const resized = new ResizeObserver(() => setHeight(element.clientHeight));
    resized.observe(element);
    return () => resized.disconnect();
  }, []);
  useEffect(() => onView(first, last), [first, last, rowCount]);

  const scrolled = (): void => {
    // told late, of a table that was taken away meanwhile
    if (!box.current) return;
    const { scrollTop, clientHeight } = box.current;
    // what a key did is exact, and the scroll bar only follows it
    if (Math.abs(scrollTop - place.current.px) < 1) return;
    place.current = { px: scrollTop, row: scrollTop * paceIn(roomIn(clientHeight)) };
    draw();
  };
  const show = (row: number, column: number): void => {
    const element = box.current!;
    const space = roomIn(element.clientHeight);
    const shown = Math.max(1, Math.floor(space / rowPx));
    const from = row < place.current.row ? row : row >= place.current.row + shown ? row - shown + 1 : undefined;
    if (from !== undefined) {
      element.scrollTop = from / paceIn(space);
      place.current = { px: element.scrollTop, row: from };
    }
    const title = element.querySelectorAll<HTMLElement>('[role=columnheader]')[column + 1];
    if (title && title.offsetLeft - indexPx < element.scrollLeft) element.scrollLeft = title.offsetLeft - indexPx;
    else if (title && title.offsetLeft + title.offsetWidth > element.scrollLeft + element.clientWidth)
      element.scrollLeft = title.offsetLeft + title.offsetWidth - element.clientWidth;
    cursor.current = { row, column };
    draw();
  };
  const key = (event: KeyboardEvent): void => {
    if (rowCount === 0 || event.altKey || event.metaKey) return;
    const { row, column } = cursor.current;
    const page = Math.max(1, Math.floor(room / rowPx) - 1);
    const end = columns.length - 1;
    const far = event.ctrlKey;
    const goals: Record<string, [row: number, column: number]> = far
      ? { Home: [0, 0], End: [rowCount - 1, end] }
      : {
          ArrowDown: [row + 1, column],
          ArrowUp: [row - 1, column],
          ArrowRight: [row, column + 1],
          ArrowLeft: [row, column - 1],
          PageDown: [row + page, column],
          PageUp: [row - page, column],
          Home: [row, 0],
          End: [row, end],
        };
    const goal = goals[event.key];
    if (!goal) return;
    event.preventDefault();
    const clip = (at: number, most: number): number => Math.max(0, Math.min(most, at));
    show(clip(goal[0], rowCount - 1), clip(goal[1], end));
  };

  const cellId = (row: number, column: number): string => `${id.current}-${row}-${column}`;
  const line = (row: number): VNode =>
    h(
      'div',
      {
        key: row,
        role: 'row',
        class: 'grid-row',
        'aria-rowindex': row + 2,
        style: { transform: `translateY(${px + (row - top) * rowPx}px)` },
      },
      h('span', { role: 'rowheader', 'aria-colindex': 1, class: 'end row-number' }, formatNumber(row + 1)),
      columns.map(({ end }, column) => {
        const text = cell(row, column);
        return h(
          'span',
          {
            role: 'gridcell',
            id: cellId(row, column),
            'aria-colindex': column + 2,
            'aria-selected': row === active.row && column === active.column ? 'true' : undefined,
            class: end ? 'end' : undefined,
            title: text && text.length > 14 ? text : undefined,
            onClick: () => show(row, column),
          },
          text ?? h('span', { class: 'awaited' }, '…'),
        );
      }),
    );
  const isShown = active.row >= first && active.row < last;
  return h(
    'div',
    {
      ref: box,
      role: 'grid',
      class: 'grid-scroll virtual',
      tabIndex: 0,
      'aria-label': label,
      'aria-rowcount': more ? -1 : rowCount + 1,
      'aria-colcount': columns.length + 1,
      'aria-activedescendant': isShown ? cellId(active.row, active.column) : undefined,
      style: { '--columns': `${indexPx}px ${widths.map((least) => `minmax(${least}px, 1fr)`).join(' ')}` },
      onScroll: scrolled,
      onKeyDown: key,
    },
    h(
      'div',
      { class: 'grid-inner', role: 'presentation', style: { minWidth: `${widths.reduce((sum, least) => sum + least, indexPx)}px` } },
      h(
        'div',
        { role: 'rowgroup', class: 'grid-head' },
        h(
          'div',
          { role: 'row', class: 'grid-row', 'aria-rowindex': 1 },
          h('span', { role: 'columnheader', 'aria-colindex': 1, class: 'end row-number' }, 'Row'),
          columns.map(({ title, end }, column) =>
            h('span', { role: 'columnheader', 'aria-colindex': column + 2, class: end ? 'end' : undefined, title }, title),
          ),
        ),
      ),
      h(
        'div',
        { role: 'rowgroup', class: 'grid-body', style: { height: `${bodyPx}px` } },
        Array.from({ length: Math.max(0, last - first) }, (_, i) => line(first + i)),
      ),
    ),
  );
}
