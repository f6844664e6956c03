/**
 * `anyfile xfer`: jobs that move many files, kept in a file or a queue, so that they outlive the program.
 *
 * @module
 */
import { open } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import {
  isCloudError,
  openTransfer,
  redactUrl,
  type EncodingOption,
  type JobProgress,
  type TransferJob,
  type TransferStatus,
} from '../index.ts';
import { addChartOptions, startRecording, type ChartFlags } from './charts/recording.ts';
import { parseCompression } from './cp.ts';
import { ItemError, UsageError, type Task } from './io.ts';
import { clock, startLive } from './live.ts';
import { parseCount, parseParallel } from './options.ts';
import type { Start } from './run.ts';
import { stdinLines } from './stdin.ts';
import { addXferExport } from './xfer-export.ts';

interface PlaceOptions {
  db?: string;
  queue?: string;
}

interface InitOptions extends PlaceOptions {
  compression: EncodingOption | 'same';
  txt?: string;
  force?: boolean;
}

interface ExecuteOptions extends PlaceOptions, ChartFlags {
  leaseMsec?: number;
  blockSize?: number;
}

interface StatusOptions extends PlaceOptions {
  failures?: boolean;
}

/** Between two looks at a job that is worked on, to tell its rate. */
const LOOK_MS = 1000;

/** Where the job is: a file, or a queue's address, which is never to be printed whole. */
function placeOf(db: string | undefined, { queue }: PlaceOptions): { where: string; shown: string } {
  if ((db === undefined) === (queue === undefined)) throw new UsageError('one place of the job is needed: a database file, or --queue URL');
  if (queue !== undefined && !/^(postgres(ql)?|rediss?):\/\//i.test(queue)) throw new UsageError('a queue is at postgres://… or redis://…');
  const where = queue ?? db ?? '';
  return { where, shown: queue === undefined ? where : redactUrl(queue) };
}

/** Do something with a job. What the library refuses of the command line is a mistake there. */
async function withJob<T>({ client }: Task, place: { where: string; shown: string }, work: (job: TransferJob) => Promise<T>): Promise<T> {
  let job: TransferJob | undefined;
  try {
    job = await openTransfer(place.where, { client });
    return await work(job);
  } catch (error) {
    if (isCloudError(error, 'NotFound') && error.status === undefined) throw new ItemError(`${place.shown}: there is no job`, 'NotFound');
    if (isCloudError(error, 'InvalidArgument') || isCloudError(error, 'InvalidUrl') || isCloudError(error, 'UnsupportedProtocol'))
      throw new UsageError(error.message);
    throw error;
  } finally {
    await job?.close();
  }
}

/** Lines of a file, which is opened at once: a list that is not there must not leave half a job. */
async function linesOf(path: string): Promise<AsyncGenerator<string, void, undefined>> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new ItemError(`${path}: ${error.code === 'ENOENT' ? 'does not exist' : 'cannot be read'}`, 'NotFound');
  });
  return (async function* () {
    for await (const line of file.readLines()) if (line !== '') yield line;
  })();
}

async function init(task: Task, source: string, dest: string, given: InitOptions): Promise<void> {
  const { session, out, options, client, signal } = task;
  const place = placeOf(given.db, given);
  // also loads the aliases that are named
  for (const text of [source, dest]) await session.parse(text);
  const paths = given.txt === undefined ? undefined : given.txt === '-' ? stdinLines(task) : await linesOf(given.txt);
  if (options.dryRun) {
    for await (const name of paths ?? client.files(source).list({ signal })) {
      await out.action(name, { operation: task.name, path: name });
      out.done();
    }
    return;
  }
  await withJob(task, place, async (job) => {
    const { compression } = given;
    const info = await job.init(source, dest, {
      force: given.force,
      signal,
      ...(paths && { paths }),
      ...(compression !== 'same' && { reencode: compression }),
    });
    out.done(info.total);
    const { total, source: from, dest: to } = info;
    await out.action(`${total} files from ${from} to ${to}: ${place.shown}`, {
      operation: task.name,
      job: place.shown,
      source: from,
      destination: to,
      total,
    });
  });
}

