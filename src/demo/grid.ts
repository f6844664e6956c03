/**
 * `<anyfile-grid>`: a table of any length that keeps some dozens of rows in the page. Keys: arrows, Page Up and Down, Home, End, Enter.
 *
 * @module
 */
import { fill, h, newId, type Child } from './dom.ts';

/** One column. */
export interface Column<Row> {
  title: string;
  /** Numbers stand at the end of their cell. @default false */
  end?: boolean;
  cell(row: Row): Child;
  /** The title is a button that asks for this order; see {@link GridSetup.onSort}. @default false */
  sorts?: boolean;
}

/** A column and a direction. */
export interface Order {
  column: number;
  descending: boolean;
}

/** What a grid is made of. */
export interface GridSetup<Row> {
  label: string;
  columns: readonly Column<Row>[];
  /** A row was clicked, or Enter pressed on it. Without it rows are only looked at. */
  onOpen?: (row: Row) => void;
  /** Another row is the chosen one; none where there are no rows. */
  onActive?: (row: Row | undefined) => void;
  /** The last rows came into view. */
  onEnd?: () => void;
  /** The title of a column was chosen; {@link Grid.order} shows what came of it. */
  onSort?: (column: number) => void;
  /** All columns are at least so wide, in px. @default as the style sheet says */
  columnPx?: number;
}

/** In px; the style sheet's --row is the same. */
const rowPx = 32;
const overscan = 6;
const maxRows = 60;

/** The element. Make it with `new`, then {@link Grid.setup}, then {@link Grid.show}. */
export class Grid<Row = unknown> extends HTMLElement {
  private readonly id0: string = newId();
  private readonly head: HTMLElement = h('div', { role: 'rowgroup', class: 'grid-head' });
  private readonly body: HTMLElement = h('div', { role: 'rowgroup', class: 'grid-body' });
  private readonly inner: HTMLElement = h('div', { class: 'grid-inner', role: 'presentation' }, this.head, this.body);
  private readonly scroller: HTMLElement = h('div', { role: 'grid', class: 'grid-scroll', tabindex: 0 }, this.inner);
  private config: GridSetup<Row> = { label: '', columns: [] };
  private rows: readonly Row[] = [];
  private active = 0;
  private resized: ResizeObserver | undefined;

  connectedCallback(): void {
    if (!this.scroller.isConnected) this.append(this.scroller);
    this.scroller.onscroll = () => this.render();
    this.scroller.onkeydown = (event) => this.key(event);
    this.resized = new ResizeObserver(() => this.render());
    this.resized.observe(this.scroller);
    this.render();
  }

  disconnectedCallback(): void {
    this.resized?.disconnect();
  }

  /** Say what the columns are. */
  setup(config: GridSetup<Row>): this {
    this.config = config;
    const { label, columns, columnPx } = config;
    this.scroller.setAttribute('aria-label', label);
    this.scroller.setAttribute('aria-colcount', String(columns.length));
    this.classList.toggle('opens', config.onOpen !== undefined);
    if (columnPx) {
      this.style.setProperty('--columns', `repeat(${columns.length}, minmax(${columnPx}px, 1fr))`);
      this.inner.style.minWidth = `${columns.length * columnPx}px`;
    }
    const titles = columns.map(({ title, end, sorts }, i) =>
      h(
        'span',
        { role: 'columnheader', class: end ? 'end' : undefined, title },
        sorts ? h('button', { type: 'button', class: 'sort', onclick: () => this.config.onSort?.(i) }, title) : title,
      ),
    );
    fill(this.head, h('div', { role: 'row', class: 'grid-row', 'aria-rowindex': 1 }, ...titles));
    return this;
  }

  /**
   * Show rows.
   *
   * @param more whether there are more than these, unknown how many
   * @param keep whether the place in the table stays. @default false
   */
  show(rows: readonly Row[], { more = false, keep = false }: { more?: boolean; keep?: boolean } = {}): void {
    this.rows = rows;
    this.scroller.setAttribute('aria-rowcount', more ? '-1' : String(rows.length + 1));
    this.body.style.height = `${rows.length * rowPx}px`;
    if (!keep) {
      this.active = 0;
      this.scroller.scrollTop = 0;
    }
    this.active = Math.max(0, Math.min(this.active, rows.length - 1));
    this.render();
    this.config.onActive?.(this.rows[this.active]);
  }

  /** Say in which order the rows are: the grid shows it, and does not sort by itself. */
  order({ column, descending }: Order): void {
    this.head.querySelectorAll('[role=columnheader]').forEach((title, i) => {
      if (i === column) title.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      else title.removeAttribute('aria-sort');
    });
  }

  override focus(): void {
    this.scroller.focus();
  }

  private render(): void {
    const { scrollTop, clientHeight } = this.scroller;
    const first = Math.max(0, Math.floor(scrollTop / rowPx) - overscan);
    const count = Math.min(maxRows, Math.ceil(Math.max(clientHeight, 320) / rowPx) + 2 * overscan);
    const last = Math.min(this.rows.length, first + count);
    const lines: HTMLElement[] = [];
    for (let i = first; i < last; i++) lines.push(this.line(i));
    this.body.replaceChildren(...lines);
    const shown = this.active >= first && this.active < last;
    if (shown) this.scroller.setAttribute('aria-activedescendant', `${this.id0}-${this.active}`);
    else this.scroller.removeAttribute('aria-activedescendant');
    if (this.rows.length > 0 && last === this.rows.length) this.config.onEnd?.();
  }

  private line(i: number): HTMLElement {
    const row = this.rows[i] as Row;
    const cells = this.config.columns.map(({ cell, end }) => h('span', { role: 'gridcell', class: end ? 'end' : undefined }, cell(row)));
    const line = h(
      'div',
      { role: 'row', class: 'grid-row', id: `${this.id0}-${i}`, 'aria-rowindex': i + 2, 'aria-selected': String(i === this.active) },
      ...cells,
    );
    line.style.transform = `translateY(${i * rowPx}px)`;
    line.onclick = () => {
      this.active = i;
      this.render();
      this.config.onActive?.(row);
      this.config.onOpen?.(row);
    };
    return line;
  }

  private key(event: KeyboardEvent): void {
    // Enter and blank are the buttons' own in the head
    if (this.head.contains(event.target as Node)) return;
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / rowPx) - 2);
    const last = this.rows.length - 1;
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (event.key === 'Enter' && last >= 0) this.config.onOpen?.(this.rows[this.active] as Row);
    else if (step === undefined || last < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    else {
      this.active = Math.min(last, Math.max(0, this.active + step));
      const top = this.active * rowPx;
      const room = this.scroller.clientHeight - 2 * rowPx;
      if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
      else if (top > this.scroller.scrollTop + room) this.scroller.scrollTop = top - room;
      this.render();
      this.config.onActive?.(this.rows[this.active]);
    }
    event.preventDefault();
  }
}
