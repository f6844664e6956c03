/**
 * `anyfile rm`: delete files, and with -r what is in folders.
 *
 * @module
 */
import type { Command } from 'commander';
import { attempting } from './attempt.ts';
import { ItemError, type Task } from './io.ts';
import type { Start } from './run.ts';
import { filesOf, selections } from './select.ts';
import type { Entry } from './session.ts';

/** As many names as a store takes in one request. */
const batchSize = 1000;

/** Delete one batch of one root and tell what became of it. */
async function removeBatch(task: Task, root: string, batch: readonly Entry[], about: Readonly<Record<string, string>>): Promise<void> {
  const { session, out, options, signal } = task;
  const failures = new Map<string, unknown>();
  if (!options.dryRun) {
    try {
      const { errors } = await session.store(root).delete(
        batch.map(({ key }) => key),
        { signal },
      );
      for (const { key, error } of errors) failures.set(key, error);
    } catch (error) {
      // a refused request is told once, not a thousand times
      if (signal.aborted || batch.length > 1) throw error;
      failures.set(batch[0]!.key, error);
    }
  }
  for (const { key, name } of batch) {
    const path = session.show(root, name);
    if (failures.has(key)) out.fail(path, failures.get(key));
    else {
      await out.action(`rm ${path}`, { ...about, path });
      out.done();
    }
  }
}

/**
 * Delete entries in batches, in their order; in a dry run they are only told.
 *
 * @param about what the records say beside the path
 */
export async function removeAll(
  task: Task,
  entries: AsyncIterable<Entry> | Iterable<Entry>,
  about: Readonly<Record<string, string>>,
): Promise<void> {
  let batch: Entry[] = [];
  const flush = async (): Promise<void> => {
    const full = batch;
    batch = [];
    if (full.length > 0) await removeBatch(task, full[0]!.root, full, about);
  };
  for await (const entry of entries) {
    if (batch.length >= batchSize || (batch[0] && batch[0].root !== entry.root)) await flush();
    batch.push(entry);
  }
  await flush();
}

/** The files to delete. What is missing is as wished. */
async function* targets(task: Task, names: readonly string[], deep: boolean): AsyncGenerator<Entry, void, undefined> {
  const { session, out } = task;
  for await (const selection of selections(task, names)) {
    const { place, shown } = selection;
    const onFolder = (key: string): void => out.fail(session.show(place.root, key), new ItemError('is a directory'));
    yield* attempting(task, shown, filesOf(task, selection, { deep, markers: true, onFolder, onMissing() {} }));
  }
}

/** Add the command. */
export function addRm(program: Command, start: Start): void {
  program
    .command('rm')
    .description('delete files; PATH may be a pattern, - takes names from standard input; missing files are no error')
    .argument('<path...>')
    .option('-r, --recursive', 'folders with all that is in them')
    .action((paths: string[], { recursive = false }: { recursive?: boolean }, command: Command) =>
      start(command, (task) => removeAll(task, targets(task, paths, recursive), { operation: 'rm' })),
    );
}
