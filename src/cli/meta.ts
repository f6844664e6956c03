/**
 * `anyfile meta`: id, timestamp, tags and labels of datafiles.
 *
 * @module
 */
import type { Command } from 'commander';
import { formatJson, hasStoredMetadata, openDatafile, type Datafile } from '../index.ts';
import { collect, parseChanges, type ChangeOptions, type Changes } from './assign.ts';
import { attempting } from './attempt.ts';
import { metadataOf, recordOf, tableOf, type Metadata } from './datafile.ts';
import { ItemError, type Task } from './io.ts';
import { mapInOrder } from './pool.ts';
import type { Start } from './run.ts';
import { matches, selections } from './select.ts';
import { baseName } from './session.ts';

const width = 16;

interface Wanted {
  /** For messages and records. */
  shown: string;
  root: string;
  /** As it is stored. */
  key: string;
}

/** What the names stand for: a name is that of a file; a pattern gives files, those left out that hold metadata themselves. */
async function* wanted(task: Task, paths: readonly string[]): AsyncGenerator<Wanted, void, undefined> {
  const { session, out } = task;
  const seen = new Set<string>();
  for await (const { place, glob, shown } of selections(task, paths)) {
    const found: Wanted[] = glob ? [] : [{ shown, root: place.root, key: place.folder ? '' : place.key }];
    for await (const { root, key, info } of glob ? attempting(task, shown, matches(task, place, glob)) : []) {
      const hidden = baseName(key) === '.octue' || key.split('/').includes('.signed_metadata_files');
      if (info && !key.endsWith('/') && !hidden) found.push({ shown: session.show(root, key), root, key });
    }
    if (found.length === 0) out.fail(shown, new ItemError('nothing matches'));
    for (const one of found) {
      const id = `${one.root}\n${one.key}`;
      // two changes of one file at a time would be in each other's way
      if (one.key === '' || !seen.has(id)) yield one;
      seen.add(id);
    }
  }
}

/** The datafile, which must be there. */
async function open({ client, session, signal }: Task, { root, key }: Wanted): Promise<Datafile> {
  if (key === '') throw new ItemError('is a directory: anyfile dataset ls tells of its files');
  const datafile = await openDatafile(session.url(root, key), { client, signal });
  if (datafile.sizeBytes === null) throw new ItemError('does not exist');
  return datafile;
}

/** Do one thing to every file, and tell it in order. */
async function each<T>(
  task: Task,
  paths: readonly string[],
  work: (datafile: Datafile) => Promise<T>,
  tell: (datafile: Datafile, path: string, result: T) => Promise<void>,
): Promise<void> {
  const { out, options, signal } = task;
  const run = async (one: Wanted): Promise<{ datafile: Datafile; result: T }> => {
    const datafile = await open(task, one);
    return { datafile, result: await work(datafile) };
  };
  for await (const outcome of mapInOrder(wanted(task, paths), options.parallel ?? width, run)) {
    const { shown } = outcome.item;
    if ('error' in outcome) {
      if (signal.aborted) throw outcome.error;
      out.fail(shown, outcome.error);
    } else {
      await tell(outcome.value.datafile, shown, outcome.value.result);
      out.done();
    }
  }
}

async function get(task: Task, paths: readonly string[], withHash: boolean): Promise<void> {
  const { out, signal } = task;
  let first = true;
  const hash = async (datafile: Datafile): Promise<string | undefined> => (withHash ? datafile.hashValue({ signal }) : undefined);
  await each(task, paths, hash, async (datafile, path, hash) => {
    const about = { path, hash };
    await out.data(`${first ? '' : '\n'}${tableOf(datafile, about)}`, recordOf(datafile, about));
    first = false;
  });
}

/** What a change did to one datafile. */
interface Change {
  before: Metadata;
  /** For people, one for each thing; none when nothing changed. */
  texts: string[];
}

/** Changes the datafile, and stores nothing. */
function apply(datafile: Datafile, { tags, untag, labels, unlabel, timestamp }: Changes): Change {
  const now = metadataOf(datafile);
  // its tags are changed in place
  const before = { ...now, tags: { ...now.tags } };
  datafile.addTags(tags);
  for (const name of untag) delete datafile.tags[name];
  datafile.addLabels(...labels);
  for (const label of unlabel) datafile.labels.delete(label.trim());
  if (timestamp !== undefined) datafile.timestamp = timestamp;
  const after = metadataOf(datafile);
  const texts: string[] = [];
  for (const name of new Set([...Object.keys(before.tags), ...Object.keys(after.tags)])) {
    const [was, is] = [before.tags, after.tags].map((all) => (Object.hasOwn(all, name) ? formatJson(all[name]!) : undefined));
    if (was === is) continue;
    texts.push(was === undefined ? `+tag ${name}=${is}` : is === undefined ? `-tag ${name}` : `tag ${name}: ${was} -> ${is}`);
  }
  for (const label of after.labels) if (!before.labels.includes(label)) texts.push(`+label ${label}`);
  for (const label of before.labels) if (!after.labels.includes(label)) texts.push(`-label ${label}`);
  const [was, is] = [before.timestamp, after.timestamp].map((time) => time?.toString() ?? 'none');
  if (was !== is) texts.push(`timestamp: ${was} -> ${is}`);
  return { before, texts };
}

async function set(task: Task, paths: readonly string[], given: ChangeOptions): Promise<void> {
  const changes = parseChanges(given);
  const { name: operation, out, options, signal } = task;
  const change = async (datafile: Datafile): Promise<Change> => {
    if (datafile.cloudProtocol?.startsWith('http')) throw new ItemError('is behind a web address, and can only be read');
    const done = apply(datafile, changes);
    if (done.texts.length > 0 && !options.dryRun) await datafile.updateMetadata({ signal });
    return done;
  };
  await each(task, paths, change, async (datafile, path, { before, texts }) => {
    const record = formatJson({
      operation,
      path,
      ...(hasStoredMetadata(datafile) && { id: datafile.id }),
      changed: texts.length > 0,
      before,
      after: metadataOf(datafile),
    });
    await out.action(`${operation} ${path}: ${texts.join(', ') || 'no change'}`, record);
  });
}

/** Add the commands. */
export function addMeta(program: Command, start: Start): void {
  const meta = program.command('meta').description('metadata of datafiles: id, timestamp, tags and labels, as Octue keeps them');
  meta
    .command('get')
    .description('print metadata; PATH may be a pattern, - takes names from standard input')
    .argument('<path...>')
    .option('--hash', 'the CRC-32C as well; files are read where no store tells it')
    .action((paths: string[], options: { hash?: boolean }, command: Command) =>
      start(command, (task) => get(task, paths, options.hash === true)),
    );
  meta
    .command('set')
    .description('change metadata; what is not named stays. On a disk they are kept in .octue files, in a bucket on the objects')
    .argument('<path...>')
    .option('--tag <name=value>', 'set a tag; VALUE is JSON if it is that (1 and 1.0 differ), else text', collect)
    .option('--tag-string <name=text>', 'set a tag to text, whatever it looks like', collect)
    .option('--untag <name>', 'take a tag away', collect)
    .option('--label <label>', 'add a label', collect)
    .option('--unlabel <label>', 'take a label away', collect)
    .option('--timestamp <when>', '2022-05-04T17:57:57Z, without Z a time of no zone, seconds since 1970, or none')
    .action((paths: string[], options: ChangeOptions, command: Command) => start(command, (task) => set(task, paths, options)));
}