/** Tell which files failed for good. */
async function tellFailures({ out, signal }: Task, job: TransferJob): Promise<void> {
  for await (const { name, error, isFinal, attempts } of job.failures({ signal })) {
    if (!isFinal) continue;
    const [, code = 'Failed', text = error] = /^(\w+): (.*)$/s.exec(error) ?? [];
    out.fail(name, new ItemError(`${text}${attempts > 1 ? ` (${attempts} attempts)` : ''}`, code));
  }
}

async function execute(task: Task, db: string | undefined, given: ExecuteOptions): Promise<void> {
  const { out, options, signal } = task;
  const place = placeOf(db, given);
  await withJob(task, place, async (job) => {
    let state: JobProgress = await job.status({ signal });
    if (options.dryRun) {
      const left = state.total - state.finished;
      return await out.action(`${left} files to transfer: ${place.shown}`, { operation: task.name, job: place.shown, left });
    }
    const recording = await startRecording(task, given);
    const live = await startLive(task, {
      totalFiles: state.total,
      totalBytes: 0,
      figures: () => ({ doneFiles: state.finished, doneBytes: 0, failedFiles: state.failed, inFlight: state.leased }),
    });
    const ended = await job
      .execute({
        signal,
        ...(given.leaseMsec && { leaseMs: given.leaseMsec }),
        ...(given.blockSize && { batchSize: given.blockSize }),
        ...(options.parallel && { parallel: options.parallel }),
        monitor: recording.monitor,
        progress(now) {
          state = now;
          live.show();
        },
      })
      .finally(() => {
        live.stop();
        return recording.save();
      });
    const { total, finished, failed, transferred } = ended;
    out.done(transferred);
    await out.action(`${transferred} files transferred, ${finished} of ${total} finished: ${place.shown}`, {
      operation: task.name,
      job: place.shown,
      transferred,
      total,
      finished,
      failed,
    });
    await tellFailures(task, job);
    if (finished + failed < total) throw new ItemError(`the job was cancelled: ${total - finished - failed} files are left`, 'Cancelled');
    // a queue is kept for the others who work on it, and for `status`
    if (finished === total && given.queue === undefined) await job.close({ remove: true });
  });
}

/** Files a second and what is left, of a job that somebody works on. */
async function rateOf(
  job: TransferJob,
  first: TransferStatus,
  signal: AbortSignal,
): Promise<{ filesPerSecond?: number; secondsLeft?: number }> {
  if (first.leased === 0) return {};
  const begun = performance.now();
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, LOOK_MS);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
  const then = await job.status({ signal });
  const filesPerSecond = ((then.finished - first.finished) / (performance.now() - begun)) * 1000;
  const left = then.total - then.finished - then.failed;
  return { filesPerSecond, ...(filesPerSecond > 0 && { secondsLeft: Math.round(left / filesPerSecond) }) };
}

async function status(task: Task, db: string | undefined, given: StatusOptions): Promise<void> {
  const { out, signal } = task;
  const place = placeOf(db, given);
  await withJob(task, place, async (job) => {
    const now = await job.status({ signal });
    const { filesPerSecond, secondsLeft } = await rateOf(job, now, signal);
    const { source, dest, reencode, created, total, finished, leased, failed } = now;
    const rate = filesPerSecond === undefined ? '' : `, ${filesPerSecond.toFixed(1)} files/s`;
    const eta = secondsLeft === undefined ? '' : `, ETA ${clock(secondsLeft)}`;
    await out.data(`${source} -> ${dest}: ${finished} of ${total} finished, ${leased} under way, ${failed} failed${rate}${eta}`, {
      source,
      destination: dest,
      reencode,
      created: created.toISOString(),
      total,
      finished,
      leased,
      failed,
      ...(filesPerSecond !== undefined && { filesPerSecond }),
      ...(secondsLeft !== undefined && { secondsLeft }),
    });
    out.done();
    if (!given.failures) return;
    for await (const failure of job.failures({ signal })) {
      const { name, error, attempts, isFinal } = failure;
      await out.data(`${name}: ${error} (${attempts} attempts${isFinal ? '' : ', tried again'})`, { failure });
    }
  });
}

