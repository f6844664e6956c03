/**
 * A job is made in IndexedDB, ten chunks a transaction.
 *
 * @module
 */
import { promisifyRequest, type Database } from '../../cache/container/idb-database.ts';
import { CloudError } from '../../errors.ts';
import { throwIfAborted } from '../../util/abort.ts';
import { randomName } from '../../util/random-name.ts';
import type { CreateJobOptions, JobSpec } from '../types.ts';
import { CHUNK, chunkKey, chunkOf, JOB, type JobRecord } from './records.ts';

/** Names in a transaction. */
const TRANSACTION = 10 * CHUNK;

/** Read the job. */
export const readRecord = (db: Database): Promise<JobRecord | undefined> =>
  db.transact('readonly', (store) => promisifyRequest(store.get(JOB) as IDBRequest<JobRecord | undefined>));

/** Keep names behind those that are there, whose number is whole chunks. */
async function append(db: Database, record: JobRecord, names: readonly string[]): Promise<void> {
  await db.transact('readwrite', async (store) => {
    for (let at = 0; at < names.length; at += CHUNK) store.put(chunkOf(names.slice(at, at + CHUNK)), chunkKey((record.total + at) / CHUNK));
    store.put({ ...record, total: record.total + names.length }, JOB);
  });
  record.total += names.length;
}

/** Make a job. @throws CloudError `AlreadyExists`, `InvalidArgument` */
export async function makeJob(
  db: Database,
  spec: JobSpec,
  names: Iterable<string> | AsyncIterable<string>,
  { force, resume, signal }: CreateJobOptions,
): Promise<JobRecord> {
  const before = await readRecord(db);
  if (before && !before.making && !force && before.finished < before.total)
    throw new CloudError('there is a job that is not finished', { code: 'AlreadyExists' });
  const { source, dest, reencode } = spec;
  const what = JSON.stringify({ source, dest, reencode, list: resume?.list });
  const goesOn = resume && before?.making?.what === what && before.making.position !== undefined;
  const fresh = { source, dest, reencode, created: Date.now(), id: randomName(8), total: 0, finished: 0, failed: 0, cancelled: false };
  const record: JobRecord = goesOn ? before : { ...fresh, making: { what, position: undefined } };
  if (!goesOn)
    await db.transact('readwrite', async (store) => {
      store.clear();
      store.put(record, JOB);
    });
  let waiting: string[] = [];
  for await (const name of goesOn ? resume.from(before.making!.position!) : names) {
    throwIfAborted(signal);
    if (typeof name !== 'string' || name === '' || name.includes('\0'))
      throw new CloudError('a name of a file is text, not empty and without NUL', { code: 'InvalidArgument' });
    if (waiting.push(name) < TRANSACTION) continue;
    record.making = { what, position: resume?.position() };
    await append(db, record, waiting);
    waiting = [];
  }
  const { making: _, ...whole } = record;
  await append(db, whole, waiting);
  return whole;
}
