/**
 * `anyfile cp` and `anyfile mv`: files and folders, between disks, buckets, the web and standard output.
 *
 * @module
 */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { CloudFiles, type EncodingOption } from '../index.ts';
import { printFiles } from './cat.ts';
import { addChartOptions, startRecording, wantsCharts, type ChartFlags } from './charts/recording.ts';
import { copyAll, pruneFolders } from './copy.ts';
import { parseGlob } from './glob.ts';
import { ItemError, UsageError, type Task } from './io.ts';
import { parseParallel, parseSize } from './options.ts';
import { gather, isMarker, layOut, lookAt, type Step } from './plan.ts';
import type { Start } from './run.ts';
import { fromStdin } from './select.ts';
import { isDisk } from './session.ts';
import { copyWidth, feasible, SUFFIXES } from './steps.ts';

interface CpOptions extends ChartFlags {
  recursive?: boolean;
  compression: EncodingOption | 'same';
  blockSize?: number;
  partBytes?: number;
  resumable?: boolean;
}

const ENCODINGS: readonly string[] = ['same', 'none', ...Object.keys(SUFFIXES)];

/** Parse the name of an encoding, or `same`. */
export function parseCompression(text: string): string {
  if (!ENCODINGS.includes(text)) throw new InvalidArgumentError(`Write one of ${ENCODINGS.join(', ')}.`);
  return text;
}

/** S3 takes parts of 5 MiB to 5 GiB. */
function parsePartBytes(text: string): number {
  const size = parseSize(text);
  if (size < 5 << 20 || size > 5 * 2 ** 30) throw new InvalidArgumentError('Parts have 5 MiB to 5 GiB.');
  return size;
}

/** Rejects with NotSupported, before anything is touched, when this version has no such codec. */
async function checkCodec({ signal }: Task, encoding: EncodingOption): Promise<void> {
  // in a memory of its own: in a dry run the client writes nothing
  await new CloudFiles('mem://codec-check').put('x', new Uint8Array(0), { compress: encoding, signal });
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
    if (wantsCharts(given)) throw new UsageError('charts are of files that are copied to a place');
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
  const steps = await feasible(task, await layOut(task, files, destination), { encoding, moves });
  const recording = await startRecording(task, given);
  let done: Step[];
  try {
    done = await copyAll(task, steps, {
      encoding,
      moves,
      partBytes: given.partBytes,
      resumable: given.resumable,
      parallel: given.blockSize ?? options.parallel ?? copyWidth,
      verb: task.name,
      about: { operation: task.name },
      monitor: recording.monitor,
    });
  } finally {
    await recording.save();
  }
  if (!moves || options.dryRun) return;
  if (done.length === files.length)
    for (const { entry } of found) if (isMarker(entry)) await session.store(entry.root).delete(entry.key, { signal });
  for (const source of piped ? [] : sources) {
    const { root, location } = await session.parse(source);
    if (!isDisk(root) || parseGlob(source)) continue;
    const moved = done.filter(({ entry }) => isDisk(entry.root)).map(({ entry }) => entry.key);
    await pruneFolders(task, moved, location.path.replace(/\/$/, ''));
  }
}

/** Add the commands. */
export function addCp(program: Command, start: Start): void {
  for (const name of ['cp', 'mv']) {
    const command = program
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
      .addOption(
        new Option('--part-bytes <size>', 'size of the parts in which larger files go to a bucket: 64MiB, 1e8').argParser(parsePartBytes),
      )
      .option('--resumable', 'large files go on where an earlier run ended');
    addChartOptions(command).action((paths: string[], options: CpOptions, command: Command) =>
      start(command, (task) => copy(task, paths, options)),
    );
  }
}
