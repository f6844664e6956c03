/**
 * Errors of databases as ours, without what is secret in them, and trying again while a database is away.
 *
 * @module
 */
import { CloudError, isCloudError, type ErrorCode } from '../../errors.ts';
import { delay } from '../../util/abort.ts';

const AWAY =
  /ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|terminated|Connection is closed|timeout|LOADING|starting up|shutting down/i;

/** By PostgreSQL's classes of SQLSTATE (its documentation, appendix A) and Redis' first words. */
const CODES: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^(28|NOAUTH|WRONGPASS)/, 'Unauthenticated'],
  [/^(42501|NOPERM)/, 'PermissionDenied'],
  [/^3D000/, 'NotFound'],
  [/^(53100|53200|OOM)/, 'QuotaExceeded'],
  [/^(08|57P0|53300)/, 'Network'],
];

/**
 * An error of a database's client as ours.
 *
 * @param secrets texts that must not be shown; the error itself is not kept, for clients put URLs into theirs
 */
export function databaseError(error: unknown, secrets: readonly string[]): unknown {
  if (isCloudError(error)) return error;
  // several addresses of one host are several errors
  const given = error as { code?: string; message?: string; errors?: { code?: string; message?: string }[] };
  const inner = given.errors?.[0];
  const code = given.code ?? inner?.code ?? '';
  let text = given.message || inner?.message || String(error);
  for (const secret of secrets) if (secret) text = text.replaceAll(secret, '***');
  const found = CODES.find(([pattern]) => pattern.test(code) || pattern.test(text))?.[1];
  const kind = found ?? (AWAY.test(`${code} ${text}`) ? 'Network' : 'ServerError');
  return new CloudError(`the queue's database: ${text.slice(0, 300)}`, {
    code: kind,
    // 40: PostgreSQL has rolled one of two transactions back
    retryable: kind === 'Network' || /^40...$/.test(code),
    ...(/^\w{1,20}$/.test(code) && { providerCode: code }),
  });
}

/**
 * Calls again while that may help, as while the database is away, with waits of 0.1 s to 2 s.
 *
 * @param limitMs how long it may be away
 */
export async function insist<T>(act: () => Promise<T>, limitMs: number, signal: AbortSignal | undefined): Promise<T> {
  const began = performance.now();
  for (let waitMs = 100; ; waitMs = Math.min(2000, waitMs * 2)) {
    try {
      return await act();
    } catch (error) {
      if (!(isCloudError(error) && error.retryable) || performance.now() - began + waitMs > limitMs) throw error;
    }
    await delay(waitMs * (0.5 + Math.random() / 2), signal);
  }
}
