/**
 * `<anyfile-hdf5-slice>`: part of a dataset as a picture and as a table, read when it is chosen.
 *
 * @module
 */
import type { Hdf5Columns, Hdf5Values } from '../hdf5.ts';
import type { ArrayDataset } from './array-file.ts';
import { fill, h, newId } from './dom.ts';
import { count, formatBytes, formatNumber } from './format.ts';
import { Grid, type Column } from './grid.ts';
import { HeatMap } from './heat-map.ts';
import { AxisFields, type Choice } from './hdf5-axes.ts';
import { elementText, isNumeric, partsOf, type Part } from './hdf5-value.ts';
import { LinePlot } from './line-plot.ts';
import { numberText } from './number-text.ts';
import { tabs } from './tabs.ts';

/** A slider that is moved says so many times a second. */
const restMs = 60;
/** What is read without being asked twice, unpacked. */
const mostBytes = 32_000_000;
/** What a page should hold. */
const mostValues = 4_000_000;
const mostColumns = 40;

/** Bytes of the chunks that a choice touches, unpacked. */
function bytesOf({ shape, chunks, type }: ArrayDataset, { ranges }: Choice): number {
  return ranges.reduce((bytes, [from, to], axis) => {
    const chunk = chunks?.[axis] ?? 1;
    return bytes * Math.min(shape![axis]!, (Math.ceil(to / chunk) - Math.floor(from / chunk)) * chunk);
  }, type.sizeBytes);
}

/** The element. */
export class Hdf5Slice extends HTMLElement {
  /** A slice was read, or could not be. */
  onRead: ((what: string, ms: number) => void) | undefined;
  onFail: ((error: unknown) => void) | undefined;
  private readonly map: HeatMap = new HeatMap();
  private readonly line: LinePlot = new LinePlot();
  private readonly picture: HTMLElement = h('div');
  private readonly table: HTMLElement = h('div', { class: 'fill' });
  private readonly said: HTMLElement = h('p', { class: 'note', role: 'status' });
  private shown: ArrayDataset | undefined;
  private fields: AxisFields | undefined;
  private parts: Part[] = [];
  private drawn: Part | undefined;
  private read: { choice: Choice; values: Hdf5Values } | undefined;
  private stop: AbortController = new AbortController();
  private due: ReturnType<typeof setTimeout> | undefined;

  disconnectedCallback(): void {
    this.stop.abort();
    clearTimeout(this.due);
  }

  /** Show a dataset that has axes. */
  open(dataset: ArrayDataset): Promise<void> {
    this.stop.abort();
    this.shown = dataset;
    this.parts = partsOf(dataset);
    this.drawn = this.parts[0];
    this.fields = new AxisFields(dataset, () => {
      clearTimeout(this.due);
      this.due = setTimeout(() => void this.load(false), restMs);
    });
    const views = [{ title: 'Values', make: () => this.table }];
    if (this.drawn) views.unshift({ title: 'Picture', make: () => this.picture });
    fill(this.picture);
    fill(this.table);
    fill(this, this.fields.box, this.partField(), this.said, tabs(views, 'Ways to look at the slice'));
    return this.load(false);
  }

  private partField(): HTMLElement | null {
    if (this.parts.length < 2) return null;
    const id = newId();
    const select = h('select', { id, name: 'part' }, ...this.parts.map(({ name }, i) => h('option', { value: i }, name)));
    select.onchange = () => {
      this.drawn = this.parts[Number(select.value)];
      this.draw();
    };
    return h('div', { class: 'field' }, h('label', { for: id }, 'Draw'), select);
  }

  /** Read what is chosen. `anyway`: also when it is much. */
  private async load(anyway: boolean): Promise<void> {
    const { shown: dataset, fields } = this;
    if (!dataset || !fields) return;
    this.stop.abort();
    const { signal } = (this.stop = new AbortController());
    const choice = fields.choice();
    const size = choice.axes.reduce((product, axis) => product * axis.count, 1);
    const bytes = bytesOf(dataset, choice);
    const what = `${choice.axes.map((axis) => formatNumber(axis.count)).join(' × ')} values of ${dataset.path}`;
    if (size > mostValues) return this.say(`${what} are more than a page should hold: choose fewer`);
    if (bytes > mostBytes && !anyway) {
      const button = h('button', { type: 'button', class: 'quiet', onclick: () => void this.load(true) }, 'Read it');
      return fill(this.said, `Its chunks are ${formatBytes(bytes)} when they are unpacked. `, button);
    }
    this.setAttribute('aria-busy', 'true');
    const start = performance.now();
    try {
      const isTable = dataset.dtype === 'compound';
      const values = await dataset.slice(choice.ranges, { signal, ...(isTable && { as: 'columns' }) });
      if (signal.aborted) return;
      this.read = { choice, values };
      this.say('');
      this.draw();
      this.fillTable();
      this.onRead?.(what, performance.now() - start);
    } catch (error) {
      if (signal.aborted) return;
      this.read = undefined;
      fill(this.picture);
      fill(this.table);
      this.say('This could not be read.');
      this.onFail?.(error);
    } finally {
      if (!signal.aborted) this.removeAttribute('aria-busy');
    }
  }

  private say(text: string): void {
    this.said.textContent = text;
    this.said.hidden = text === '';
  }

  private draw(): void {
    const { shown: dataset, read, drawn: part } = this;
    if (!dataset || !read || !part) return;
    const { axes } = read.choice;
    const values = part.take(read.values);
    const label = `${dataset.path}${this.parts.length > 1 ? `, ${part.name}` : ''}`;
    const [rows, columns] = axes;
    const element = columns ? this.map : this.line;
    if (!element.isConnected) fill(this.picture, element);
    const isWhole = /^(integer|enum)$/.test(dataset.type.class);
    const textAt = (i: number): string => (isWhole ? elementText(dataset.type, read.values, i) : numberText(values[i]!));
    if (columns) this.map.show({ label, rows: rows!, columns, values, textAt });
    else this.line.show({ label, axis: rows!, values, textAt }).catch((error: unknown) => this.onFail?.(error));
  }

  private fillTable(): void {
    const { shown: dataset, read } = this;
    if (!dataset || !read) return;
    const { type, dtype } = dataset;
    const { axes } = read.choice;
    const values = read.values;
    const [rows, across] = axes;
    const shown = Math.min(mostColumns, across?.count ?? 1);
    const cells: Column<number>[] = [];
    if (dtype === 'compound' && type.class === 'compound' && !across) {
      const columns = values as Hdf5Columns;
      for (const { name, type: its } of type.members)
        cells.push({ title: name, end: isNumeric(its), cell: (i) => elementText(its, columns[name]!, i) });
    } else if (dtype === 'compound') fill(this.table, h('p', { class: 'note' }, 'Records are shown along one axis: choose a line.'));
    else {
      for (let k = 0; k < shown; k++)
        cells.push({
          title: across ? String(across.from + k) : 'value',
          end: isNumeric(type),
          cell: (i) => elementText(type, values, i * (across?.count ?? 1) + k),
        });
    }
    if (cells.length === 0) return;
    const index: Column<number> = { title: `axis ${rows!.axis}`, end: true, cell: (i) => rows!.from + i };
    const grid = new Grid<number>().setup({ label: `Values of ${dataset.path}`, columns: [index, ...cells], columnPx: 96 });
    grid.show(Array.from({ length: rows!.count }, (_, i) => i));
    const cut = across && across.count > shown ? `The first ${shown} of ${count(across.count, 'column')}` : '';
    fill(this.table, cut && h('p', { class: 'note' }, cut), grid);
  }
}
