/**
 * `<anyfile-dataset>`: a folder as a dataset: its files with their metadata as a table, sorted by any column and filtered while one types.
 *
 * @module
 */
import { FilterSet, type ClientStats, type Dataset } from '../index.ts';
import { urlOf, type Connection } from './connection.ts';
import { applyWishes } from './dataset-filter.ts';
import { DatasetForm } from './dataset-form.ts';
import { labelsCell, rowsOf, sortRows, tagsCell, timeCell, type Row } from './dataset-rows.ts';
import { fill, h, icon, type Child } from './dom.ts';
import { count, formatBytes } from './format.ts';
import { Grid, type Order } from './grid.ts';

/** The element. */
export class DatasetPane extends HTMLElement {
  /** A file was chosen. */
  onFile: ((row: Row) => void) | undefined;
  /** Tags and labels of a file are to be changed; {@link DatasetPane.renew} shows what came of it. */
  onEdit: ((row: Row) => void) | undefined;
  /** Back to the folder. */
  onBack: (() => void) | undefined;
  /** Something failed. */
  onFail: ((error: unknown) => void) | undefined;
  private readonly about: HTMLElement = h('div');
  private readonly form: DatasetForm = new DatasetForm();
  private readonly said: HTMLElement = h('p', { class: 'note', role: 'status' });
  private readonly grid: Grid<Row> = new Grid<Row>();
  private readonly edit: HTMLButtonElement = h('button', { type: 'button' }, 'Edit tags and labels…');
  private readonly tools: HTMLElement = h('div', { class: 'bar tools' }, this.edit);
  private shown: Dataset | undefined;
  private chosen: Row | undefined;
  private all: FilterSet<Row> = new FilterSet<Row>();
  private sorting: Order = { column: 0, descending: false };
  private stop: AbortController = new AbortController();

  connectedCallback(): void {
    if (this.firstChild) return;
    this.grid.setup({
      label: 'Files of the dataset',
      columns: [
        { title: 'Name', sorts: true, cell: ({ name }) => h('span', { class: 'name', title: name }, icon('file'), name) },
        { title: 'Size', sorts: true, end: true, cell: ({ sizeBytes }) => formatBytes(sizeBytes ?? undefined) },
        { title: 'Timestamp', sorts: true, cell: ({ timestamp }) => timeCell(timestamp) },
        { title: 'Labels', sorts: true, cell: ({ labels }) => labelsCell(labels) },
        { title: 'Tags', sorts: true, cell: ({ tags }) => tagsCell(tags) },
      ],
      onOpen: (row) => this.onFile?.(row),
      onActive: (row) => this.choose(row),
      onSort: (column) => {
        this.sorting = { column, descending: this.sorting.column === column && !this.sorting.descending };
        this.refresh();
      },
    });
    this.form.onChange = () => this.refresh();
    this.edit.onclick = () => this.chosen && this.onEdit?.(this.chosen);
    this.append(this.about, this.form, this.said, this.grid, this.tools);
  }

  private choose(row: Row | undefined): void {
    this.chosen = row;
    this.tools.hidden = !row || row.datafile.cloudProtocol?.startsWith('http') === true;
    if (row) this.edit.setAttribute('aria-label', `${this.edit.textContent} of ${row.name}`);
  }

  /** Metadata of its files were changed: show them. */
  renew(): void {
    if (!this.shown) return;
    const rows = rowsOf(this.shown);
    this.all = new FilterSet(rows);
    this.form.offer(rows);
    this.refresh();
  }

  disconnectedCallback(): void {
    this.close();
  }

  /** End what is under way, and forget the files. */
  close(): void {
    this.stop.abort();
    this.shown = undefined;
    this.all = new FilterSet();
    this.grid.show([]);
    fill(this.about);
  }

  /** Open the dataset in a folder. @returns whether it is shown; if not, {@link DatasetPane.onFail} was told, or another was asked for */
  async open(connection: Connection, prefix: string): Promise<boolean> {
    this.close();
    const { client } = connection;
    const { signal } = (this.stop = new AbortController());
    const folder = prefix.split('/').at(-2) ?? connection.root;
    // on S3 it is a request a file: who does not want to wait goes back
    fill(this.about, this.heading(folder), h('progress', { 'aria-label': `Opening ${folder}` }));
    this.loaded(false);
    const before = client.stats();
    const start = performance.now();
    try {
      const dataset = await client.dataset(urlOf(connection, prefix), { signal });
      if (signal.aborted) return false;
      const rows = rowsOf(dataset);
      this.shown = dataset;
      this.all = new FilterSet(rows);
      this.sorting = { column: 0, descending: false };
      this.tell(dataset, difference(client.stats(), before), performance.now() - start);
      this.loaded(true);
      this.form.offer(rows);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      fill(this.about, this.heading(folder));
      this.onFail?.(error);
      return false;
    }
  }

