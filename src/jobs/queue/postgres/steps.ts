/**
 * What is done inside one transaction, pg-boss's part and ours together.
 *
 * @module
 */
import { CloudError } from '../../../errors.ts';
import type { ProcessMark, Processes } from '../../../platform/types.ts';
import { pauseAfter } from '../../backoff.ts';
import {
  CHUNK_FILES,
  byChunk,
  cut,
  hasBit,
  setBit,
  openFiles,
  type Item,
  type Outcome,
  type Range,
  type Told,
  type Tried,
} from '../backend.ts';
import type { Attempt, Boss, BossJob, Db, Row } from './boss.ts';
import { ADD_FAILURE, HOLDERS, HOLD_ITEM, ITEMS_OF, OVERDUE_ITEMS } from './tables.ts';

/** One job in one transaction. */
export interface Step {
  readonly boss: Boss;
  readonly db: Db;
  readonly queue: string;
  readonly job: string;
  /** Absent where nothing is told of processes. */
  readonly processes: Processes | undefined;
}

/** What pg-boss knows an item by. */
export const attemptOf = ({ id, fence }: Item): Attempt => ({ id, retryCount: Number(fence) });

const chunkBytes = CHUNK_FILES / 8;

/** Queue ranges. @param afterMs not before so many ms have passed. @default 0 */
export async function enqueue({ boss, db, queue }: Step, ranges: readonly Range[], afterMs = 0): Promise<void> {
  const delayed = afterMs > 0 ? { startAfter: afterMs / 1000 } : {};
  if (ranges.length)
    await boss.insert(
      queue,
      ranges.map(({ from, size }) => ({ data: { from, size }, ...delayed })),
      { db },
    );
}

/** The names of a chunk, and a bit for each that is done. */
export async function readChunk({ db, job }: Pick<Step, 'db' | 'job'>, chunk: number): Promise<{ names: string[]; done: Uint8Array }> {
  const { rows } = await db.executeSql('SELECT names, done FROM anyfile.transfer_chunk WHERE job = $1 AND chunk = $2', [job, chunk]);
  const [row] = rows;
  if (!row) throw new CloudError('names of the job are missing from the queue', { code: 'InvalidFile' });
  return { names: JSON.parse(String(row['names'])) as string[], done: row['done'] as Uint8Array };
}

async function failuresOf({ db, job }: Step, { from, size }: Range): Promise<Map<number, Tried>> {
  const { rows } = await db.executeSql('SELECT id, attempts, final FROM anyfile.transfer_failure WHERE job = $1 AND id >= $2 AND id < $3', [
    job,
    from,
    from + size,
  ]);
  return new Map(rows.map((row) => [Number(row['id']), { attempts: Number(row['attempts']), isFinal: row['final'] === true }]));
}

/** Fetch ranges with up to `count` open files; of one with more, the rest is queued again. */
export async function fetchItems(step: Step, count: number, rangeFiles: number, leaseMs: number): Promise<Item[]> {
  const { boss, db, queue, job, processes } = step;
  const holder = processes ? JSON.stringify(processes.ownMark()) : null;
  const items: Item[] = [];
  let room = count;
  while (room > 0) {
    const fetched = await boss.fetch(queue, { batchSize: Math.max(1, Math.floor(room / rangeFiles)), db });
    if (!fetched.length) break;
    const sizes = await keptSizes(step, fetched);
    for (const { id, retryCount, data } of fetched) {
      const range: Range = { from: data.from, size: sizes.get(id) ?? data.size };
      const { names, done } = await readChunk(step, Math.floor(range.from / CHUNK_FILES));
      const open = openFiles(range, names, (place) => hasBit(done, place), await failuresOf(step, range));
      const { head, files, tail } = cut(range, open, room);
      const item: Item = { ...head, id, fence: retryCount, files };
      if (!files.length) {
        await letGo(step, item);
        continue;
      }
      if (tail) await enqueue(step, [tail]);
      await db.executeSql(HOLD_ITEM, [job, id, retryCount, head.size, files.length, leaseMs, holder]);
      items.push(item);
      room -= files.length;
    }
  }
  return items;
}

/** Sizes of ranges that were cut since they were queued. */
async function keptSizes({ db, job }: Step, jobs: readonly BossJob[]): Promise<Map<string, number>> {
  const { rows } = await db.executeSql('SELECT id, size FROM anyfile.transfer_item WHERE job = $1 AND id = ANY($2::uuid[])', [
    job,
    jobs.map(({ id }) => id),
  ]);
  return new Map(rows.map((row) => [String(row['id']), Number(row['size'])]));
}

