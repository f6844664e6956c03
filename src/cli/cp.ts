/**
 * `anyfile cp` and `anyfile mv`: files and folders, between disks, buckets, the web and standard output.
 *
 * @module
 */
import { rmdir } from 'node:fs/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { CloudFiles, isCloudError, type EncodingOption } from '../index.ts';
import { printFiles } from './cat.ts';
import { findClashes, foldsNames } from './clash.ts';
import { ItemError, UsageError, type Task } from './io.ts';
import { parseParallel } from './options.ts';
import { gather, isMarker, layOut, lookAt, refusal, type Step } from './plan.ts';
import { mapInOrder } from './pool.ts';
import { startBar } from './progress.ts';
import { parseGlob } from './glob.ts';
import type { Start } from './run.ts';
import { fromStdin } from './select.ts';
import { isDisk } from './session.ts';

interface CpOptions {
  recursive?: boolean;
  compression: EncodingOption | 'same';
  blockSize?: number;
}

/** Encodings by all their names, and what they add to a name on a disk. */
const SUFFIXES: Readonly<Record<string, string>> = {
  gzip: '.gz',
  br: '.br',
  zstd: '.zstd',
  bz2: '.bz2',
  bzip2: '.bz2',
  xz: '.xz',
  lzma: '.xz',
};
const ENCODINGS: readonly string[] = ['same', 'none', ...Object.keys(SUFFIXES)];
const width = 32;

function parseCompression(text: string): string {
  if (!ENCODINGS.includes(text)) throw new InvalidArgumentError(`Write one of ${ENCODINGS.join(', ')}.`);
  return text;
}

/** Rejects with NotSupported, before anything is touched, when this version has no such codec. */
async function checkCodec({ client, signal }: Task, encoding: EncodingOption): Promise<void> {
  await new CloudFiles('mem://codec-check', { client }).put('x', new Uint8Array(0), { compress: encoding, signal });
}

/** The name under which a step's bytes will be on a disk: an encoding shows in it. */
async function storedName(task: Task, { entry, name }: Step, encoding: EncodingOption | undefined): Promise<string> {
  const { session, signal } = task;
  if (encoding === undefined && session.suffixed(entry.root)) return name + entry.key.slice(entry.name.length);
  const stored = encoding ?? (await session.files(entry.root).head(entry.name, { signal }))?.contentEncoding;
  const ending = SUFFIXES[String(stored)] ?? '';
  return name.endsWith(ending) ? name : name + ending;
}

/** Steps that can be made. Others are told: names that lead out, that the destination cannot hold together, or that stay where they are. */
async function feasible(task: Task, steps: readonly Step[], encoding: EncodingOption | undefined): Promise<Step[]> {
  const { session, out, options } = task;
  const root = steps[0]?.root;
  if (root === undefined) return [];
  const disk = isDisk(root);
  const place = { keysAsPrefixes: !disk, folds: disk && (await foldsNames(session.files(root).url.replace('file://', ''))) };
  const names = steps.map(({ name }) => name);
  // `x` may become `x.gz`: looked into only where both names are there
  const all = new Set(names);
  const paired = (name: string): boolean => Object.values(SUFFIXES).some((suffix) => all.has(name + suffix));
  if (disk) for (const [i, step] of steps.entries()) if (paired(step.name)) names[i] = await storedName(task, step, encoding);
  const clashes = findClashes(names, place);
  const good: Step[] = [];
  let index = 0;
  for await (const outcome of mapInOrder(steps, options.parallel ?? width, (step) => refusal(task, step))) {
    if ('error' in outcome) throw outcome.error;
    const { item, value: reason } = outcome;
    const other = clashes.get(index++);
    if (reason) out.fail(item.from, reason);
    else if (other !== undefined) out.fail(item.from, new ItemError(`clashes with ${other} at the destination (not copied)`));
    else if (item.from === item.to && encoding === undefined)
      out.fail(item.from, new ItemError('source and destination are the same file'));
    else good.push(item);
  }
  return good;
}

async function guessType(name: string): Promise<string | undefined> {
  const { default: mime } = await import('mime');
  return mime.getType(name) ?? undefined;
}

async function copyOne(task: Task, step: Step, encoding: EncodingOption | undefined, moves: boolean): Promise<void> {
  const { session, signal } = task;
  const { entry, root, name } = step;
  const to = session.files(root);
  // disks do not know types; their names do
  const contentType = isDisk(entry.root) && session.store(root).capabilities.headers ? await guessType(entry.name) : undefined;
  await session.files(entry.root).transferTo(to, {
    paths: [{ path: entry.name, destPath: name }],
    signal,
    ...(contentType !== undefined && { contentType }),
    ...(encoding !== undefined && { reencode: encoding }),
  });
  if (!moves) return;
  const { errors } = await session.store(entry.root).delete([entry.key], { signal });
  if (errors[0]) throw errors[0].error;
}