  private loaded(is: boolean): void {
    for (const part of [this.form, this.said, this.grid]) part.hidden = !is;
  }

  private heading(name: string): HTMLElement {
    const back = h('button', { type: 'button', class: 'quiet', onclick: () => this.onBack?.() }, 'Show the folder');
    return h('div', { class: 'bar head' }, h('h2', { tabindex: -1, class: 'name', title: name }, name), back);
  }

  override focus(): void {
    this.grid.focus();
  }

  private tell(dataset: Dataset, used: { requests: number; bytes: number }, ms: number): void {
    const hash = h('button', { type: 'button', class: 'quiet', onclick: () => void this.hash(dataset, hash) }, 'Compute');
    const none = (n: number, some: Child): Child => (n ? some : 'none');
    const pairs: [string, Child][] = [
      ['Place', dataset.path],
      ['Id', h('code', {}, dataset.id)],
      ['Labels', none(dataset.labels.size, labelsCell(dataset.labels))],
      ['Tags', none(Object.keys(dataset.tags).length, tagsCell(dataset.tags))],
      ['Hash', h('span', {}, hash)],
      ['Metadata hash', h('code', {}, dataset.metadataHashValue())],
      ['Opened in', `${count(used.requests, 'request')}, ${formatBytes(used.bytes)}, ${Math.round(ms)} ms`],
    ];
    const facts = pairs.map(([term, value]) => h('div', {}, h('dt', {}, term), h('dd', {}, value)));
    fill(
      this.about,
      this.heading(dataset.name),
      h(
        'details',
        {},
        h('summary', {}, `Dataset of ${count(dataset.size, 'file')}, ${formatBytes(dataset.totalBytes)}`),
        h('dl', { class: 'facts' }, ...facts),
      ),
    );
  }

  /** The hash of all contents; files whose store keeps no CRC-32C are read. */
  private async hash(dataset: Dataset, button: HTMLButtonElement): Promise<void> {
    button.disabled = true;
    const { signal } = this.stop;
    try {
      const value = await dataset.hashValue({ signal });
      button.replaceWith(h('code', {}, value));
    } catch (error) {
      button.disabled = false;
      if (!signal.aborted) this.onFail?.(error);
    }
  }

  private refresh(): void {
    const { found, bad } = applyWishes(this.all, this.form.wishes());
    this.form.mark(bad);
    this.grid.order(this.sorting);
    this.grid.show(sortRows(found, this.sorting));
    const all = totals(this.all);
    const some = totals(found);
    const files =
      found.size === this.all.size
        ? `${count(all.files, 'file')}, ${all.bytes}`
        : `${some.files} of ${count(all.files, 'file')}, ${some.bytes} of ${all.bytes}`;
    const hint = found.size === 0 && this.all.size > 0 ? '; no file has all of this' : '';
    const wrong = bad.size ? `; not understood: ${[...bad].map((field) => names[field] ?? field).join(', ')}` : '';
    fill(this.said, `${files}${hint}${wrong}`);
  }
}

const names: Record<string, string> = { from: 'From', to: 'To', least: 'Size from', most: 'Size to' };

function totals(rows: FilterSet<Row>): { files: number; bytes: string } {
  let bytes = 0;
  for (const { sizeBytes } of rows) bytes += sizeBytes ?? 0;
  return { files: rows.size, bytes: formatBytes(bytes) };
}

const difference = (after: ClientStats, before: ClientStats): { requests: number; bytes: number } => ({
  requests: after.requests - before.requests,
  bytes: after.bytesReceived - before.bytesReceived,
});

/** A new one; the browser is told of its elements first. */
export function makeDataset(): DatasetPane {
  const elements = { 'anyfile-dataset-filters': DatasetForm, 'anyfile-dataset': DatasetPane };
  for (const [name, element] of Object.entries(elements)) if (!customElements.get(name)) customElements.define(name, element);
  return new DatasetPane();
}