/** The item is through. Rows of ours are locked before pg-boss's everywhere. @returns whether it was still ours */
async function letGo({ boss, db, queue, job }: Step, item: Item): Promise<boolean> {
  await db.executeSql('DELETE FROM anyfile.transfer_item WHERE job = $1 AND id = $2 AND attempt = $3', [job, item.id, item.fence]);
  return (await boss.complete(queue, [attemptOf(item)], null, { db })).affected > 0;
}

/** Put back what holders left that are dead: their term is over, or they were processes of this machine and have ended. @returns whether there was any */
export async function recover(step: Step): Promise<boolean> {
  const { db, job, processes } = step;
  const { rows } = await db.executeSql(OVERDUE_ITEMS, [job]);
  if (processes) {
    const holders = (await db.executeSql(HOLDERS, [job])).rows.map((row) => String(row['holder']));
    const dead = holders.filter((holder) => processes.hasEnded(JSON.parse(holder) as ProcessMark));
    const ids = new Set(rows.map((row) => row['id']));
    if (dead.length) rows.push(...(await db.executeSql(ITEMS_OF, [job, dead])).rows.filter((row) => !ids.has(row['id'])));
  }
  await putBack(step, attemptsOf(rows));
  return rows.length > 0;
}

const attemptsOf = (rows: readonly Row[]): Attempt[] => rows.map((row) => ({ id: String(row['id']), retryCount: Number(row['attempt']) }));

/** All that anybody holds. */
export async function allHeld({ db, job }: Step): Promise<Attempt[]> {
  const { rows } = await db.executeSql('SELECT id, attempt FROM anyfile.transfer_item WHERE job = $1 AND until IS NOT NULL FOR UPDATE', [
    job,
  ]);
  return attemptsOf(rows);
}

/** Let others have items. pg-boss calls it a failure, which its limit of a million forgives. */
export async function putBack({ boss, db, queue, job }: Step, attempts: readonly Attempt[]): Promise<void> {
  if (!attempts.length) return;
  await db.executeSql(
    `UPDATE anyfile.transfer_item SET until = NULL, open = 0 FROM unnest($2::uuid[], $3::int[]) AS held(held_id, held_attempt)
     WHERE job = $1 AND id = held_id AND attempt = held_attempt`,
    [job, attempts.map(({ id }) => id), attempts.map(({ retryCount }) => retryCount)],
  );
  await boss.fail(queue, [...attempts], null, { db });
}

/** Note outcomes. @returns how many files became finished */
export async function note(step: Step, outcome: Outcome, told: readonly Told[]): Promise<number> {
  const { db, job } = step;
  let changed = 0;
  // chunks in one order everywhere, so that no two wait for each other
  for (const [chunk, { ok, failed }] of byChunk(outcome)) {
    const { rows } = await db.executeSql('SELECT done FROM anyfile.transfer_chunk WHERE job = $1 AND chunk = $2 FOR UPDATE', [job, chunk]);
    if (!rows[0]) continue;
    const bits = new Uint8Array(chunkBytes);
    bits.set(rows[0]['done'] as Uint8Array);
    const fresh = new Set(ok.filter((id) => !hasBit(bits, id % CHUNK_FILES)));
    for (const id of fresh) setBit(bits, id % CHUNK_FILES);
    if (fresh.size) {
      await db.executeSql('UPDATE anyfile.transfer_chunk SET done = $3, finished = finished + $4 WHERE job = $1 AND chunk = $2', [
        job,
        chunk,
        bits,
        fresh.size,
      ]);
      await db.executeSql('DELETE FROM anyfile.transfer_failure WHERE job = $1 AND id = ANY($2::bigint[])', [job, [...fresh]]);
    }
    for (const { id, error, retry } of failed) {
      if (hasBit(bits, id % CHUNK_FILES)) continue;
      await db.executeSql(ADD_FAILURE, [job, id, error.replaceAll('\0', '').slice(0, 2000), !retry]);
    }
    changed += fresh.size;
  }
  for (const { item, rest } of told) {
    if (rest === 0) await settle(step, item);
    else
      await db.executeSql('UPDATE anyfile.transfer_item SET open = $3 WHERE job = $1 AND id = $2 AND attempt = $4', [
        job,
        item.id,
        rest,
        item.fence,
      ]);
  }
  return changed;
}

/** All files of an item have an outcome: those that are to be tried again are queued for later. */
async function settle(step: Step, item: Item): Promise<void> {
  const again = [...(await failuresOf(step, item)).values()].filter(({ isFinal }) => !isFinal);
  if (!(await letGo(step, item)) || !again.length) return;
  await enqueue(step, [{ from: item.from, size: item.size }], Math.max(...again.map(({ attempts }) => pauseAfter(attempts))));
}