/** Take away the folders of a disk that are empty now, innermost first, up to the one that was named. */
async function pruneFolders(moved: readonly Step[], border: string): Promise<void> {
  const folders = new Set<string>();
  for (const { entry } of moved) {
    if (!isDisk(entry.root)) continue;
    for (
      let path = `/${entry.key}`.replace(/\/[^/]*$/, '');
      path.length >= border.length && path.startsWith(border);
      path = path.replace(/\/[^/]*$/, '')
    )
      folders.add(path);
  }
  // one that is not empty stays
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) await rmdir(folder).catch(() => {});
}

async function copyAll(task: Task, steps: readonly Step[], encoding: EncodingOption | undefined, parallel: number): Promise<Step[]> {
  const { name: operation, out, options, signal } = task;
  const done: Step[] = [];
  const bar = await startBar(
    task,
    options.dryRun ? 0 : steps.length,
    steps.reduce((sum, { entry }) => sum + (entry.info?.sizeBytes || 0), 0),
  );
  const run = (step: Step): Promise<void> => (options.dryRun ? Promise.resolve() : copyOne(task, step, encoding, operation === 'mv'));
  try {
    for await (const outcome of mapInOrder(steps, parallel, run)) {
      const { item } = outcome;
      const { from, to, entry } = item;
      const sizeBytes = entry.info?.sizeBytes;
      bar.add(sizeBytes || 0);
      if ('error' in outcome) {
        // a full disk will not take the next one either
        if (signal.aborted || isCloudError(outcome.error, 'QuotaExceeded')) throw outcome.error;
        out.fail(from, outcome.error);
        continue;
      }
      done.push(item);
      out.done();
      await out.action(`${operation} ${from} ${to}`, {
        operation,
        source: from,
        destination: to,
        ...(sizeBytes !== undefined && { sizeBytes }),
      });
    }
  } finally {
    bar.stop();
  }
  return done;
}

async function copy(task: Task, paths: readonly string[], given: CpOptions): Promise<void> {
  const { session, options, signal } = task;
  const sources = paths.slice(0, -1);
  const target = paths.at(-1);
  if (sources.length === 0 || target === undefined) throw new UsageError('a source and a destination are needed');
  const piped = fromStdin(sources);
  const moves = task.name === 'mv';
  const encoding = given.compression === 'same' ? undefined : given.compression;
  if (encoding !== undefined && encoding !== 'none') await checkCodec(task, encoding);
  const deep = moves || given.recursive === true;
  if (target === '-') {
    if (moves) throw new UsageError('mv needs a place to move to');
    const files = (await gather(task, sources, deep)).map(({ entry }) => entry);
    return printFiles(
      task,
      files.filter((entry) => !isMarker(entry)),
    );
  }
  const destination = await lookAt(task, target);
  if (sources.length > 1 && !destination.isFolder) throw new ItemError('the destination must be a directory for several sources');
  const found = await gather(task, sources, deep);
  const files = found.filter(({ entry }) => !isMarker(entry));
  const steps = await feasible(task, await layOut(task, files, destination), encoding);
  const done = await copyAll(task, steps, encoding, given.blockSize ?? options.parallel ?? width);
  if (!moves || options.dryRun) return;
  if (done.length === files.length)
    for (const { entry } of found) if (isMarker(entry)) await session.store(entry.root).delete(entry.key, { signal });
  for (const source of piped ? [] : sources) {
    const { root, location } = await session.parse(source);
    if (isDisk(root) && !parseGlob(source)) await pruneFolders(done, location.path.replace(/\/$/, ''));
  }
}

/** Add the commands. */
export function addCp(program: Command, start: Start): void {
  for (const name of ['cp', 'mv']) {
    program
      .command(name)
      .description(
        name === 'cp'
          ? 'copy files, and with -r folders; SRC may be patterns or - (names from standard input), DST may be - (standard output)'
          : 'move files and folders: copy, then delete what was copied',
      )
      .argument('<path...>', 'SRC… DST')
      .option('-r, --recursive', name === 'cp' ? 'folders with all that is in them' : 'always so')
      .addOption(
        new Option('-c, --compression <encoding>', 'same (as stored), none, gzip, br, zstd, bz2 or xz')
          .argParser(parseCompression)
          .default('same'),
      )
      .addOption(new Option('-b, --block-size <n>', 'files in flight').argParser(parseParallel))
      .action((paths: string[], options: CpOptions, command: Command) => start(command, (task) => copy(task, paths, options)));
  }
}
