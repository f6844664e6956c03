/**
 * What an error means for the person at the page, and what to do about it.
 *
 * @module
 */
import { corsRules, isCloudError, type ErrorCode, type Protocol, type Snippet } from '../index.ts';

/** An error in words. */
export interface Advice {
  title: string;
  steps: string[];
  /** A piece of configuration that would help. */
  snippet?: Snippet;
}

/** Where it happened. */
export interface Place {
  protocol: Protocol | undefined;
  /** The page's own origin, which the store's CORS rules must allow. */
  origin: string;
}

const keyWrong = 'Type the keys again: a secret is pasted easily with a blank or without its last character.';
const again = 'Try again.';

const known: Partial<Record<ErrorCode, [title: string, ...steps: string[]]>> = {
  SignatureMismatch: ['The secret is wrong', 'The server knows the access key, but its secret is another one.', keyWrong],
  Unauthenticated: [
    'The server does not accept these credentials',
    keyWrong,
    'Temporary keys need their session token, and they expire.',
    'A public bucket may be read without any: choose “Public”.',
  ],
  PermissionDenied: [
    'These credentials may not do this',
    'They are known, but have no right to this bucket or file.',
    'Listing and reading are separate rights: a file may be readable by its full URL where the folder may not be listed.',
  ],
  NotFound: ['There is no such bucket, folder or file', 'Look at the name in the URL, and at the endpoint and region.'],
  ClockSkew: [
    'The clock of this computer is wrong',
    'Signatures hold the time; the server allows some minutes of difference. Set the clock.',
  ],
  Redirected: ['The bucket is somewhere else', 'Set the region, or the endpoint that the server names in its documentation.'],
  Network: [
    'No answer from the server',
    'Look at the host name, the port, and http or https.',
    'A page that came by https cannot ask a server by plain http, unless it is on this computer.',
  ],
  Timeout: ['The server took too long', again],
  Throttled: ['The server asks for fewer requests', 'It went on refusing for some minutes. Wait, then try again.'],
  ServerError: ['The server failed', again, 'If it stays so, give its request id to whoever runs it.'],
  IntegrityError: [
    'The bytes are not those that were stored',
    'They do not have the checksum that the store keeps, so nothing of them is shown.',
    'Try again. If it stays so, the object is damaged, or something on the way changes it.',
  ],
  Truncated: ['The file ended early', 'Fewer or more bytes came than the store had promised, so nothing of them is shown.', again],
  ObjectChanged: ['The file changed while it was read', 'Open it again to read the new version.'],
  PreconditionFailed: ['The file changed since it was opened', 'Open it again to read the new version.'],
  NotCached: [
    'This is not kept here, and nothing may be fetched',
    'The cache was told to be offline: only what was read and kept before can be opened, by the full URL of the file.',
    'Connect again and choose another answer to “Ask whether it has changed”.',
  ],
  RangeNotSupported: ['This server gives no ranges', 'It would send the whole file. Read all of it instead.'],
  RangeNotSatisfiable: ['The range begins past the end of the file', 'Choose a smaller offset.'],
  NotSupported: ['This cannot be done here', 'Web servers seldom list their folders: give the full URL of one file.'],
  InvalidUrl: ['This is not a URL that anyfile knows', 'For example: s3://bucket/folder/, gs://bucket/file.csv, https://host/file.json'],
  UnsupportedProtocol: [
    'This is not a URL that anyfile knows',
    'It begins with s3://, gs://, https:// or opfs://, and names a bucket or host.',
  ],
  InvalidArgument: ['The request cannot be made like this', 'Look at the fields above; the technical details say which one it is.'],
  DecompressionError: ['The file is not compressed as it says', 'Its stored bytes can still be downloaded.'],
};

/** Errors of HDF5 files, which are told by their names: several have the same code. */
const knownNames: Record<string, [title: string, ...steps: string[]]> = {
  NotHdf5Error: ['This is no HDF5 file', 'Its signature was not found. It may be another format under this name.'],
  MissingFilterError: [
    'The values are packed by a filter that this page does not have',
    'Built in are deflate, shuffle, fletcher32, szip, nbit and scaleoffset; the technical details name the one that is missing.',
    'Programs give its plugin in the option “plugins” of openHdf5, the command anyfile h5 by --plugins.',
  ],
  UnsupportedTypeError: ['Values of this type cannot be shown', 'The technical details say which type it is.'],
  Hdf5Error: ['The HDF5 file is damaged, or not what its format says', 'The technical details have the words of the HDF5 library.'],
};

function corsAdvice({ protocol, origin }: Place): Advice {
  const title = 'The server answers, but this page may not read the answer';
  const wrongKey =
    'A wrong key can look the same: some servers send no CORS headers with a refusal. The same keys in Node, or with the command anyfile, tell which it is.';
  if (protocol === 's3' || protocol === 'gs') {
    const steps = [`Allow this page's origin, ${origin}, in the CORS rules of the bucket.`, wrongKey];
    return { title, steps, snippet: corsRules(protocol === 's3' ? 'aws' : 'gcs', origin) };
  }
  return {
    title,
    steps: [
      `The server must send Access-Control-Allow-Origin: ${origin} (or *) with the file.`,
      'Files of servers that do not can be read outside of pages only.',
    ],
  };
}

/** Words for anything thrown. */
export function adviceFor(error: unknown, place: Place): Advice {
  if (isCloudError(error, 'CorsOrNetwork')) return corsAdvice(place);
  const found = isCloudError(error) ? (knownNames[error.name] ?? known[error.code]) : undefined;
  if (!found) return { title: 'Something went wrong', steps: ['The technical details say what.'] };
  const [title, ...steps] = found;
  return { title, steps };
}

/** Plain data for the technical details: no secret is in it. */
export function detailsOf(error: unknown): string {
  if (isCloudError(error)) return JSON.stringify(error, null, 2);
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
