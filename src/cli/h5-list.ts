/**
 * `anyfile h5 ls` and `tree`: what is in a file.
 *
 * @module
 */
import type { Hdf5Dataset, Hdf5WalkItem } from '../hdf5.ts';
import { failed, withFile, type H5Options } from './h5-open.ts';
import { inColumns } from './h5-lines.ts';
import { line } from './h5-words.ts';
import type { Task } from './io.ts';

/** Names of one group that are looked at together, and stand under one another. */
const BATCH = 1024;

const inBrackets = (numbers: readonly (number | string)[]): string => `(${numbers.join(', ')})`;

function shapeOf({ shape, maxShape }: Hdf5Dataset): string {
  if (!shape) return 'empty';
  return inBrackets(
    shape.map((extent, axis) => {
      const most = maxShape?.[axis];
      return most === undefined || most === extent ? extent : `${extent} of ${most ?? 'any'}`;
    }),
  );
}

/** `shuffle, deflate 4`; the parameters only of those whose parameter people set. */
const filtersOf = ({ filters }: Hdf5Dataset): string =>
  filters.map(({ id, name, values }) => (id === 1 && values.length ? `${line(name)} ${values[0]}` : line(name))).join(', ');

/** What is said of an item behind its name, in columns. */
function columnsOf(item: Listed): string[] {
  switch (item.kind) {
    case 'group':
    case 'unreadable':
      return [];
    case 'dataset':
      return [item.dtype, shapeOf(item), item.chunks ? `chunks ${inBrackets(item.chunks)}` : '', filtersOf(item)];
    case 'datatype':
      return [item.dtype];
    case 'link':
      return [`-> ${item.file === undefined ? '' : `${line(item.file)}:`}${line(item.target)}`];
  }
}

/** The same for programs. */
function recordOf(path: string, item: Listed): object {
  const { kind } = item;
  switch (kind) {
    case 'group':
    case 'unreadable':
      return { path, kind };
    case 'dataset': {
      const { dtype, shape, maxShape, chunks, filters } = item;
      return { path, kind, dtype, shape, maxShape, chunks, filters };
    }
    case 'datatype':
      return { path, kind, dtype: item.dtype };
    case 'link':
      return { path, kind, target: item.target, ...(item.file !== undefined && { file: item.file }) };
  }
}

const childPath = (parent: string, name: string): string => (parent.endsWith('/') ? parent + name : `${parent}/${name}`);

const absolute = (path = ''): string => `/${path.replace(/^\/+|\/+$/g, '')}`;

/** Something that cannot be read, among others that can. */
interface Unreadable {
  readonly kind: 'unreadable';
  readonly path: string;
  readonly error: unknown;
}

type Listed = Exclude<Hdf5WalkItem, { kind: 'unreadable' }> | Unreadable;

/** Names in a group with what they are; of anything else, itself. */
export function list(task: Task, url: string, path: string | undefined, options: H5Options): Promise<void> {
  const { out, signal } = task;
  return withFile(task, url, path, options, async ({ file, shown, item }) => {
    const at = absolute(path);
    const top = at === '/' ? undefined : await item(at);
    const print = async (entries: readonly (readonly [name: string, path: string, item: Listed])[]): Promise<void> => {
      const rows = entries.map(([name, , one]) => [line(name) + (one.kind === 'group' ? '/' : ''), one.kind, ...columnsOf(one)]);
      const lines = inColumns(rows);
      for (const [i, [, full, one]] of entries.entries()) {
        await out.data(lines[i]!, recordOf(full, one));
        if (one.kind === 'unreadable') await failed(task, `${shown} ${full}`, one.error);
      }
    };
    if (top && top.kind !== 'group') return print([[at, at, top]]);
    const names = await file.keys(at, { signal });
    for (let from = 0; from < names.length; from += BATCH) {
      const some = names.slice(from, from + BATCH);
      const items = await Promise.all(
        some.map(async (name) => {
          const full = childPath(at, name);
          const found = await item(full).catch((error: unknown): Unreadable => ({ kind: 'unreadable', path: full, error }));
          return [name, full, found] as const;
        }),
      );
      await print(items);
    }
  });
}

/** Everything below a group, indented. */
export function tree(task: Task, url: string, path: string | undefined, options: H5Options & { level?: number }): Promise<void> {
  const { out, signal } = task;
  return withFile(task, url, path, options, async ({ file, shown, item }) => {
    const at = absolute(path);
    const top = await item(at);
    const print = async (full: string, name: string, depth: number, one: Hdf5WalkItem): Promise<void> => {
      const said = line(name) + (one.kind === 'group' && !name.endsWith('/') ? '/' : '');
      const about = one.kind === 'unreadable' ? ['unreadable'] : columnsOf(one).filter(Boolean);
      await out.data([`${'  '.repeat(depth)}${said}`, ...about].join('  '), recordOf(full, one));
      if (one.kind === 'unreadable') await failed(task, `${shown} ${full}`, one.error);
    };
    await print(at, at, 0, top);
    if (top.kind !== 'group') return;
    const skipped = at === '/' ? 0 : at.split('/').length - 1;
    for await (const [full, one] of file.walk({ path: at, depth: options.level, signal })) {
      const parts = full.split('/').slice(1 + skipped);
      await print(full, parts.at(-1)!, parts.length, one);
    }
  });
}
