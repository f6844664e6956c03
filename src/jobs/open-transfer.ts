/**
 * Where a transfer job is kept.
 *
 * @module
 */
import { absolutePath } from '#platform';
import { CloudError } from '../errors.ts';
import { sessionOf, type SessionOptions } from '../store/session.ts';
import { parseUrl } from '../url/parse.ts';
import type { TransferJob } from './transfer-job.ts';
import type { JobStore } from './types.ts';

/** The store of a job. @param where see {@link openTransfer} */
async function openJobStore(where: string): Promise<JobStore> {
  if (/^(postgres(ql)?|rediss?):\/\//i.test(where)) {
    const { openQueueStore } = await import('./queue/open-queue.ts');
    return await openQueueStore(where);
  }
  const inBrowser = /^idb:\/\/([^/?#]+)$/.exec(where)?.[1];
  if (inBrowser !== undefined) return (await import('./idb/idb-store.ts')).createIdbStore(inBrowser);
  const { protocol, path } = parseUrl(where);
  if (protocol !== 'file')
    throw new CloudError('a job is kept in a file on a disk, at idb://NAME, postgres://… or redis://…', { code: 'UnsupportedProtocol' });
  return (await import('./sqlite/sqlite-store.ts')).createSqliteStore(absolutePath(path));
}

/**
 * Open a transfer job: a list of files with what became of each, which outlives the program. Nothing is touched before the first call.
 *
 * @param where path of a SQLite file, which cloud-files may have begun and may finish (Node, Bun, Deno); `idb://NAME` (browsers, one tab a
 * job);
 *   `postgres://…` or `redis://…` for many machines
 * @param options those of a client, or a client: with which files are read and written
 * @throws CloudError `UnsupportedProtocol`, `InvalidUrl`, `NotSupported`
 * @example
 * const job = await openTransfer('job.db', { client });
 * await job.init('s3://bucket/data', 'gs://other/data');
 * const { finished, failed } = await job.execute({ progress: ({ finished, total }) => show(finished / total) });
 * await job.close({ remove: failed === 0 });
 */
export async function openTransfer(where: string, options: SessionOptions = {}): Promise<TransferJob> {
  const { createTransferJob } = await import('./transfer-job.ts');
  const store = await openJobStore(where);
  const { context, isOurs } = sessionOf(options);
  return createTransferJob(store, context, isOurs ? () => context.close() : undefined);
}
