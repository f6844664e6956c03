/**
 * `anyfile sign`: URLs that carry their own permission, for a while.
 *
 * @module
 */
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { SignUrlOptions } from '../index.ts';
import { ItemError } from './io.ts';
import { parseDuration } from './options.ts';
import type { Start } from './run.ts';

type Method = NonNullable<SignUrlOptions['method']>;

const METHODS: readonly string[] = ['GET', 'PUT', 'DELETE', 'HEAD', 'LIST'];
const longestMs = 7 * 86_400_000;

function parseMethod(text: string): Method {
  const method = text.toUpperCase();
  if (!METHODS.includes(method)) throw new InvalidArgumentError(`Write one of ${METHODS.join(', ')}.`);
  return method as Method;
}

/** The life of a signed URL, in ms. */
export function parseExpiry(text: string): number {
  const ms = parseDuration(text);
  if (ms > longestMs) throw new InvalidArgumentError('Signed URLs live for 7 days at most.');
  return ms;
}

/** Add the command. */
export function addSign(program: Command, start: Start): void {
  program
    .command('sign')
    .description('print signed URLs: whoever has one may do that one thing until it expires')
    .argument('<path...>')
    .addOption(new Option('--method <method>', METHODS.join(', ')).argParser(parseMethod).default('GET'))
    .addOption(
      new Option('--expires <duration>', 'life of the URL: 15m, 2h, 7d; a bare number is seconds')
        .argParser(parseExpiry)
        .default(3_600_000, '1h'),
    )
    .action((paths: string[], { method, expires }: { method: Method; expires: number }, command: Command) =>
      start(command, async ({ session, out, signal }) => {
        for (const path of paths) {
          const { root, key, shown } = await session.parse(path);
          try {
            if (key === '' && method !== 'LIST') throw new ItemError('names no file');
            // a listing is of the bucket; what it is of goes into the signed query
            const options: SignUrlOptions = {
              method,
              expiresInMs: expires,
              signal,
              ...(method === 'LIST' && key !== '' && { query: { prefix: key } }),
            };
            const url = await session.files(root).signUrl(method === 'LIST' ? '' : key, options);
            await out.data(url, { path: shown, method, url, expires: new Date(Date.now() + expires) });
            out.done();
          } catch (error) {
            if (signal.aborted) throw error;
            out.fail(shown, error);
          }
        }
      }),
    );
}
