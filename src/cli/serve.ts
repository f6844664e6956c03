/**
 * `anyfile serve`: a folder as an S3 endpoint for development.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { basename, resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { UsageError, type Task } from './io.ts';
import type { Start } from './run.ts';
import type { Account } from './serve/verify.ts';

interface ServeOptions {
  port: number;
  host: string;
  bucket?: string;
  cors: string[];
  readOnly?: boolean;
  verbose?: boolean;
}

function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('Write a number from 0 to 65535.');
  return Number(text);
}

// Source: "Bucket naming rules" of the Amazon S3 user guide, as far as they matter to a server of one's own.
const BUCKET = /^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/;

function parseBucket(text: string): string {
  if (!BUCKET.test(text)) throw new InvalidArgumentError('Write 3 to 63 small letters, digits, dots and dashes.');
  return text;
}

const collectOrigins = (text: string, before: string[]): string[] => {
  if (text !== '*' && !/^[a-z][a-z\d+.-]*:\/\/[^/?#@\s]+$/i.test(text))
    throw new InvalidArgumentError('Write * or scheme and host, such as http://localhost:5173.');
  return [...before, text];
};

/** A name for the bucket of a folder. */
export function bucketFor(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z\d.-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 63);
  return BUCKET.test(name) ? name : 'bucket';
}

/** Keys of the environment, or new ones that are shown. Never from the command line, which everybody on the machine can read. */
function accountFrom(env: Task['io']['env']): { account: Account; isNew: boolean } {
  const [accessKeyId, secretAccessKey] = [env['ANYFILE_SERVE_ACCESS_KEY'], env['ANYFILE_SERVE_SECRET_KEY']];
  if (accessKeyId && secretAccessKey) {
    if (!/^[\w.+=@-]{1,128}$/.test(accessKeyId))
      throw new UsageError('ANYFILE_SERVE_ACCESS_KEY may hold letters, digits and _ . + = @ - only');
    return { account: { accessKeyId, secretAccessKey }, isNew: false };
  }
  if (accessKeyId || secretAccessKey) throw new UsageError('ANYFILE_SERVE_ACCESS_KEY and ANYFILE_SERVE_SECRET_KEY go together');
  const account = {
    accessKeyId: `ANYFILE${randomBytes(6).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(20).toString('hex'),
  };
  return { account, isNew: true };
}

async function serve({ options, out, io, signal }: Task, dir: string, flags: ServeOptions): Promise<void> {
  const folder = resolve(dir);
  if (!(await fs.stat(folder).catch(() => undefined))?.isDirectory()) throw new UsageError(`${dir} is no folder`);
  const { account, isNew } = accountFrom(io.env);
  const { host, port, cors: origins, bucket = bucketFor(folder) } = flags;
  const readOnly = flags.readOnly === true || options.dryRun;
  const region = options.region ?? 'us-east-1';
  const { startServer } = await import('./serve/server.ts');
  const onServed = flags.verbose
    ? ({
        method,
        path,
        status,
        code,
        durationMs,
      }: {
        method: string;
        path: string;
        status: number;
        code?: string | undefined;
        durationMs: number;
      }): void =>
        out.note(
          options.json
            ? JSON.stringify({ operation: 'serve', method, path, status, code, durationMs: Math.round(durationMs) })
            : `${method} ${path} ${[status, code].filter(Boolean).join(' ')} ${Math.round(durationMs)} ms`,
        )
    : undefined;
  let server;
  try {
    server = await startServer({ folder, bucket, account, region, host, port, origins, readOnly, onServed });
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'EADDRINUSE' || code === 'EACCES' || code === 'EADDRNOTAVAIL')
      throw new UsageError(`cannot listen at ${host}, port ${port} (${code}): choose another --port or --host`);
    throw error;
  }
  try {
    const { endpoint } = server;
    const secret = isNew ? account.secretAccessKey : undefined;
    const lines = [
      `endpoint    ${endpoint}`,
      `bucket      ${bucket}${readOnly ? ', read only' : ''}`,
      `access key  ${isNew ? account.accessKeyId : 'that of ANYFILE_SERVE_ACCESS_KEY'}`,
      `secret key  ${secret ?? 'that of ANYFILE_SERVE_SECRET_KEY'}`,
      `region      ${region}`,
      '',
      ...(secret === undefined
        ? [`anyfile --endpoint ${endpoint} ls s3://${bucket}/`]
        : [
            `export AWS_ACCESS_KEY_ID=${account.accessKeyId} AWS_SECRET_ACCESS_KEY=${secret} AWS_ENDPOINT_URL_S3=${endpoint} AWS_REGION=${region}`,
            `anyfile ls s3://${bucket}/`,
          ]),
    ];
    const keys = secret === undefined ? {} : { accessKeyId: account.accessKeyId, secretAccessKey: secret };
    await out.data(lines.join('\n'), { endpoint, bucket, region, readOnly, ...keys });
    await new Promise<void>((ended) => {
      if (signal.aborted) ended();
      signal.addEventListener('abort', () => ended(), { once: true });
    });
  } finally {
    await server.close();
  }
}

/** Add the command. */
export function addServe(program: Command, start: Start): void {
  program
    .command('serve')
    .description('a folder as a local S3 endpoint for development, until interrupted')
    .argument('<dir>')
    .addOption(new Option('--port <number>', '0 for any that is free').argParser(parsePort).default(9000))
    .option('--host <address>', 'address to listen at', '127.0.0.1')
    .addOption(new Option('--bucket <name>', 'what the folder is called (default: by its own name)').argParser(parseBucket))
    .addOption(
      new Option('--cors <origin>', 'let pages of this origin in; * for all; may be given several times')
        .argParser(collectOrigins)
        .default([], 'none'),
    )
    .option('--read-only', 'refuse to change anything')
    .option('-v, --verbose', 'tell of each request')
    .action((dir: string, options: ServeOptions, command: Command) => start(command, (task) => serve(task, dir, options)));
}
