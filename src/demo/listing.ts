/**
 * `<anyfile-listing>`: one folder, page after page as it is scrolled, with the way to it.
 *
 * @module
 */
import type { ListPage, ObjectInfo, ObjectStore } from '../index.ts';
import { fill, h, icon } from './dom.ts';
import { baseName, count, formatBytes, formatDate } from './format.ts';
import { Grid } from './grid.ts';

/** A row: a file, or a folder without more to say. */
export interface Entry {
  key: string;
  /** Absent for folders. */
  info?: ObjectInfo;
}

/** Read without being asked; more come when they are scrolled to. */
const eagerEntries = 2000;

/** What a page of a listing adds: files and folders in the order of their names. The folder's own placeholder is none. */
export function entriesOf({ objects, prefixes }: ListPage, prefix: string): Entry[] {
  const files = objects.filter(({ key }) => key !== prefix).map((info) => ({ key: info.key, info }));
  const folders = prefixes.map((key) => ({ key }));
  return [...folders, ...files].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

/** The element. */
export class Listing extends HTMLElement {
  /** A file was chosen. */
  onFile: ((info: ObjectInfo) => void) | undefined;
  /** A folder was chosen. */
  onFolder: ((prefix: string) => void) | undefined;
  /** The folder is to be shown as a dataset. */
  onDataset: ((prefix: string) => void) | undefined;
  /** The chosen row changed. */
  onChosen: ((entry: Entry | undefined) => void) | undefined;
  /** The chosen row. */
  chosen: Entry | undefined;
  /** A page of the listing failed. */
  onFail: ((error: unknown) => void) | undefined;
  private readonly crumbs: HTMLElement = h('ol');
  private readonly filter: HTMLInputElement = h('input', {
    type: 'search',
    name: 'filter',
    placeholder: 'Filter names',
    'aria-label': 'Filter the names of this folder',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  private readonly said: HTMLElement = h('p', { class: 'note', role: 'status' });
  private readonly grid: Grid<Entry> = new Grid<Entry>();
  private readonly asDataset: HTMLElement = h('button', { type: 'button', class: 'quiet' }, 'Show as a dataset');
  /** Whoever shows the listing puts buttons here. */
  readonly tools: HTMLElement = h('div', { class: 'bar tools', role: 'group', 'aria-label': 'Files of this folder' });
  private entries: Entry[] = [];
  private pages: AsyncIterator<ListPage> | undefined;
  private folder = '';
  private stop: AbortController = new AbortController();
  private loading = false;

  connectedCallback(): void {
    if (this.firstChild) return;
    this.grid.classList.add('listing');
    this.grid.setup({
      label: 'Files and folders',
      columns: [
        { title: 'Name', cell: ({ key, info }) => h('span', { class: 'name', title: key }, icon(info ? 'file' : 'folder'), baseName(key)) },
        { title: 'Size', end: true, cell: ({ info }) => (info ? formatBytes(info.sizeBytes) : '') },
        { title: 'Changed', cell: ({ info }) => (info?.lastModified ? formatDate(info.lastModified) : '') },
      ],
      onActive: (entry) => {
        this.chosen = entry;
        this.onChosen?.(entry);
      },
      onOpen: ({ key, info }) => (info ? this.onFile?.(info) : this.onFolder?.(key)),
      // a filter that leaves few names would else load all there are
      onEnd: () => void (this.filter.value || this.more()),
    });
    this.filter.oninput = () => this.refresh(false);
    this.asDataset.onclick = () => this.onDataset?.(this.folder);
    const bar = h('div', { class: 'bar' }, this.filter, this.said, this.asDataset);
    this.append(h('nav', { 'aria-label': 'Folder' }, this.crumbs), bar, this.grid, this.tools);
  }

  disconnectedCallback(): void {
    this.close();
  }

  /** Show a folder. @returns whether its first pages came; if not, {@link Listing.onFail} was told, or another was asked for */
  async show(store: ObjectStore, root: string, prefix: string): Promise<boolean> {
    this.close();
    const stop = (this.stop = new AbortController());
    this.entries = [];
    this.folder = prefix;
    this.filter.value = '';
    this.way(root, prefix);
    this.pages = store.list({ prefix, delimiter: '/', signal: stop.signal })[Symbol.asyncIterator]();
    this.refresh(false);
    while (this.pages && this.entries.length < eagerEntries) if (!(await this.more())) break;
    return !stop.signal.aborted;
  }

  /** Whether the folder may be shown as a dataset. */
  set datasets(can: boolean) {
    this.asDataset.hidden = !can;
  }

  /** The folder that is shown. */
  get shown(): string {
    return this.folder;
  }

  /** Read the folder anew, as far as it was read, and stay where one is in it. */
  async reload(store: ObjectStore): Promise<void> {
    const { folder } = this;
    const wanted = Math.max(this.entries.length, eagerEntries);
    this.close();
    const { signal } = (this.stop = new AbortController());
    const found: Entry[] = [];
    const pages = store.list({ prefix: folder, delimiter: '/', signal })[Symbol.asyncIterator]();
    try {
      let last: IteratorResult<ListPage> | undefined;
      while (found.length < wanted && !(last = await pages.next()).done) found.push(...entriesOf(last.value, folder));
      if (signal.aborted) return;
      this.entries = found;
      this.pages = last?.done ? undefined : pages;
      this.refresh(true);
    } catch (error) {
      if (!signal.aborted) this.onFail?.(error);
    }
  }

  /** End what is under way. */
  close(): void {
    this.stop.abort();
    this.pages = undefined;
    this.loading = false;
  }

  private async more(): Promise<boolean> {
    const { pages, stop } = this;
    if (!pages || this.loading) return false;
    this.loading = true;
    try {
      const { done, value } = await pages.next();
      if (stop !== this.stop) return false;
      this.loading = false;
      if (done) this.pages = undefined;
      else this.entries.push(...entriesOf(value, this.folder));
      this.refresh(true);
      return !done;
    } catch (error) {
      if (stop === this.stop && !stop.signal.aborted) {
        this.close();
        this.refresh(true);
        this.onFail?.(error);
      }
      return false;
    }
  }

  private refresh(keep: boolean): void {
    const wanted = this.filter.value.trim().toLowerCase();
    const shown = wanted ? this.entries.filter(({ key }) => baseName(key).toLowerCase().includes(wanted)) : this.entries;
    this.grid.show(shown, { more: this.pages !== undefined, keep });
    const files = this.entries.filter(({ info }) => info);
    const folders = this.entries.length - files.length;
    const bytes = files.reduce((sum, { info }) => sum + (info?.sizeBytes || 0), 0);
    const parts = [
      folders > 0 && count(folders, 'folder'),
      files.length > 0 && `${count(files.length, 'file')}, ${formatBytes(bytes)}`,
    ].filter(Boolean);
    const rest = this.pages
      ? this.entries.length > 0
        ? ' so far; scroll for more'
        : 'Listing…'
      : parts.length === 0
        ? 'Nothing is here'
        : '';
    fill(this.said, `${wanted ? `${count(shown.length, 'name')} of ` : ''}${parts.join(', ')}${rest}`);
  }

  private way(root: string, prefix: string): void {
    const parts = prefix.split('/').filter((_, i, all) => i < all.length - 1);
    const crumb = (name: string, target: string, last: boolean): HTMLElement =>
      h(
        'li',
        {},
        last
          ? h('span', { 'aria-current': 'page' }, name)
          : h('button', { type: 'button', class: 'link', onclick: () => this.onFolder?.(target) }, name),
      );
    const below = parts.map((name, i) => crumb(name || '·', `${parts.slice(0, i + 1).join('/')}/`, i === parts.length - 1));
    fill(this.crumbs, crumb(root, '', parts.length === 0), ...below);
  }
}
