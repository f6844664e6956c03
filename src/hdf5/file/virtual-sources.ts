/**
 * What the sources of a virtual dataset are packed by. The library opens them by itself, and only says that a filter is missing.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import { currentAttempt } from '../library/attempt.ts';
import type { UsedFilter } from '../library/filters.ts';
import type { FileId, H5Module } from '../library/module.ts';
import type { FileContext } from './context.ts';

/** Sources of sources are looked at so deep. */
const MOST_DEPTH = 4;
/** What is looked at for one read. */
const MOST_SOURCES = 4096;

/**
 * The filters of all datasets that a virtual dataset is made of, each once; none for what is not there, which is read as fill values.
 *
 * @param path of the virtual dataset
 */
export function filtersOfSources({ engine }: FileContext, path: string, { signal }: AbortOptions): Promise<UsedFilter[]> {
  return engine.run(
    (module, file) => {
      const filters = new Map<number, UsedFilter>();
      const seen = new Set<string>();
      const attempt = currentAttempt()!;
      const isOver = (): boolean => attempt.missed || seen.size >= MOST_SOURCES;
      const opened = new Map<string, FileId>();

      const fileOf = (name: string, from: FileId): FileId => {
        if (name === '.') return from;
        let id = opened.get(name);
        if (id === undefined) opened.set(name, (id = module.open(`${attempt.root}/${name}`, module.H5F_ACC_RDONLY, false, -1, -1)));
        return id;
      };
      const look = (from: FileId, dataset: string, depth: number): void => {
        // what cannot be opened has no values either
        const sources = orNone(() => module.get_dataset_metadata(from, dataset).virtual_sources);
        for (const { file_name: name, dset_name: its } of sources) {
          if (isOver()) return;
          const key = `${from} ${name} ${its}`;
          if (seen.has(key)) continue;
          seen.add(key);
          const id = orNone(() => [fileOf(name, from)])[0] ?? -1n;
          if (id < 0n) continue;
          for (const filter of orNone(() => module.get_dataset_filters(id, its))) filters.set(filter.id, { ...filter, isOptional: true });
          if (depth < MOST_DEPTH) look(id, its, depth + 1);
        }
      };
      try {
        look(file, path, 1);
      } finally {
        closeAll(module, opened.values());
      }
      return [...filters.values()];
    },
    { signal },
  );
}

function orNone<T>(ask: () => readonly T[] | undefined): readonly T[] {
  try {
    return ask() ?? [];
  } catch {
    return [];
  }
}

function closeAll(module: H5Module, files: Iterable<FileId>): void {
  for (const id of files) if (id >= 0n) module.close_file(id);
}
