/**
 * A job's database is made: rows first, in transactions of 50,000, then indexes and what says that it is whole.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { ProcessMark, Sqlite } from '../../platform/types.ts';
import { throwIfAborted } from '../../util/abort.ts';
import { randomName } from '../../util/random-name.ts';
import type { CreateJobOptions, JobSpec } from '../types.ts';
import { getFact, readJob, setFact, tablesOf, type KnownJob } from './database.ts';
import { FILELIST, INSERT, SIDE, WHOLE } from './schema.ts';

/** Names in a statement. */
const STATEMENT = 1000;
/** Statements in a transaction. */
const TRANSACTION = 50;

const OURS = ['xfermeta', 'filelist', 'stats', 'anyfile_lease', 'anyfile_failed', 'anyfile_job'];

/** Whether rows that are there belong to the same job, whose making was interrupted: then where its names go on. */
function interruptedAt(db: Sqlite, making: string): string | undefined {
  const position = getFact(db, 'making') === making ? getFact(db, 'position') : undefined;
  return typeof position === 'string' ? position : undefined;
}

/**
 * Make room for a job, or take up one that was half made.
 *
 * @returns the position behind the rows that are kept, undefined when there are none
 */
function begin(db: Sqlite, making: string, { force, resume }: CreateJobOptions): string | undefined {
  const tables = tablesOf(db);
  const foreign = [...tables].filter((name) => !OURS.includes(name));
  if (foreign.length > 0) throw new CloudError('the file is another database than a job’s', { code: 'InvalidFile' });
  if (tables.has('anyfile_job')) {
    const maker = getFact(db, 'maker');
    if (typeof maker === 'string' && !db.hasEnded(JSON.parse(maker) as ProcessMark))
      throw new CloudError('the job is being made by another program', { code: 'AlreadyExists' });
  }
  if (tables.has('xfermeta') && !force) {
    const left = db.prepare('SELECT 1 FROM filelist WHERE finished = 0 LIMIT 1').all().length;
    if (left > 0) throw new CloudError('there is a job that is not finished', { code: 'AlreadyExists' });
  }
  const maker = JSON.stringify(db.owner);
  const position = tables.has('anyfile_job') && !tables.has('xfermeta') && resume ? interruptedAt(db, making) : undefined;
  if (position === undefined) {
    for (const name of OURS) db.exec(`DROP TABLE IF EXISTS ${name}`);
    db.exec(FILELIST);
    for (const sql of SIDE) db.exec(sql);
    setFact(db, 'making', making);
  }
  setFact(db, 'maker', maker);
  return position;
}

/** Cut names into arrays in JSON, and say where the source is behind each. */
async function* packed(
  names: Iterable<string> | AsyncIterable<string>,
  { signal, resume }: CreateJobOptions,
): AsyncGenerator<{ json: string; position: string | undefined }, void, undefined> {
  let pack: string[] = [];
  const seal = (): { json: string; position: string | undefined } => {
    const json = JSON.stringify(pack);
    pack = [];
    return { json, position: resume?.position() };
  };
  const add = (name: string): boolean => {
    if (typeof name !== 'string' || name === '' || name.includes('\0'))
      throw new CloudError('a name of a file is text, not empty and without NUL', { code: 'InvalidArgument' });
    return pack.push(name) === STATEMENT;
  };
  // a plain sequence is not awaited: that would take as long as keeping it
  if (Symbol.iterator in names) {
    for (const name of names)
      if (add(name)) {
        throwIfAborted(signal);
        yield seal();
      }
  } else {
    for await (const name of names) {
      throwIfAborted(signal);
      if (add(name)) yield seal();
    }
  }
  if (pack.length > 0) yield seal();
}

/** Keep all names. */
async function fill(db: Sqlite, names: Iterable<string> | AsyncIterable<string>, options: CreateJobOptions): Promise<void> {
  let waiting: { json: string; position: string | undefined }[] = [];
  const store = async (): Promise<void> => {
    const packs = waiting;
    waiting = [];
    await db.transaction(() => {
      const insert = db.prepare(INSERT);
      for (const { json } of packs) insert.run(json);
      const position = packs.at(-1)?.position;
      if (position !== undefined) setFact(db, 'position', position);
    }, options);
  };
  for await (const pack of packed(names, options)) if (waiting.push(pack) === TRANSACTION) await store();
  if (waiting.length > 0) await store();
}

/**
 * Make a job in a database that is open.
 *
 * @throws CloudError `AlreadyExists`, `InvalidFile` the file is something else
 */
export async function makeJob(
  db: Sqlite,
  spec: JobSpec,
  names: Iterable<string> | AsyncIterable<string>,
  options: CreateJobOptions,
): Promise<KnownJob> {
  const { source, dest, reencode } = spec;
  const { signal, resume } = options;
  const making = JSON.stringify({ source, dest, reencode, list: resume?.list ?? '' });
  let isFresh = false;
  const position = await db.transaction(
    () => {
      isFresh = tablesOf(db).size === 0;
      return begin(db, making, options);
    },
    { signal },
  );
  try {
    await fill(db, position !== undefined && resume ? resume.from(position) : names, options);
    return await db.transaction(
      () => {
        for (const sql of WHOLE) db.exec(sql);
        const created = Date.now();
        db.prepare('INSERT INTO xfermeta(source, dest, reencode, created) VALUES (?, ?, ?, ?)').run(source, dest, reencode, created);
        const total = db.prepare('SELECT count(*) AS v FROM filelist').all<{ v: number }>()[0]?.v ?? 0;
        for (const key of ['making', 'maker', 'position']) setFact(db, key, null);
        setFact(db, 'created', created);
        setFact(db, 'total', total);
        setFact(db, 'id', randomName(8));
        return readJob(db);
      },
      { signal },
    );
  } catch (error) {
    const undo = (): void => {
      // what is kept of it is anybody's to take up
      setFact(db, 'maker', null);
      if (isFresh && db.prepare('SELECT 1 FROM filelist LIMIT 1').all().length === 0) db.removeFile();
    };
    await db.transaction(undo).catch(() => {});
    throw error;
  }
}
