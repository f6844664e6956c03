/**
 * Credentials that are found without being told: cloud-files' secret files, the environment, then the chains of AWS and Google through
 * their own libraries. Nothing is read before the first request asks.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CloudError } from '../../errors.ts';
import type { Credentials, CredentialsProvider, CredentialsRequest } from '../../types.ts';
import { abortable, throwIfAborted } from '../../util/abort.ts';
import { isSafeForSecrets } from '../../util/safe-origin.ts';
import { parseSecret } from '../../util/secret.ts';
import { absolutePath, environment } from './env.ts';

/** Which credentials are looked for. */
export interface DefaultCredentialsOptions {
  /** AWS profile: only the AWS chain is asked, for this one. */
  profile?: string | undefined;
  /** The alias by which the bucket was named: its secret files are called after it. */
  alias?: string | undefined;
  /** The S3 endpoint, or scheme and authority of a web address. */
  host?: string | undefined;
  /** Told where credentials were found, each time they are: a path, a variable, a package. */
  onFound?: ((where: string) => void) | undefined;
}

/** What the tests put in the place of the machine. */
export interface CredentialSeams {
  environment(): Record<string, string | undefined>;
  home(): string;
  /** The file's text; rejects as node:fs does. */
  readFile(path: string): Promise<string>;
  /** Imports a package that may not be installed. */
  load(name: string): Promise<unknown>;
}

const machine: CredentialSeams = {
  environment,
  home: homedir,
  readFile: (path) => readFile(path, 'utf8'),
  load: (name) => import(name),
};

const AWS_CHAIN = '@aws-sdk/credential-provider-node';
const GOOGLE_CHAIN = 'google-auth-library';
const READ_WRITE = 'https://www.googleapis.com/auth/devstorage.read_write';

/** One search: what it looked at is told when nothing was found. */
interface Search {
  request: CredentialsRequest;
  seams: CredentialSeams;
  env: Record<string, string | undefined>;
  looked: string[];
  /** Where they were found. */
  where: string;
}

/** The file's text, or undefined where there is none that may be read. */
async function textOf(search: Search, path: string): Promise<string | undefined> {
  throwIfAborted(search.request.signal);
  try {
    return await search.seams.readFile(path);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== 'ENOENT' && code !== 'ENOTDIR') search.looked.push(`${path} (not readable)`);
    return undefined;
  }
}

/** The first of these files in the first of cloud-files' folders: every name is looked for everywhere before the next name is. */
async function fromSecretFiles(search: Search, names: string[]): Promise<Credentials | undefined> {
  const { env, seams } = search;
  const folder = (variable: string, standard: string): string =>
    join(absolutePath(env[variable] || join(seams.home(), standard)), 'secrets');
  const folders = [folder('CLOUD_VOLUME_DIR', '.cloudvolume'), '/secrets', '/', folder('CLOUD_FILES_DIR', '.cloudfiles')];
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      const text = await textOf(search, path);
      search.where = path;
      if (text !== undefined) return parseSecret(text, path);
    }
  }
  search.looked.push(`${names.join(', ')} in ${folders.join(', ')}`);
  return undefined;
}

async function load(search: Search, name: string): Promise<Record<string, unknown> | undefined> {
  throwIfAborted(search.request.signal);
  try {
    return (await search.seams.load(name)) as Record<string, unknown>;
  } catch {
    search.looked.push(`${name} (not installed)`);
    return undefined;
  }
}

/** What a vendor's library makes of its own sources. */
async function fromChain(
  search: Search,
  name: string,
  ask: (library: Record<string, unknown>) => Promise<unknown>,
): Promise<Credentials | undefined> {
  const library = await load(search, name);
  if (!library) return undefined;
  const { signal } = search.request;
  search.where = name;
  try {
    return (await abortable(ask(library), signal)) as Credentials;
  } catch (error) {
    throwIfAborted(signal);
    throw new CloudError(notFound(search, `${name} failed`), { code: 'Unauthenticated', url: search.request.url, cause: error });
  }
}

const notFound = ({ looked }: Search, last: string): string =>
  `No credentials were found. Looked for: ${[...looked, last].filter(Boolean).join('; ')}`;

