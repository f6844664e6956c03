/**
 * `anyfile touch` and `anyfile mkdir`: empty files, and folders where there are such.
 *
 * @module
 */
import type { Command } from 'commander';
import { ItemError, type Task } from './io.ts';
import { makeFolder } from './local.ts';
import type { Start } from './run.ts';
import { isDisk, type Place } from './session.ts';

/** Do one thing to each path, in order; print it as done. */
async function each(
  task: Task,
  paths: readonly string[],
  check: (place: Place) => string | undefined,
  work: (place: Place) => Promise<unknown>,
): Promise<void> {
  const { session, out, options, signal, name } = task;
  for (const path of paths) {
    const place = await session.parse(path);
    try {
      const refusal = check(place);
      if (refusal) throw new ItemError(refusal);
      if (!options.dryRun) await work(place);
      const shown = session.show(place.root, place.key);
      await out.action(`${name} ${shown}`, { operation: name, path: shown });
      out.done();
    } catch (error) {
      if (signal.aborted) throw error;
      out.fail(place.shown, error);
    }
  }
}

/** Add the commands. */
export function addTouch(program: Command, start: Start): void {
  program
    .command('touch')
    .description('make empty files where there are none')
    .argument('<path...>')
    .action((paths: string[], _options: object, command: Command) =>
      start(command, (task) =>
        each(
          task,
          paths,
          ({ folder }) => (folder ? 'names no file' : undefined),
          ({ root, key }) => task.session.files(root).touch(key, { signal: task.signal }),
        ),
      ),
    );
  program
    .command('mkdir')
    .description('make folders on the disk, with those above them')
    .argument('<path...>')
    .action((paths: string[], _options: object, command: Command) =>
      start(command, (task) =>
        each(
          task,
          paths,
          ({ root }) => (isDisk(root) ? undefined : 'only disks have folders that can be made'),
          ({ location }) => makeFolder(task, location.path),
        ),
      ),
    );
}
