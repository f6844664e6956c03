/**
 * What SQLite says, as errors of ours. The runtimes name its codes each in another way, and Deno not at all.
 *
 * @module
 */
import { CloudError, isCloudError, type ErrorCode } from '../../errors.ts';

/** SQLite's own numbers: https://www.sqlite.org/rescode.html */
const CODES: Readonly<Record<number, { name: string; code: ErrorCode; text: string }>> = {
  3: { name: 'SQLITE_PERM', code: 'PermissionDenied', text: 'the database may not be opened' },
  5: { name: 'SQLITE_BUSY', code: 'Throttled', text: 'the database is locked' },
  8: { name: 'SQLITE_READONLY', code: 'PermissionDenied', text: 'the database may not be written, or was taken away' },
  10: { name: 'SQLITE_IOERR', code: 'ServerError', text: 'the disk does not read or write the database' },
  11: { name: 'SQLITE_CORRUPT', code: 'InvalidFile', text: 'the database is damaged' },
  13: { name: 'SQLITE_FULL', code: 'QuotaExceeded', text: 'the disk is full' },
  14: { name: 'SQLITE_CANTOPEN', code: 'NotFound', text: 'there is no such database' },
  26: { name: 'SQLITE_NOTADB', code: 'InvalidFile', text: 'the file is no SQLite database' },
};

/** For Deno, which gives the words alone. */
const WORDS: readonly [RegExp, number][] = [
  [/database( table)? is locked/, 5],
  [/readonly database/, 8],
  [/disk I\/O error/, 10],
  [/database disk image is malformed/, 11],
  [/database or disk is full/, 13],
  [/unable to open database/, 14],
  [/file is not a database/, 26],
];

function numberOf(error: unknown): number {
  const { errcode, errno, code, message } = Object(error) as { errcode?: unknown; errno?: unknown; code?: unknown; message?: unknown };
  const given = [errcode, errno].find((value) => typeof value === 'number' && value > 0) as number | undefined;
  // the lower byte is the code, the upper ones say more
  if (given !== undefined && given % 256 !== 1) return given % 256;
  const named = Object.entries(CODES).find(([, { name }]) => name === code)?.[0];
  if (named !== undefined) return Number(named);
  return WORDS.find(([words]) => words.test(String(message)))?.[1] ?? given ?? 0;
}

/** Whether another connection holds the database: the same call may succeed in a moment. */
export const isBusy = (error: unknown): boolean => !isCloudError(error) && numberOf(error) === 5;

/** An error of ours for one of SQLite's; others come back as they are. */
export function sqliteError(error: unknown): unknown {
  if (isCloudError(error)) return error;
  const known = CODES[numberOf(error)];
  if (known) return new CloudError(known.text, { code: known.code, providerCode: known.name, cause: error });
  if (/no such (table|column)/.test(String((error as Error | undefined)?.message)))
    return new CloudError('tables of the database are gone: another program has taken them away or replaced them', {
      code: 'InvalidFile',
      cause: error,
    });
  return error;
}
