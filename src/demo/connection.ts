/**
 * From what the form says to a client and a store. Secrets go into the client's memory and nowhere else.
 *
 * @module
 */
import { cacheOptionsOf, isLasting, type CacheChoice } from './cache-choice.ts';
import {
  Client,
  formatUrl,
  isCloudError,
  parseUrl,
  redactUrl,
  type Credentials,
  type CredentialsProvider,
  type HandleStore,
  type ObjectInfo,
  type ObjectStore,
  type Protocol,
  type RequestEvent,
} from '../index.ts';

/** How to get in. */
export type Access = 'keys' | 'token' | 'signer' | 'public';

/** What the form says. */
export interface ConnectValues extends CacheChoice {
  url: string;
  access: Access;
  endpoint?: string;
  region?: string;
  accessKeyId?: string;
  secretAccessKey?: string;
  sessionToken?: string;
  accessToken?: string;
  signerUrl?: string;
  signerToken?: string;
}

/** An open place. */
export interface Connection {
  readonly client: Client;
  /** The bucket, host or disk; keys are relative to it. */
  readonly store: ObjectStore;
  readonly protocol: Protocol;
  /** Of {@link Connection.store}, without a secret. */
  readonly root: string;
  /** Whether what is read is kept, and whether beyond the connection; nothing where it is on this computer already. */
  readonly cached: 'off' | 'here' | 'lasting' | undefined;
  /** Nothing is asked of the store, listings neither. */
  readonly offline: boolean;
  /** The key or folder that the URL names behind it. May hold a signed query: see {@link redactUrl}. */
  readonly start: string;
  /** A folder that the user chose or dropped: no URL leads there. */
  readonly folder?: HandleStore;
}

function credentialsOf(values: ConnectValues): Credentials | CredentialsProvider {
  if (values.access === 'signer') return signerOf(values);
  const { access, accessKeyId = '', secretAccessKey = '', sessionToken, accessToken = '' } = values;
  if (access === 'token') return { accessToken };
  if (access === 'keys') return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  return 'anonymous';
}

/** Asks the app's server for signatures; its code comes with the first request. */
function signerOf({ signerUrl = '', signerToken }: ConnectValues): CredentialsProvider {
  let signer: Promise<Credentials> | undefined;
  const load = async (): Promise<Credentials> =>
    (await import('../signer.ts')).createRemoteSigner({
      url: signerUrl,
      ...(signerToken && { headers: { authorization: `Bearer ${signerToken}` } }),
    });
  return () => (signer ??= load());
}

/** Whether the same person will be known by this next time: what others read does not outlive the connection. */
const isKnownAgain = ({ access, sessionToken, url }: ConnectValues): boolean =>
  access === 'keys' ? !sessionToken : access === 'public' && !/^\s*https?:.*\?/is.test(url);

/**
 * Open a place. Sends nothing.
 *
 * @param onRequest is told of each request at its end
 * @throws CloudError `InvalidUrl`, `UnsupportedProtocol`
 */
export function connect(values: ConnectValues, onRequest: (event: RequestEvent) => void): Connection {
  const location = parseUrl(values.url.trim());
  const root = formatUrl({ ...location, format: 'precomputed', path: '' });
  const { endpoint, region } = values;
  const client = new Client({
    credentials: credentialsOf(values),
    ...(endpoint && { endpoint }),
    ...(region && { region }),
    cache: cacheOptionsOf(values),
    // a person waits here: three tries instead of seven
    retry: { attempts: 3 },
    onRequest,
  });
  const isLocal = location.protocol === 'opfs' || location.protocol === 'mem';
  return {
    client,
    cached: isLocal ? undefined : values.keep === 'off' ? 'off' : isLasting(values) && isKnownAgain(values) ? 'lasting' : 'here',
    offline: !isLocal && values.ask === 'offline' && values.keep !== 'off',
    store: client.store(root),
    protocol: location.protocol,
    root: redactUrl(root),
    start: location.path.replace(/^\/+/, ''),
  };
}

/**
 * A folder that the user chose or dropped.
 *
 * @param start the folder in it to begin with: empty, or ends in a slash
 */
export function connectFolder(folder: HandleStore, name: string, start: string = ''): Connection {
  return { client: new Client(), store: folder, folder, protocol: 'file', root: name, cached: undefined, offline: false, start };
}

/** What the store knows of a file. The refusal of a HEAD has no body that says why: one byte is read to be told. */
export async function infoOf(store: ObjectStore, key: string): Promise<ObjectInfo | null> {
  try {
    return await store.head(key);
  } catch (error) {
    if (!isCloudError(error, 'PermissionDenied')) throw error;
    const first = await store.get(key, { range: { start: 0, end: 1 } });
    await first?.bytes();
    return first;
  }
}

/** A key as it may be shown: of a web address, without the query, which may be a signature. */
export const shownKey = ({ protocol }: Connection, key: string): string =>
  protocol.startsWith('http') ? key.replace(/[?#].*$/s, '') : key;

/** A key's URL, for the library: with the query of a web address, so not to be shown. */
export const urlOf = ({ root }: Connection, key: string): string => `${root}${root.endsWith('/') ? '' : '/'}${key}`;

/** What HDF5 files are opened by: a URL, or the file itself where none leads there. */
export async function hdf5SourceOf(connection: Connection, key: string): Promise<string | Blob> {
  const found = await connection.folder?.source(key);
  return found && 'getFile' in found ? found.getFile() : (found ?? urlOf(connection, key));
}
