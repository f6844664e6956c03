/**
 * `anyfile sync`: a folder made like another. What differs is copied; with --delete, what the source does not have is deleted.
 *
 * @module
 */
import { realpath } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { isCloudError, pathFilter } from '../index.ts';
import { collect } from './assign.ts';
import { foldName, foldsNames } from './clash.ts';
import { copyAll, pruneFolders } from './copy.ts';
import { ItemError, UsageError, type Task } from './io.ts';
import { parseCount } from './options.ts';
import { layOut, type Step } from './plan.ts';
import { mapInOrder } from './pool.ts';
import { removeAll } from './rm.ts';
import type { Start } from './run.ts';
import { asFolder, isDisk, isWeb, type Entry, type Place } from './session.ts';
import { belowFolder, slim } from './source.ts';
import { copyWidth, feasible, storedName } from './steps.ts';
import { pairUp, treeOf, type Tree } from './tree.ts';

interface SyncOptions {
  delete?: boolean;
  maxDelete?: number;
  checksum?: boolean;
  include?: readonly string[];
  exclude?: readonly string[];
}

/** What is to be done: known before anything is. */
interface SyncPlan {
  readonly steps: readonly Step[];
  /** What stands at the target and shall not; told with --delete only. */
  readonly surplus: readonly Entry[];
}

/** Which names count. A bad pattern is a mistake on the command line. */
function filterOf({ include, exclude }: SyncOptions): (name: string) => boolean {
  try {
    return pathFilter({ include, exclude });
  } catch (error) {
    if (isCloudError(error, 'InvalidArgument')) throw new UsageError(error.message);
    throw error;
  }
}

