/**
 * The ways to look at a file's bytes, by its name and type: table, tree, text, picture.
 *
 * @module
 */
import { isNothing, isNumeric, parseCsv, separatorOf, tableOf } from './csv.ts';
import { h, type Child } from './dom.ts';
import { count } from './format.ts';
import { Grid, type Column } from './grid.ts';
import { jsonTree } from './json-tree.ts';
import { pictureTypes } from './views/picture-types.ts';
import type { Mounted } from './views/types.ts';
import { viewElement } from './views/view-host.ts';

/** One way to look; `make` is called when it is chosen. */
export interface View {
  title: string;
  make(): HTMLElement;
}

const maxTextLength = 200_000;
const maxTableRows = 200_000;
const columnPx = 130;

/** What a file seems to be. */
export function kindOf(name: string, contentType: string = ''): { kind: 'csv' | 'json' | 'other' } | { kind: 'picture'; type: string } {
  const suffix = /\.([^./]+?)$/.exec(name.toLowerCase().replace(/\.gz$/, ''))?.[1] ?? '';
  const type = contentType.toLowerCase().replace(/\s*;.*$/s, '');
  const picture = pictureTypes[suffix] ?? Object.values(pictureTypes).find((known) => known === type);
  if (picture) return { kind: 'picture', type: picture };
  if (/^(csv|tsv|tab)$/.test(suffix) || /^text\/(csv|tab-separated-values)$/.test(type)) return { kind: 'csv' };
  if (/^(json|geojson|topojson|ipynb)$/.test(suffix) || /^application\/(.*\+)?json$/.test(type)) return { kind: 'json' };
  return { kind: 'other' };
}

/** Names that HDF5 files commonly have. */
export const isHdf5Name = (name: string): boolean => /\.(h5|hdf5|hdf|he5|nc|nc4|nxs|cxi|h5ad|loom)$/i.test(name);

/** UTF-8 as text; `undefined` for anything else. The end of a part may cut a character. */
export function textOf(bytes: Uint8Array, whole: boolean): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !whole });
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

const note = (...children: Child[]): HTMLElement => h('p', { class: 'note' }, ...children);

function plainText(text: string): HTMLElement {
  const shown = text.slice(0, maxTextLength);
  const pre = h('pre', { tabindex: 0, 'aria-label': 'Text of the file' }, shown);
  return h(
    'div',
    { class: 'fill' },
    shown.length < text.length && note(`The first ${count(shown.length, 'character')} of ${count(text.length, 'character')}`),
    pre,
  );
}

function table<Row>(columns: Column<Row>[], rows: readonly Row[], more: boolean): HTMLElement {
  const grid = new Grid<Row>().setup({ label: 'Rows of the file', columns, columnPx });
  grid.show(rows, { more });
  const what = `${count(rows.length, 'row')}, ${count(columns.length, 'column')}${more ? ' of the beginning of the file' : ''}`;
  return h('div', { class: 'fill' }, note(what), grid);
}

function csvView(text: string, whole: boolean): View {
  return {
    title: 'Table',
    make() {
      const [head = [], ...rows] = parseCsv(text, separatorOf(text), maxTableRows + 1);
      // the last row of a part may be cut
      if (!whole) rows.pop();
      const columns = head.map((title, i) => ({
        title,
        end: isNumeric(rows.slice(0, 40).map((row) => row[i])),
        cell: (row: string[]) => row[i],
      }));
      return table(columns, rows, !whole || rows.length === maxTableRows);
    },
  };
}

function jsonViews(text: string): View[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  const tree: View = { title: 'Tree', make: () => h('div', { class: 'fill scroll json', tabindex: 0 }, jsonTree(value, '', true)) };
  const found = tableOf(value);
  if (!found) return [tree];
  const { names, rows } = found;
  const show = (cell: unknown): string => (isNothing(cell) ? '' : typeof cell === 'string' ? cell : JSON.stringify(cell));
  const columns = names.map((title) => ({
    title,
    end: isNumeric(rows.slice(0, 40).map((row) => row[title])),
    cell: (row: Record<string, unknown>) => show(row[title]),
  }));
  return [{ title: 'Table', make: () => table(columns, rows.slice(0, maxTableRows), rows.length > maxTableRows) }, tree];
}

function pictureView(bytes: Uint8Array<ArrayBuffer>, type: string, name: string): View {
  const mount = async (host: HTMLElement): Promise<Mounted> =>
    (await import('./views/picture-view.ts')).mountPicture(host, { name, bytes, type });
  return { title: 'Picture', make: () => viewElement(name, mount, () => {}) };
}

/**
 * The views of a file, the best first; none where only its bytes can be shown.
 *
 * @param whole false for the beginning of a file
 */
export function viewsOf(
  bytes: Uint8Array<ArrayBuffer>,
  { name, contentType, whole }: { name: string; contentType: string | undefined; whole: boolean },
): View[] {
  const kind = kindOf(name, contentType);
  if (kind.kind === 'picture' && whole) return [pictureView(bytes, kind.type, name)];
  const text = textOf(bytes, whole);
  if (text === undefined) return [];
  const views: View[] = [];
  if (kind.kind === 'csv') views.push(csvView(text, whole));
  if (kind.kind === 'json' && whole) views.push(...jsonViews(text));
  return [...views, { title: 'Text', make: () => plainText(text) }];
}
