/**
 * Any URL or path that anyfile takes, as a value.
 *
 * @module
 */
import { absolutePath, runtime } from '#platform';
import { CloudError, type ErrorCode } from '../errors.ts';
import type { Location, Protocol } from '../types.ts';
import { resolvePath } from '../util/path.ts';
import { UNENCODABLE } from './key.ts';

/** Names in front of `://` that say how data are laid out, not where they are (neuroglancer's convention). */
export const FORMATS: readonly string[] =
  'graphene,precomputed,boss,n5,zarr,zarr2,zarr3,brainmaps,deepzoom,nggraph,render,vtk,nifti,dvid'.split(',');

/** Names in front of `://` that can not be aliases. The last two are known and refused. */
export const PROTOCOLS: readonly string[] = 's3,gs,http,https,file,opfs,mem,middleauth+https,ngauth+https'.split(',');

/** Aliases that ship with anyfile, by name. */
export const OFFICIAL_ALIASES: Readonly<Record<string, string>> = {
  nokura: 's3://https://c10s.pni.princeton.edu/',
  matrix: 's3://https://s3-hpcrc.rc.princeton.edu/',
  tigerdata: 's3://https://td.princeton.edu/',
};

const INNER = /[a-z][\w+.-]*:\/\//i;

/** What `parseUrl` asks for the text behind an alias: a `Map` fits, so do the aliases of a client. */
export interface AliasTable {
  get(name: string): string | undefined;
}

/** Options of {@link parseUrl}. */
export interface ParseUrlOptions {
  /** Beside the official ones. */
  aliases?: AliasTable | undefined;
  /** Makes a plain path absolute and says whose disk it is on. @default the runtime's own: `file` in Node, `opfs` in a browser */
  platformPath?: ((path: string) => { protocol: 'file' | 'opfs'; path: string }) | undefined;
}

/**
 * Parse `[FORMAT://]PROTOCOL://…`, `PROTOCOL://…|FORMAT:`, an alias or a plain path. Names of protocols, formats and aliases
 * are case-sensitive. Nothing is percent-decoded: what stands behind the bucket is the key. Printed back by `formatUrl`.
 *
 * @throws CloudError `InvalidUrl` (empty, NUL, lone surrogates, user info or no host in a web address), `UnsupportedProtocol`
 *   (unknown or refused protocol, no bucket, another `x://` inside the path)
 * @example parseUrl('s3://https://minio.example/bucket/a/b') // { protocol: 's3', bucket: 'bucket', path: 'a/b', host: 'https://minio.example', … }
 */
export function parseUrl(url: string, options: ParseUrlOptions = {}): Location {
  if (typeof url !== 'string' || !url || UNENCODABLE.test(url)) throw bad(url, 'InvalidUrl');
  const { aliases, platformPath = ownPath } = options;
  let rest = url.replace(/\|neuroglancer-precomputed:$/, '');
  let format = 'precomputed';
  const suffix = /\|([\w+.-]+):$/.exec(rest);
  if (suffix) rest = `${suffix[1]}://${rest.slice(0, suffix.index)}`;

  let [name, tail] = scheme(rest);
  if (FORMATS.includes(name)) {
    format = name;
    [name, tail] = scheme((rest = tail));
  }
  let alias: string | null = null;
  const target = Object.hasOwn(OFFICIAL_ALIASES, name) ? OFFICIAL_ALIASES[name] : aliases?.get(name);
  if (target !== undefined && !PROTOCOLS.includes(name)) {
    // Only an endpoint can be printed back as an alias: an alias of a bucket or folder is resolved for good.
    if (/^s3:\/\/https?:\/\/[^/]*\/?$/.test(target)) alias = name;
    [name, tail] = scheme(target.replace(/\/?$/, '/') + tail);
  }

  const at = (protocol: Protocol, bucket: string | null, path: string, host: string | null = null): Location => {
    // A second address inside the path is a slip, but a web address may carry one in its query.
    if (INNER.test(host === null || bucket !== null ? path : path.replace(/\?.*$/s, ''))) throw bad(url, 'UnsupportedProtocol');
    return { format, protocol, bucket, path, host, alias };
  };
  if (!name) {
    // `gs:/x` and `ftp:x/y` are slips of the hand; a lone letter in front is a drive.
    if (!rest) throw bad(url, 'InvalidUrl');
    if (/^[a-z][\w+.-]+:\//i.test(rest)) throw bad(url, 'UnsupportedProtocol');
    const own = platformPath(rest);
    return at(own.protocol, null, own.path);
  }
  if (name === 'file' || name === 'opfs') {
    const location = at(name, null, tail); // before resolving, which would fold the `//` of an inner address
    return { ...location, path: name === 'file' ? platformPath(tail).path : resolvePath('/', tail) };
  }
  if (name === 'http' || name === 'https') {
    const [host, path] = authority(url, name, tail);
    return at(name, null, path, host);
  }
  if (name === 's3' || name === 'gs' || name === 'mem') {
    let host: string | null = null;
    if (name === 's3') {
      const [inner, behind] = scheme(tail);
      if (inner === 'http' || inner === 'https') [host, tail] = authority(url, inner, behind);
    }
    const slash = tail.indexOf('/');
    const bucket = slash < 0 ? tail : tail.slice(0, slash);
    if (/^[~\p{L}\p{N}_.-]+(:\d+)?$/u.test(bucket) && !/^\.\.?$/.test(bucket)) return at(name, bucket, tail.slice(bucket.length + 1), host);
  }
  throw bad(url, 'UnsupportedProtocol');
}

function ownPath(path: string): { protocol: 'file' | 'opfs'; path: string } {
  const name = runtime();
  return { protocol: name === 'browser' || name === 'workerd' ? 'opfs' : 'file', path: absolutePath(path) };
}

/** `x://rest` → [x, rest]; a text without a scheme has the name ''. */
function scheme(text: string): [name: string, rest: string] {
  const match = /^([a-z][\w+.-]+):\/\//i.exec(text);
  return match ? [match[1] ?? '', text.slice(match[0].length)] : ['', text];
}

function authority(url: string, protocol: string, rest: string): [host: string, path: string] {
  const end = rest.search(/[/?#]|$/);
  const host = `${protocol}://${rest.slice(0, end)}`;
  // User info would be a secret in every place where the URL is shown, and fetch refuses it.
  if (/[@\\\s]/.test(host) || !URL.canParse(host)) throw bad(url, 'InvalidUrl');
  return [host, rest[end] === '/' ? rest.slice(end + 1) : rest.slice(end)];
}

function bad(url: string, code: ErrorCode): CloudError {
  return new CloudError(code === 'InvalidUrl' ? 'not a URL or path' : 'unsupported protocol, or no bucket', {
    code,
    url: typeof url === 'string' ? url : undefined,
  });
}