function fromAwsEnvironment(search: Search): Credentials | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = search.env;
  search.where = 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  search.looked.push(search.where);
  return undefined;
}

/** The service account that the variable names; other kinds of files are left to Google's library. */
async function fromGoogleEnvironment(search: Search): Promise<Credentials | undefined> {
  const path = search.env['GOOGLE_APPLICATION_CREDENTIALS'];
  search.looked.push((search.where = 'GOOGLE_APPLICATION_CREDENTIALS'));
  if (!path) return undefined;
  const text = await textOf(search, absolutePath(path));
  if (text === undefined) {
    throw new CloudError('The file that GOOGLE_APPLICATION_CREDENTIALS names can not be read', {
      code: 'Unauthenticated',
      url: search.request.url,
    });
  }
  try {
    const credentials = parseSecret(text, 'The file that GOOGLE_APPLICATION_CREDENTIALS names');
    return 'client_email' in Object(credentials) ? credentials : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Credentials in this order: secret files (`BUCKET-aws-secret.json`, `aws-secret.json`; `google`, the alias, `http`, `HOST-cave` in
 * the place of `aws`) in `$CLOUD_VOLUME_DIR/secrets`, `/secrets`, `/` and `$CLOUD_FILES_DIR/secrets`; AWS_ACCESS_KEY_ID with
 * AWS_SECRET_ACCESS_KEY and perhaps AWS_SESSION_TOKEN, GOOGLE_APPLICATION_CREDENTIALS; what `@aws-sdk/credential-provider-node` or
 * `google-auth-library` finds, where it is installed. The web needs none: without a secret it is read anonymously.
 *
 * @returns a provider that rejects with `Unauthenticated` when nothing is found, naming where it looked; `InvalidArgument` for a secret
 *   that is none
 */
export function defaultCredentials(
  service: 's3' | 'gs' | 'http',
  options: DefaultCredentialsOptions = {},
  seams: CredentialSeams = machine,
): CredentialsProvider {
  const { profile, alias } = options;
  let awsChain: (() => Promise<unknown>) | undefined;
  let googleClient: Promise<unknown> | undefined;

  const askAws = (library: Record<string, unknown>): Promise<unknown> => {
    awsChain ??= (library['defaultProvider'] as (o: object) => () => Promise<unknown>)(profile === undefined ? {} : { profile });
    return awsChain();
  };
  const askGoogle = (library: Record<string, unknown>): Promise<unknown> => {
    const Auth = library['GoogleAuth'] as new (o: object) => { getClient(): Promise<unknown> };
    googleClient ??= new Auth({ scopes: [READ_WRITE] }).getClient();
    // A failed search is made anew next time.
    googleClient.catch(() => (googleClient = undefined));
    return googleClient;
  };

  return async (request) => {
    const search: Search = { request, seams, env: seams.environment(), looked: [], where: '' };
    const find = async (): Promise<Credentials | undefined> => {
      const { bucket } = request;
      const named = (name: string): string[] => [
        ...(bucket && !/[/\\\0]/.test(bucket) ? [`${bucket}-${name}-secret.json`] : []),
        `${name}-secret.json`,
      ];
      if (service === 's3') {
        if (profile !== undefined) return fromChain(search, AWS_CHAIN, askAws);
        return (await fromSecretFiles(search, named(alias ?? 'aws'))) ?? fromAwsEnvironment(search) ?? fromChain(search, AWS_CHAIN, askAws);
      }
      if (service === 'gs')
        return (
          (await fromSecretFiles(search, named('google'))) ??
          (await fromGoogleEnvironment(search)) ??
          fromChain(search, GOOGLE_CHAIN, askGoogle)
        );
      // A secret for every host is not worth refusing to read the open web for.
      if (!isSafeForSecrets(request.url)) return 'anonymous';
      const { host } = new URL(request.url);
      return (await fromSecretFiles(search, [`${host}-cave-secret.json`, `${host}-http-secret.json`, 'http-secret.json'])) ?? 'anonymous';
    };
    const found = await find();
    if (found && found !== 'anonymous') options.onFound?.(search.where);
    if (found) return found;
    throw new CloudError(notFound(search, ''), { code: 'Unauthenticated', url: request.url });
  };
}
