/**
 * `anyfile dataset upload` and `download`.
 *
 * @module
 */
import type { MovedFile } from '../index.ts';
import { openAt, totalText, type ChoiceOptions, type Opened } from './dataset-open.ts';
import { UsageError, type Task } from './io.ts';
import { startBar } from './progress.ts';
import { isDisk, isWeb } from './session.ts';

/** Both ways; `run` does it. */
async function move(
  task: Task,
  opened: Opened,
  target: string,
  run: (onFile: (file: MovedFile) => void) => Promise<unknown>,
): Promise<void> {
  const { name: operation, out, options, signal } = task;
  const { dataset, below, shown } = opened;
  const order = [...dataset].map((datafile) => ({ path: below(datafile), source: shown(datafile), sizeBytes: datafile.sizeBytes || 0 }));
  const bar = await startBar(task, options.dryRun ? 0 : order.length, dataset.totalBytes || 0);
  const ended = new Map<string, MovedFile>();
  const told = new Set<unknown>();
  const total = { files: 0, sizeBytes: 0, skipped: 0 };
  let failed = 0;
  let next = 0;
  let last = Promise.resolve();

  const tell = ({ path, sizeBytes, skipped, error }: MovedFile, source: string): void => {
    const destination = `${target}/${path}`;
    if (error !== undefined) {
      failed++;
      told.add(error);
      if (!signal.aborted) out.fail(source, error);
      return;
    }
    total.files++;
    total.sizeBytes += sizeBytes;
    if (skipped) total.skipped++;
    out.done();
    const text = `${operation} ${source} ${destination}${skipped ? ' (there already)' : ''}`;
    last = last.then(() => out.action(text, { operation, source, destination, sizeBytes, skipped }));
  };
  /** Told in the order of the files, so that what is printed does not depend on the network. */
  const onFile = (file: MovedFile): void => {
    ended.set(file.path, file);
    bar.add(file.sizeBytes);
    for (let file; next < order.length && (file = ended.get(order[next]!.path)); next++) tell(file, order[next]!.source);
  };

  let failure: { error: unknown } | undefined;
  try {
    await run(onFile);
  } catch (error) {
    failure = { error };
  } finally {
    bar.stop();
  }
  // those behind one that was not there to be moved
  for (const { path, source } of order.slice(next)) if (ended.has(path)) tell(ended.get(path)!, source);
  await last;
  if (failure && signal.aborted) throw failure.error;
  if (failure && !told.has(failure.error)) {
    failed++;
    out.fail(target, failure.error);
  }
  const skipped = total.skipped > 0 ? `, ${total.skipped} there already` : '';
  const rest = failed > 0 ? ', not the metadata of the dataset' : '';
  await out.action(`${operation} ${target}: ${totalText(total.files, total.sizeBytes)}${skipped}${rest}`, { operation, total });
}

/** Upload a dataset to a bucket. */
export async function upload(task: Task, path: string, target: string, options: ChoiceOptions): Promise<void> {
  const { session, signal } = task;
  const { parallel, dryRun } = task.options;
  const { root, key } = await session.parse(target);
  if (isDisk(root) || isWeb(root)) throw new UsageError('upload goes to a bucket: s3://…, gs://…');
  const opened = await openAt(task, path, options);
  if (!opened) return;
  const to = session.url(root, key).replace(/\/+$/, '');
  await move(task, opened, to, (onFile) => opened.dataset.upload(to, { onFile, parallel, signal, progress: false, dryRun }));
}

/** Download a dataset to a folder. */
export async function download(task: Task, path: string, target: string, options: ChoiceOptions): Promise<void> {
  const { session, signal } = task;
  const { parallel, dryRun } = task.options;
  const { root, location } = await session.parse(target);
  if (!isDisk(root)) throw new UsageError('download goes to a folder of this machine');
  if (isDisk((await session.parse(path)).root)) throw new UsageError('download comes from a bucket or a signed URL: use cp -r');
  const opened = await openAt(task, path, options);
  if (!opened) return;
  const to = location.path.replace(/(?<=.)\/+$/, '');
  await move(task, opened, to, (onFile) => opened.dataset.download(to, { onFile, parallel, signal, progress: false, dryRun }));
}
