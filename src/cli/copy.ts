/**
 * Steps being made: copies, and moves, many at once, told in order.
 *
 * @module
 */
import { isCloudError, TransferMonitor, watched, type EncodingOption, type IoDirection } from '../index.ts';
import type { Task } from './io.ts';
import { figuresOf, isShown, startLive, type Live } from './live.ts';
import { removeEmptyFolder, renameFile, setChanged } from './local.ts';
import type { Step } from './plan.ts';
import { mapInOrder } from './pool.ts';
import type { LargeOptions } from './resume-upload.ts';
import { isDisk } from './session.ts';
import { pathOf, storedName } from './steps.ts';

/** Options of {@link copyAll}. */
export interface CopyOptions extends LargeOptions {
  /** @default as stored */
  encoding?: EncodingOption | undefined;
  /** Files in flight. */
  parallel: number;
  /** Take each source away once it is copied. @default false */
  moves?: boolean | undefined;
  /** On a disk the copy is as old as its source, so that the next comparison finds them alike. @default false */
  keepsTimes?: boolean | undefined;
  /** What the records say beside source, destination and size. */
  about: Readonly<Record<string, string>>;
  /** What the lines begin with. */
  verb: string;
  /** Told of each file. @default one that the view of progress reads, where there is a view */
  monitor?: TransferMonitor | undefined;
}

/** Copies that may be done before their turn to be told, for each in flight: small files need not wait for a large one. */
const waitingFor = 16;

/** Which way a step's bytes go, seen from here. */
const directionOf = ({ entry, root }: Step): IoDirection =>
  isDisk(entry.root) === isDisk(root) ? 'transfer' : isDisk(root) ? 'download' : 'upload';

const loadTypes = async (): Promise<{ getType(name: string): string | null }> => (await import('mime')).default;
/** Loaded with the first name; each `import()` costs more than a look. */
let types: ReturnType<typeof loadTypes> | undefined;

async function guessType(name: string): Promise<string | undefined> {
  const mime = await (types ??= loadTypes());
  return mime.getType(name) ?? undefined;
}

/** On one disk a move is another name. False where it is not. */
async function renames(task: Task, step: Step): Promise<boolean> {
  const { entry, root } = step;
  if (!isDisk(entry.root) || !isDisk(root)) return false;
  return renameFile(task, pathOf(entry.root, entry.key), pathOf(root, await storedName(task, step, undefined)));
}

/** The ways of large files that the command has by itself, where they are wished. False: it goes as others do. */
async function copyLarge(task: Task, step: Step, contentType: string | undefined, { partBytes, resumable }: CopyOptions): Promise<boolean> {
  if (resumable) return (await import('./resume-download.ts')).downloadLarge(task, step, { partBytes });
  return partBytes !== undefined && (await import('./resume-upload.ts')).uploadLarge(task, step, contentType, partBytes);
}

async function copyBytes(task: Task, step: Step, copy: CopyOptions): Promise<void> {
  const { session, signal } = task;
  const { entry, root, name } = step;
  const { encoding, moves = false, monitor, resumable, partBytes } = copy;
  const to = session.files(root);
  // disks do not know types; their names do
  const contentType = isDisk(entry.root) && session.store(root).capabilities.headers ? await guessType(entry.name) : undefined;
  if (encoding === undefined && (await copyLarge(task, step, contentType, copy))) return;
  await session.files(entry.root).transferTo(to, {
    paths: [{ path: entry.name, destPath: name }],
    signal,
    monitor,
    // the source goes away
    durable: moves,
    ...(resumable && { resumable: (await import('./resume-upload.ts')).journalOf(task), partBytes }),
    ...(contentType !== undefined && { contentType }),
    ...(encoding !== undefined && { reencode: encoding }),
  });
}

async function copyOne(task: Task, step: Step, copy: CopyOptions): Promise<void> {
  const { session, signal } = task;
  const { entry, root, name } = step;
  const { encoding, moves = false, keepsTimes = false } = copy;
  if (moves && encoding === undefined && (await renames(task, step))) return;
  // looked at before: once it is written it is another file
  const stays = moves && (await (await import('./same-file.ts')).isItself(task, step, encoding));
  await copyBytes(task, step, copy);
  const changed = entry.info?.lastModified;
  if (keepsTimes && changed && isDisk(root)) {
    const made = await session.find(root, name);
    if (made) await setChanged(task, pathOf(root, made.key), changed);
  }
  if (!moves || stays) return;
  const { errors } = await session.store(entry.root).delete([entry.key], { signal });
  if (errors[0]) throw errors[0].error;
}

/** Make the steps; those that fail are told, and the others go on. In a dry run they are only told. @returns those that were made */
export async function copyAll(task: Task, steps: readonly Step[], copy: CopyOptions): Promise<Step[]> {
  const { out, options, signal } = task;
  const done: Step[] = [];
  const totalFiles = options.dryRun ? 0 : steps.length;
  const monitor = copy.monitor ?? (isShown(task, totalFiles) ? new TransferMonitor({ maxRows: 0 }) : undefined);
  let live: Live | undefined;
  if (monitor) {
    const totalBytes = steps.reduce((sum, { entry }) => sum + (entry.info?.sizeBytes || 0), 0);
    live = await startLive(task, { totalFiles, totalBytes, figures: () => figuresOf(monitor) });
  }
  const unwatched = { ...copy, monitor: undefined };
  const run = (step: Step): Promise<void> => {
    if (options.dryRun) return Promise.resolve();
    if (!monitor) return copyOne(task, step, unwatched);
    const { sizeBytes = NaN } = step.entry.info ?? {};
    // a web server tells when it sends; elsewhere the listing has told, and nobody is asked again
    if (Number.isNaN(sizeBytes)) return copyOne(task, step, { ...copy, monitor });
    const file = { path: step.name, direction: directionOf(step), sizeBytes };
    return watched(
      monitor,
      file,
      () => copyOne(task, step, unwatched),
      () => sizeBytes,
    );
  };
  try {
    for await (const outcome of mapInOrder(steps, copy.parallel, run, copy.parallel * waitingFor)) {
      const { item } = outcome;
      if ('error' in outcome) {
        // a full disk will not take the next one either
        if (signal.aborted || isCloudError(outcome.error, 'QuotaExceeded')) throw outcome.error;
        out.fail(item.from, outcome.error);
        continue;
      }
      done.push(item);
      out.done();
      // names are made when they are asked for
      if (options.quiet) continue;
      const { from, to, entry } = item;
      const sizeBytes = entry.info?.sizeBytes;
      await out.action(`${copy.verb} ${from} ${to}`, {
        ...copy.about,
        source: from,
        destination: to,
        ...(sizeBytes !== undefined && { sizeBytes }),
      });
    }
  } finally {
    live?.stop();
  }
  return done;
}

/**
 * Take away the folders of a disk that are empty now, innermost first.
 *
 * @param keys of files that were there, from the disk's root
 * @param border the path of the last folder that may go
 */
export async function pruneFolders(task: Task, keys: readonly string[], border: string): Promise<void> {
  const folders = new Set<string>();
  for (const key of keys) {
    for (
      let path = `/${key}`.replace(/\/[^/]*$/, '');
      path.length >= border.length && path.startsWith(border);
      path = path.replace(/\/[^/]*$/, '')
    )
      folders.add(path);
  }
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) await removeEmptyFolder(task, folder);
}
