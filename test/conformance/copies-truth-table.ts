/**
 * The rows of cloudpathlib's cache, as they were recorded, and what anyfile does in each.
 *
 * @module
 */
import type { FileHandle } from '../../src/handle/file-handle.ts';
import { mapParallel } from '../../src/util/parallel.ts';
import { equal, ok } from '../harness.ts';
import type { CopiesRig } from './copies-rig.ts';

/** A recorded row. */
export interface TruthRow {
  cloud: string;
  cache: string;
  mode: string;
  force: string | null;
  error?: string;
  read?: string;
  calls_on_open?: string[];
  cloud_after: string | null;
  cache_after: string | null;
  dirty_after: boolean;
}

/** What a row comes to. */
interface Outcome {
  error?: string | undefined;
  read?: string | undefined;
  cloud: string | null;
  cache: string | null;
  dirty: boolean;
  /** How often the object was fetched, where that is told. */
  fetched?: number | undefined;
}

const takesFromCloud = (row: TruthRow): boolean => row.force === 'from_cloud' || row.force === 'both';
const startsWith = (row: TruthRow, ...starts: string[]): boolean => starts.some((start) => row.mode.startsWith(start));
const isOpening = ({ mode }: TruthRow): boolean => mode !== 'fspath' && mode !== 'upload';

/**
 * What anyfile does: the row as it was recorded, but for what is mended. Each case is a row of test/parity/warts.md.
 */
export function wanted(row: TruthRow): Outcome {
  const { cloud, cache, mode } = row;
  const there = cloud === 'present';
  const outcome: Outcome = {
    error: row.error,
    read: row.read,
    cloud: row.cloud_after,
    cache: row.cache_after,
    dirty: row.dirty_after,
    // What is written from nothing needs nothing fetched.
    fetched: startsWith(row, 'r', 'a') ? row.calls_on_open?.filter((call) => call === 'download_file').length : undefined,
  };
  const written = { r: 'CLOUD', w: 'NEW', a: 'CLOUDNEW', x: 'NEW' }[mode[0] as 'r'];
  // What a handle writes is in nobody's way, nor seen, before it is closed; and it is unsaved for as long.
  if (cache === 'dirty-open') {
    if (outcome.cache === 'DIRTY') outcome.cache = null;
    outcome.dirty = true;
  }
  if (startsWith(row, 'x') && there) {
    const refused = { ...outcome, error: 'CloudPathFileExistsError', cache: seenBefore(row) };
    return cache === 'same' ? sameThroughout(refused) : refused;
  }
  if (startsWith(row, 'x') && row.error) {
    // A copy that was not edited is no reason to refuse, edits are; neither is a bare FileExistsError.
    const edited = cache === 'newer' || cache.startsWith('dirty-flag');
    if (edited) return { ...outcome, error: 'CloudPathFileExistsError' };
    return { cloud: 'NEW', cache: 'NEW', dirty: cache === 'dirty-open' };
  }
  if (there && cache.startsWith('dirty') && row.error) {
    // Edits are refused before anything is fetched over them, and forcing helps.
    if (!takesFromCloud(row)) return { ...outcome, cache: cache === 'dirty-open' ? null : 'LOCAL' };
    const after = mode === 'r+' ? 'NEWUD' : written;
    return {
      read: mode.startsWith('r') && mode !== 'r+' ? 'CLOUD' : undefined,
      cloud: mode.startsWith('r') && mode !== 'r+' ? 'CLOUD' : after,
      cache: after,
      dirty: false,
      fetched: startsWith(row, 'r', 'a') ? 1 : undefined,
    };
  }
  // In step means the same content here, so the object is what the copy is.
  if (there && cache === 'same') return sameThroughout(outcome);
  return outcome;
}

const seenBefore = ({ cache }: TruthRow): string | null => (cache === 'missing' || cache === 'dirty-open' ? null : 'LOCAL');

function sameThroughout(outcome: Outcome): Outcome {
  const renamed = (text: string | null | undefined): string | null | undefined =>
    text?.replace('CLOUD', 'LOCAL').replace('NEWUD', 'NEWAL') ?? text;
  return { ...outcome, read: renamed(outcome.read) ?? undefined, cloud: renamed(outcome.cloud)!, cache: renamed(outcome.cache)! };
}

