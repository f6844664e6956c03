/**
 * The allow-list: which places may be signed for, and for what.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { s3Address } from '../url/endpoint.ts';
import { parseUrl } from '../url/parse.ts';
import type { AskedUrl } from './asked-url.ts';
import type { SignerOperation } from './protocol.ts';

/** One place and what may be done there. */
export interface SignerRule {
  /**
   * `s3://bucket/folder/` for all below a folder, `s3://bucket/key` for one object, `s3://https://host/bucket/folder/` at another service
   * than Amazon's (GCS with HMAC keys: `s3://https://storage.googleapis.com/bucket/`).
   */
  url: string;
  /** @default ['read'] */
  operations?: readonly SignerOperation[] | undefined;
  /** Of the bucket. @default the handler's */
  region?: string | undefined;
  /** Let versions of objects be named: deleted and overwritten contents too. @default false */
  versions?: boolean | undefined;
  /**
   * Names of further `x-amz-` headers that may be signed, e.g. `x-amz-storage-class`; with `x-amz-copy-source` everything that the keys may
   * read can be read. @default []
   */
  headers?: readonly string[] | undefined;
}

/** A rule, ready to be compared with. */
export interface Place {
  bucket: string;
  /** A folder that ends in a slash, one key, or empty for the whole bucket. */
  prefix: string;
  region: string;
  operations: ReadonlySet<SignerOperation>;
  versions: boolean;
  headers: readonly string[];
  /** The key that a URL names in this bucket, empty for the bucket itself; undefined when it lies elsewhere. */
  keyOf(url: AskedUrl): string | undefined;
}

/** Of all rules. */
export interface PlaceOptions {
  region?: string | undefined;
  endpoint?: string | undefined;
  forcePathStyle?: boolean | undefined;
}

const known: ReadonlySet<string> = new Set<SignerOperation>(['read', 'list', 'write', 'delete']);

const refuse = (what: string, url?: string): never => {
  throw new CloudError(what, { code: 'InvalidArgument', url });
};

/** Whether a key or a listing's prefix lies in a place. */
export const isBelow = (key: string, { prefix }: Pick<Place, 'prefix'>): boolean =>
  prefix === '' || prefix.endsWith('/') ? key.startsWith(prefix) : key === prefix;

/**
 * Reads a rule.
 *
 * @throws CloudError `InvalidArgument`: not s3://, an operation that there is none of, a listing of one object
 */
export function placeOf(rule: SignerRule, options: PlaceOptions): Place {
  const { url, operations = ['read'], versions = false, headers = [] } = rule;
  const { protocol, bucket, path, host } = parseUrl(url);
  if (protocol !== 's3' || !bucket) return refuse('A signer signs for s3://bucket/… alone', url);
  for (const operation of operations) if (!known.has(operation)) refuse(`There is no operation ${operation}`, url);
  if (operations.includes('list') && path && !path.endsWith('/')) refuse('What is listed is a folder, whose URL ends in a slash', url);
  const region = rule.region ?? options.region ?? 'us-east-1';
  const endpoint = host ?? options.endpoint;
  const at = { bucket, region, endpoint };
  // Amazon's buckets answer under both addresses, those of others under the one that their clients are told.
  const styles = endpoint === undefined && options.forcePathStyle === undefined ? [true, false] : [options.forcePathStyle];
  const bases = styles.map((forcePathStyle) => new URL(s3Address({ ...at, forcePathStyle })));
  return {
    bucket,
    prefix: path,
    region,
    operations: new Set(operations),
    versions,
    headers: headers.map((name) => name.toLowerCase()),
    keyOf({ origin, path: asked, decoded }) {
      for (const base of bases) {
        if (base.origin !== origin) continue;
        const root = base.pathname.replace(/\/?$/, '/');
        if (`${asked}/` === root) return '';
        if (asked.startsWith(root)) return decoded.slice(decodeURIComponent(root).length - 1);
      }
      return undefined;
    },
  };
}
