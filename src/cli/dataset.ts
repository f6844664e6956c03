/**
 * `anyfile dataset`: folders of datafiles, on a disk, in a bucket or behind a signed URL.
 *
 * @module
 */
import { Option, type Command } from 'commander';
import { attempt } from './attempt.ts';
import { collect, filterFiles, parseFilters, type Filter } from './assign.ts';
import { lineOf, recordOf } from './datafile.ts';
import { download, upload } from './dataset-move.ts';
import { openAt, totalText, type ChoiceOptions } from './dataset-open.ts';
import { verify } from './dataset-verify.ts';
import type { Task } from './io.ts';
import type { Start } from './run.ts';
import { parseExpiry } from './sign.ts';

async function list(task: Task, path: string, options: ChoiceOptions, filters: readonly Filter[]): Promise<void> {
  const { out, session } = task;
  const place = await session.parse(path);
  // S3 tells metadata of one object at a time: nobody is asked when the listing answers all
  const known = filters.length === 0 || !place.root.startsWith('s3:') || !filters.every(({ listed }) => listed);
  const opened = await openAt(task, path, options, !known);
  if (!opened) return;
  const { dataset, below, shown } = opened;
  const files = [...filterFiles(dataset.files, filters)];
  let sizeBytes = 0;
  for (const datafile of files) {
    const pathInDataset = below(datafile);
    sizeBytes += datafile.sizeBytes || 0;
    await out.data(lineOf(datafile, { path: pathInDataset, known }), recordOf(datafile, { path: shown(datafile), pathInDataset, known }));
  }
  await out.data(totalText(files.length, sizeBytes), { total: { files: files.length, sizeBytes } });
  out.done();
}

async function sign(task: Task, path: string, expiresInMs: number): Promise<void> {
  const { out, options, signal } = task;
  const opened = await openAt(task, path, {});
  if (!opened) return;
  const { dataset, place } = opened;
  await attempt(task, place.shown, async () => {
    // a document is written for it
    if (options.dryRun) await out.action(`dataset sign ${place.shown}`, { operation: 'dataset sign', path: place.shown });
    else {
      const url = await dataset.generateSignedUrl({ expiresInMs, signal });
      await out.data(url, { path: place.shown, url, expires: new Date(Date.now() + expiresInMs) });
    }
    out.done();
  });
}

/** Add the commands. */
export function addDataset(program: Command, start: Start): void {
  const dataset = program.command('dataset').description('datasets: folders of files with metadata, on a disk, in a bucket, or signed for');
  const choosing = (name: string, description: string): Command =>
    dataset
      .command(name)
      .description(description)
      .argument('<path>')
      .option('--include <glob>', 'only such files: *.csv, raw/**, {a,b}*', collect)
      .option('--exclude <glob>', 'no such files', collect)
      .option('--no-recursive', 'one level');
  choosing('ls', 'size, timestamp, labels, tags and path of each file, with tabs between').action(
    (path: string, options: ChoiceOptions, command: Command) => start(command, (task) => list(task, path, options, [])),
  );
  choosing('filter', 'the same of the files for which all filters hold')
    .option('--filter <name=value>', 'labels__contains=raw, tags__site__equals=north, size_bytes__gt=1000, …', collect)
    .action((path: string, options: ChoiceOptions & { filter?: string[] }, command: Command) =>
      start(command, (task) => list(task, path, options, parseFilters(options.filter ?? []))),
    );
  choosing('upload', 'send a dataset with its metadata to a bucket; what is there already is not sent again')
    .argument('<target>')
    .action((path: string, target: string, options: ChoiceOptions, command: Command) =>
      start(command, (task) => upload(task, path, target, options)),
    );
  choosing('download', 'bring a dataset with its metadata to a folder; what is there already is not fetched again')
    .argument('<target>')
    .action((path: string, target: string, options: ChoiceOptions, command: Command) =>
      start(command, (task) => download(task, path, target, options)),
    );
  choosing('verify', 'read every file and hold it to its checksum; with --against compare with another dataset')
    .option('--against <other>', 'a dataset that must hold the same files with the same metadata')
    .action((path: string, options: ChoiceOptions & { against?: string }, command: Command) =>
      start(command, (task) => verify(task, path, options)),
    );
  dataset
    .command('sign')
    .description('print a signed URL: whoever has it may read the whole dataset until it expires')
    .argument('<path>')
    .addOption(
      new Option('--expires <duration>', 'life of the URL: 15m, 2h, 7d; a bare number is seconds')
        .argParser(parseExpiry)
        .default(3_600_000, '1h'),
    )
    .action((path: string, { expires }: { expires: number }, command: Command) => start(command, (task) => sign(task, path, expires)));
}