/** Runs a row on a key of its own. */
async function outcomeOf(rig: CopiesRig, row: TruthRow, key: string): Promise<Outcome> {
  const { copies } = rig;
  const path = rig.object(key);
  const other = rig.object(key);
  let open: FileHandle<string> | undefined;
  const writeAndFail = async (meanwhile: () => Promise<void>): Promise<void> => {
    const handle = await copies.open(path, 'w');
    await handle.write('LOCAL');
    await meanwhile();
    await handle.close().then(
      () => ok(false, 'an upload that fails'),
      () => {},
    );
    rig.failing.delete(key);
  };
  const there = row.cloud === 'present';
  switch (row.cache) {
    case 'older':
    case 'same':
      await rig.setCloud(key, 'LOCAL');
      await copies.localPath(other);
      if (row.cache === 'older' && there) await rig.setCloud(key, 'CLOUD');
      break;
    case 'newer':
      await rig.setCloud(key, 'CLOUD');
      await copies.localPath(other);
      await rig.edit(key, 'LOCAL');
      break;
    case 'dirty-open':
      if (there) await rig.setCloud(key, 'CLOUD');
      open = await copies.open(path, 'w');
      await open.write('DIRTY');
      await open.flush();
      break;
    case 'dirty-flag-older':
      await rig.setCloud(key, 'BEFORE');
      await writeAndFail(() => rig.setCloud(key, there ? 'CLOUD' : null));
      break;
    case 'dirty-flag-newer':
      await rig.setCloud(key, 'CLOUD');
      await writeAndFail(async () => void rig.failing.add(key));
      break;
    default:
      if (there) await rig.setCloud(key, 'CLOUD');
  }
  if (!there && row.cache !== 'missing' && row.cache !== 'dirty-open') await rig.setCloud(key, null);
  const before = rig.gets(key);
  const outcome: Partial<Outcome> = {};
  let fetched = before;
  try {
    const force = { forceOverwriteFromCloud: takesFromCloud(row), forceOverwriteToCloud: row.force === 'to_cloud' || row.force === 'both' };
    if (row.mode === 'fspath') equal(await copies.localPath(path, force), `${rig.dir}/bkt/${key}`);
    else if (row.mode === 'upload') await copies.upload(path, 'UPLOADED', force);
    else {
      const handle = await copies.open(path, row.mode as 'r+', force);
      fetched = rig.gets(key);
      if (row.mode === 'r' || row.mode === 'rb') outcome.read = await handle.readText();
      else await handle.write(row.mode.includes('b') ? (new TextEncoder().encode('NEW') as never) : 'NEW');
      await handle.close();
    }
  } catch (error) {
    outcome.error = (error as Error).name;
  }
  const dirty = copies.isDirty(path);
  await open?.abort();
  return { ...outcome, cloud: await rig.cloud(key), cache: await rig.local(key), dirty, fetched: fetched - before };
}

/** Runs all rows, some at a time. @returns how many */
export async function checkTruthTable(rig: CopiesRig, rows: readonly TruthRow[]): Promise<number> {
  const wrong: string[] = [];
  let count = 0;
  const run = async (row: TruthRow, index: number): Promise<void> => {
    const want = wanted(row);
    const got = await outcomeOf(rig, row, `dir/row-${index}.txt`);
    if (want.fetched === undefined || !isOpening(row)) delete got.fetched;
    const clean = (outcome: Outcome): string =>
      JSON.stringify(
        Object.entries(outcome)
          .filter(([, value]) => value !== undefined)
          .sort(),
      );
    if (clean(got) !== clean(want))
      wrong.push(`${row.cloud}, ${row.cache}, ${row.mode}, ${row.force}:\n  got  ${clean(got)}\n  want ${clean(want)}`);
    count++;
  };
  await drain(mapParallel(rows, 16, run));
  equal(wrong.join('\n'), '', `${wrong.length} of ${rows.length} rows`);
  return count;
}

async function drain(results: AsyncIterable<void>): Promise<void> {
  const iterator = results[Symbol.asyncIterator]();
  while (!(await iterator.next()).done);
}