/** Where a folder of a disk really is, or will be. */
async function realFolder(path: string): Promise<string> {
  for (let at = path.replace(/(?<=.)\/+$/, ''), rest = ''; ; rest = at.slice(at.lastIndexOf('/')) + rest, at = at.replace(/\/[^/]*$/, '')) {
    const real = await realpath(at || '/').catch(() => undefined);
    if (real !== undefined || at === '') return `${real ?? ''}${rest}`.replace(/\/*$/, '/');
  }
}

/** Refuses places of which one lies in the other: copies would be sources, and deletions would not end. */
async function checkApart(source: Place, target: Place): Promise<void> {
  if (source.root !== target.root) return;
  const folderOf = ({ root, key, location }: Place): Promise<string> | string => (isDisk(root) ? realFolder(location.path) : asFolder(key));
  const [one, other] = [await folderOf(source), await folderOf(target)];
  if (one.startsWith(other) || other.startsWith(one)) throw new ItemError('source and target lie in one another');
}

/** The files of a folder, by the names under which the target tells them apart. */
async function foldedNames({ session }: Task, target: Place): Promise<(name: string) => string> {
  const { root, location } = target;
  const folds = isDisk(root) && (await foldsNames(session.files(root).url.replace('file://', '').replace(/\/$/, '') + location.path));
  return folds ? foldName : (name) => name;
}

/** The steps of what is new or changed, in the order of the names. */
async function changedSteps(task: Task, source: Tree, there: ReadonlyMap<string, Entry>, target: Place, deep: boolean): Promise<Step[]> {
  const { out, session, signal, options } = task;
  const { isChanged } = await import('./sync-change.ts');
  const decide = async ([name, entry]: [string, Entry]): Promise<boolean> => {
    const other = there.get(name);
    return !other || isChanged(task, entry, other, deep);
  };
  const wanted: Entry[] = [];
  for await (const outcome of mapInOrder(source.files, options.parallel ?? copyWidth, decide)) {
    const { item } = outcome;
    if ('value' in outcome) {
      if (outcome.value) wanted.push(item[1]);
    } else if (signal.aborted) throw outcome.error;
    else out.fail(session.show(item[1].root, item[1].name), outcome.error);
  }
  const naming = belowFolder(asFolder(source.selection.place.key));
  const sources = wanted.map((entry) => ({ entry: slim(entry), naming }));
  return layOut(task, sources, { place: target, isFolder: true });
}

/** What stands where a copy will be read, under the name of another encoding: `a` beside `a.gz`. It would be taken for the copy. */
async function shadows(task: Task, step: Step, other: Entry | undefined, folder: string): Promise<boolean> {
  if (!other || !task.session.suffixed(other.root)) return false;
  const stored = await storedName(task, step, undefined);
  return other.key !== (isDisk(step.root) ? folder + stored : stored);
}

async function plan(task: Task, source: Tree, target: Tree, options: SyncOptions, takes: (name: string) => boolean): Promise<SyncPlan> {
  const { out } = task;
  const { place } = target.selection;
  const fold = await foldedNames(task, place);
  const { there, surplus } = pairUp(source, target, fold);
  const steps: Step[] = [];
  const stale: Entry[] = [];
  const folder = asFolder(place.key);
  const nameOf = ({ root, name }: Step): string => (isDisk(root) ? name : name.slice(folder.length));
  for (const step of await changedSteps(task, source, there, place, options.checksum === true)) {
    const other = there.get(nameOf(step));
    if (!(await shadows(task, step, other, folder))) steps.push(step);
    else if (!options.delete)
      out.fail(step.from, new ItemError('stands there under another encoding (not copied; --delete takes that away)'));
    else {
      steps.push(step);
      stale.push(other!);
    }
  }
  // what is excluded by either of its names stays
  const gone = [...surplus].filter(([name, { key }]) => takes(name) && takes(key.slice(folder.length))).map(([, entry]) => entry);
  return { steps: await feasible(task, steps), surplus: options.delete ? [...gone, ...stale] : [] };
}

/** Refuses to delete what was surely not meant, before anything is done. */
function checkSurplus({ surplus }: SyncPlan, source: Tree, { maxDelete }: SyncOptions): void {
  const count = surplus.length;
  if (maxDelete !== undefined && count > maxDelete)
    throw new ItemError(`${count} files would be deleted, more than --max-delete ${maxDelete}: nothing was done`);
  if (count > 0 && source.files.size === 0 && maxDelete === undefined)
    throw new ItemError(
      `the source holds no file, and all ${count} of the target would be deleted: nothing was done (--max-delete ${count} allows it)`,
    );
}

/** Whether the source still has the same names: a listing that left some out must not cost files. */
async function agrees(task: Task, from: string, first: Tree, takes: (name: string) => boolean): Promise<boolean> {
  const second = await treeOf(task, from, { takes, mayBeMissing: true });
  return second.files.size === first.files.size && [...second.files.keys()].every((name) => first.files.has(name));
}

async function sync(task: Task, from: string, to: string, options: SyncOptions): Promise<void> {
  const { session, out } = task;
  const takes = filterOf(options);
  const [first, last] = [await session.parse(from), await session.parse(to)];
  if (isWeb(last.root)) throw new UsageError('the web is not written to');
  await checkApart(first, last);
  // both to their ends: what fails here ends the run, and nothing was done
  const source = await treeOf(task, from, { takes });
  const target = await treeOf(task, to, { takes: (name, stored) => takes(name) || takes(stored), mayBeMissing: true });
  for (const { isFile, selection } of [source, target])
    if (isFile || selection.glob) throw new ItemError(`${selection.shown}: sync takes folders; cp copies files and patterns`);
  const failedBefore = out.failures();
  const todo = await plan(task, source, target, options, takes);
  checkSurplus(todo, source, options);
  const parallel = task.options.parallel ?? copyWidth;
  await copyAll(task, todo.steps, { parallel, keepsTimes: true, verb: 'cp', about: { operation: 'sync', action: 'copy' } });
  if (todo.surplus.length === 0) return;
  const failed = out.failures() - failedBefore;
  if (failed > 0) return out.fail(last.shown, new ItemError(`nothing was deleted, since ${failed} files were not copied`));
  if (!(await agrees(task, from, source, takes)))
    return out.fail(first.shown, new ItemError('nothing was deleted, since two listings of the source do not agree'));
  await removeAll(task, todo.surplus, { operation: 'sync', action: 'delete' });
  if (!isDisk(last.root) || task.options.dryRun) return;
  const gone = todo.surplus.map(({ key }) => key);
  await pruneFolders(task, gone, last.location.path.replace(/\/*$/, '/'));
}

/** Add the command. */
export function addSync(program: Command, start: Start): void {
  program
    .command('sync')
    .description('make a folder like another: copy what differs in size, checksum or, where no checksum is known of both, is newer')
    .argument('<source>')
    .argument('<target>')
    .option('--delete', 'delete what the source does not have, once all is copied and a second listing agrees')
    .addOption(new Option('--max-delete <n>', 'do nothing at all if more files would be deleted').argParser(parseCount))
    .option('--checksum', 'compare the bytes or their checksums, never times')
    .addOption(new Option('--include <pattern>', 'only these: *.csv, raw/**; may be given several times').argParser(collect))
    .addOption(new Option('--exclude <pattern>', 'not these: neither copied nor deleted').argParser(collect))
    .action((from: string, to: string, options: SyncOptions, command: Command) => start(command, (task) => sync(task, from, to, options)));
}
