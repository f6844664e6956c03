/**
 * The SigV4 signer by the kernel: what hashes is WebAssembly, and what the last request had is kept, for a page reads thousands of keys of one
 * bucket with the same headers. Loaded by the first signature; until it is there plain JavaScript signs.
 *
 * @module
 */
import text from '../../../wasm/built/sha256.wasm';
import type { KeyCredentials } from '../../types.ts';
import { sha256Hex } from '../../util/sha256.ts';
import { sigv4Kernel, type Sigv4Kernel } from '../../wasm/sigv4.ts';
import { canonicalHeaders, canonicalQuery, encodePath, parseHttpUrl, splitUrl } from '../canonical.ts';
import { ALGORITHM, createAwsCore, type AwsCore, type AwsSignerOptions } from './sigv4.ts';

let loaded: { kernel: Sigv4Kernel | undefined } | undefined;

/** The URL's parts, without a search where it begins as the last one did. */
function splitterFor(): (url: string) => [origin: string, path: string, query: string] {
  let last = ' ';
  return (url) => {
    const from = last.length;
    // A fragment is rare, and a path that is empty becomes a slash.
    if (!url.startsWith(last) || url.charCodeAt(from) !== 47 || url.includes('#', from)) {
      const parts = splitUrl(url);
      last = parts[0] || ' ';
      return parts;
    }
    const query = url.indexOf('?', from);
    return query < 0 ? [last, url.slice(from), ''] : [last, url.slice(from, query), url.slice(query + 1)];
  };
}

/**
 * A core whose hashes are the kernel's; the signatures are the same.
 *
 * @returns one in plain JavaScript where WebAssembly is barred
 */
export function createKernelCore(credentials: KeyCredentials, options: AwsSignerOptions): AwsCore {
  const core = createAwsCore(credentials, options);
  const { kernel } = (loaded ??= { kernel: sigv4Kernel(text) });
  if (!kernel) return core;
  const { s3 } = core;
  const { normalizePath = !s3, doubleEncode = !s3, signedHeaders = s3 ? 'needed' : 'usual' } = options;
  const split = splitterFor();
  const plainHmac = core.hmac;
  let lastOrigin = ' ';
  let host = '';
  let lastStamp = '';
  let prefix = '';
  // The headers of the last request and what was made of them; no header has no name.
  let keys = [''];
  let values: string[] = [];
  let names = '';
  let lastHash = '';
  let tail = '';

  const same = (headers: Record<string, string>): boolean => {
    let i = 0;
    for (const name in headers) {
      if (name !== keys[i] || headers[name] !== values[i]) return false;
      i++;
    }
    return i === keys.length;
  };

  core.hmac = (given) => kernel.mac(core.key, given) ?? plainHmac(given);
  core.seal = ({ method, url }, headers, hash, queryOf) => {
    const [origin, path, query] = split(url);
    const base = origin + path;
    if (origin !== lastOrigin) {
      host = parseHttpUrl(origin).host;
      lastOrigin = origin;
      keys = [''];
    }
    if (hash !== lastHash || !same(headers)) {
      const [lines, signed] = canonicalHeaders(host, headers, signedHeaders);
      names = signed;
      tail = `\n${lines}\n${names}\n${hash}`;
      keys = Object.keys(headers);
      values = Object.values(headers);
      lastHash = hash;
    }
    if (core.stamp !== lastStamp) {
      lastStamp = core.stamp;
      prefix = `${ALGORITHM}\n${core.stamp}\n${core.scope}\n`;
    }
    const plain = normalizePath ? parseHttpUrl(base).pathname.replace(/\/+/g, '/') : path;
    const parameters = queryOf ? queryOf(query, names) : query && canonicalQuery(query, [], s3);
    const head = `${method}\n${encodePath(plain, doubleEncode)}\n${parameters}`;
    return [names, kernel.sign(core.key, prefix, head, tail) ?? plainHmac(prefix + sha256Hex(head + tail)), base, query];
  };
  return core;
}
