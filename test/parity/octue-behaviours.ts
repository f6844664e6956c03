/**
 * Doing the recorded behaviours again: each row comes out as recorded, or as warts.md says.
 *
 * @module
 */
import { equal, test } from '../harness.ts';
import { withSetting, type Setting } from '../unit/data/datafile/places.ts';
import table from './octue/behaviours.json' with { type: 'json' };

/** One recorded behaviour. */
export interface Row {
  id: string;
  result?: unknown;
  error?: string;
}

/** The rows by their ids. */
export const rows: ReadonlyMap<string, Row> = new Map((table.observations as Row[]).map((row) => [row.id, row]));
/** Those that were registered. */
export const done: Set<string> = new Set();
const ours: Record<string, string> = {
  CloudLocationNotSpecified: 'CloudLocationNotSpecifiedError',
  FileNotFoundException: 'FileNotFoundError',
  FileNotFoundError: 'FileNotFoundError',
  FileExistsError: 'FileExistsError',
  InvalidInputException: 'CloudError InvalidArgument',
  CloudStorageBucketNotFound: 'FileNotFoundError',
  AttributeError: 'TypeError',
};

/** What becomes of it: a value, or an error by its name. */
export async function outcome(task: () => Promise<unknown>): Promise<{ result?: unknown; error?: string }> {
  try {
    return { result: (await task()) ?? null };
  } catch (error) {
    const { name, code } = error as { name: string; code?: string };
    return { error: name === 'CloudError' ? `${name} ${code}` : name };
  }
}

/** What was done. */
export type Task = (setting: Setting) => Promise<unknown>;

/** A row that comes out as recorded; errors by the names that they have here. */
export function same(id: string, task: Task): void {
  const { result, error } = rows.get(id)!;
  register(id, task, error === undefined ? { result: result ?? null } : { error: ours[error] ?? error });
}

/** A row that comes out otherwise, see warts.md. */
export function mended(id: string, want: { result?: unknown; error?: string }, task: Task): void {
  const { result = null, error } = rows.get(id)!;
  const recorded = error === undefined ? { result } : { error: ours[error] ?? error };
  if (JSON.stringify(recorded) === JSON.stringify(want)) throw new Error(`${id} is no wart`);
  register(id, task, want);
}

function register(id: string, task: Task, want: { result?: unknown; error?: string }): void {
  done.add(id);
  test(`behaviours.json: ${id}`, () =>
    withSetting('gcs-account', async (setting) => {
      const { result, ...rest } = await outcome(() => task(setting));
      const rooted =
        result === undefined ? {} : { result: JSON.parse(JSON.stringify(result).replaceAll(setting.folder, '<root>')) as unknown };
      equal({ ...rest, ...rooted }, want);
    }));
}