/** What changes a job in one step. */
const CHANGES: Readonly<Record<string, { text: string; run(job: TransferJob, task: Task): Promise<object> }>> = {
  release: {
    text: 'take all files back from whoever holds them; to be done before cloud-files goes on with a job',
    async run(job) {
      await job.release();
      return {};
    },
  },
  retry: {
    text: 'let files that failed be tried again, and a job that was cancelled go on',
    run: async (job, { signal }) => ({ files: await job.retry({ signal }) }),
  },
  cancel: {
    text: 'stop a job for all who work on it',
    async run(job, { signal }) {
      await job.cancel({ signal });
      return {};
    },
  },
};

async function change(task: Task, name: string, db: string | undefined, given: PlaceOptions): Promise<void> {
  const place = placeOf(db, given);
  await withJob(task, place, async (job) => {
    await job.status({ signal: task.signal });
    const done = task.options.dryRun ? {} : await CHANGES[name]!.run(job, task);
    task.out.done();
    const text = 'files' in done ? `${name} ${String(done.files)} files: ${place.shown}` : `${name} ${place.shown}`;
    await task.out.action(text, { operation: task.name, job: place.shown, ...done });
  });
}

const queueOption = (): Option => new Option('--queue <url>', 'a queue for many machines: postgres://… or redis://…, ?job=NAME');

/** Add the command. */
export function addXfer(program: Command, start: Start): void {
  const xfer = program.command('xfer').description('transfers of many files that outlive the program');
  xfer
    .command('init')
    .description('make a job: list the source, or take names from a list')
    .argument('<src>', 'a folder')
    .argument('<dst>', 'where the same names will be')
    .addOption(
      new Option('-c, --compression <encoding>', 'same (as stored), none, gzip, br, zstd, bz2 or xz')
        .argParser(parseCompression)
        .default('same'),
    )
    .option('--db <file>', 'the SQLite file of the job; another one for each job')
    .addOption(queueOption())
    .option('--txt <list>', 'a file of names below the source, one a line; - for standard input')
    .option('--force', 'replace a job that is not finished')
    .action((src: string, dst: string, options: InitOptions, command: Command) => start(command, (task) => init(task, src, dst, options)));
  for (const name of ['execute', 'work'])
    addChartOptions(
      xfer
        .command(name)
        .description(
          name === 'execute'
            ? 'transfer what is left of a job; several may do so at once. The file is taken away when all is finished'
            : 'the same: work on a queue',
        )
        .argument('[db]', 'the SQLite file of the job')
        .addOption(queueOption())
        .addOption(
          new Option('--lease-msec <ms>', 'how long files are this program’s when it falls silent; 0: 10 minutes').argParser(parseCount),
        )
        .addOption(new Option('-b, --block-size <n>', 'files that are taken at a time (default: 200)').argParser(parseParallel)),
    ).action((db: string | undefined, options: ExecuteOptions, command: Command) => start(command, (task) => execute(task, db, options)));
  xfer
    .command('status')
    .description('how far a job is')
    .argument('[db]', 'the SQLite file of the job')
    .addOption(queueOption())
    .option('--failures', 'also the files that failed, and why')
    .action((db: string | undefined, options: StatusOptions, command: Command) => start(command, (task) => status(task, db, options)));
  for (const [name, { text }] of Object.entries(CHANGES))
    xfer
      .command(name)
      .description(text)
      .argument('[db]', 'the SQLite file of the job')
      .addOption(queueOption())
      .action((db: string | undefined, options: PlaceOptions, command: Command) =>
        start(command, (task) => change(task, name, db, options)),
      );
  addXferExport(xfer, start);
}
