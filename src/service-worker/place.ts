/**
 * From what a page wants to mount to what its worker is told.
 *
 * @module
 */
import { timestamp } from '../auth/canonical.ts';
import { createCredentialSource, isKeyCredentials } from '../auth/credentials.ts';
import { CloudError } from '../errors.ts';
import { signerAddress } from '../signer/address.ts';
import type { RemoteSignerOptions } from '../signer/remote-signer.ts';
import type { AbortOptions, CredentialsProvider, KeyCredentials } from '../types.ts';
import { gcsAddress, s3Address } from '../url/endpoint.ts';
import { checkKey } from '../url/key.ts';
import { throwIfAborted } from '../util/abort.ts';
import { deriveDayKey } from './day-key.ts';
import type { MountProtocol, MountRecord, MountSignerFacts } from './types.ts';

/**
 * A signer on the app's own server, made by `createSignerHandler` of `anyfile/signer`. The service worker asks it, so that no signed
 * address comes to the page: the requests of one turn together, and again shortly before they end. Options are those of `createRemoteSigner`.
 */
export interface MountSigner extends Omit<RemoteSignerOptions, 'fetch' | 'clock'> {}

/** What is mounted: a bucket, a folder of one, or a folder of a web server, and who reads it. */
export interface MountSource {
  /** `s3://bucket/folder/`, `s3://https://host/bucket/`, `gs://bucket/` or `https://host/folder/`. What stands behind the bucket is put in front of each key. */
  url: string;
  /** Access keys of S3 or HMAC keys of GCS, or who gives them; asked again shortly before they expire. @default 'anonymous' */
  credentials?: KeyCredentials | CredentialsProvider | 'anonymous' | undefined;
  /** Who signs where no key is to be in the page; instead of `credentials`. The worker needs `signerDriver`. */
  signer?: MountSigner | undefined;
  /** @default 'us-east-1' */
  region?: string | undefined;
  /** Scheme and host of the service. @default Amazon's or Google's */
  endpoint?: string | undefined;
  /** @default true unless the endpoint is Amazon's */
  forcePathStyle?: boolean | undefined;
}

/** Makes the record of a mount whenever it is asked for. */
export type RecordMaker = (options?: AbortOptions) => Promise<MountRecord>;

/** Headers for the signer of a mount as they are at this time. Rejects with what the page's own function rejects with. */
export async function loginOf({ signer: { headers = {} } = { url: '' } }: MountSource): Promise<Record<string, string>> {
  const given = typeof headers === 'function' ? await headers() : headers;
  // what are no headers could not be posted
  return Object.fromEntries(new Headers(given));
}

const DAY_MS = 86_400_000;
/** How long before their end temporary keys are not used any more. */
const MARGIN_MS = 60_000;

interface Place {
  readonly protocol: MountProtocol;
  readonly bucket: string;
  readonly root: string;
  readonly prefix: string;
  /** What is put in front of the secret, and what stands behind the day; absent where nothing is signed. */
  readonly signed?: readonly [salt: string, scope: string];
}

/** Not `parseUrl`, which knows the runtime's disk and so brings the platform's code along, which no service worker may load. */
function placeOf({ url, region = 'us-east-1', endpoint, forcePathStyle }: MountSource): Place {
  const [, scheme = '', rest = ''] = /^(s3|gs|https?):\/\/(.+)$/s.exec(url) ?? [];
  if (!scheme) throw new CloudError('Only s3, gs and web addresses can be mounted', { code: 'UnsupportedProtocol', url });
  const refused = (): CloudError => new CloudError('Not the address of a bucket or folder', { code: 'InvalidUrl', url });
  if (scheme.startsWith('http')) {
    // a query could be a secret, and would stand behind the key
    if (!URL.canParse(url) || /[?#@]/.test(rest)) throw refused();
    return { protocol: 'web', bucket: '', root: new URL(url).href.replace(/\/$/, ''), prefix: '' };
  }
  const [, host = endpoint, bucket = '', prefix = ''] = /^(?:(https?:\/\/[^/]+)\/)?([^/]+)\/?(.*)$/s.exec(rest) ?? [];
  if (!/^[~\p{L}\p{N}_.-]+(:\d+)?$/u.test(bucket) || /^\.\.?$/.test(bucket)) throw refused();
  if (prefix) checkKey(prefix, { http: true });
  const at = { bucket, region, endpoint: host, forcePathStyle };
  const root = (scheme === 's3' ? s3Address(at) : gcsAddress(at)).replace(/\/$/, '');
  return scheme === 's3'
    ? { protocol: 's3', bucket, root, prefix, signed: ['AWS4', `${region}/s3/aws4_request`] }
    : { protocol: 'gs', bucket, root, prefix, signed: ['GOOG4', 'auto/storage/goog4_request'] };
}

function signerFacts({ url, headers, cookies, marginMs, timeoutMs, attempts, maxKept }: MountSigner): MountSignerFacts {
  return { url: signerAddress(url), hasLogin: headers !== undefined, cookies, marginMs, timeoutMs, attempts, maxKept };
}

/**
 * Looks at a source; sends nothing and asks nobody.
 *
 * @returns the record on demand, which rejects with `NotSupported` for credentials that cannot sign URLs, with `Unauthenticated` where a
 *   provider fails, and with `signal.reason`
 * @throws CloudError `UnsupportedProtocol`, `InvalidUrl`, `InvalidArgument` (endpoint, bucket, prefix, credentials or signer that none can be, or
 *   both of the last), `NotSupported` (a signer for another address than s3://)
 */
export function recordMaker(source: MountSource): RecordMaker {
  const { protocol, bucket, root, prefix, signed } = placeOf(source);
  if (source.signer) {
    if (source.credentials !== undefined)
      throw new CloudError('A mount has credentials or a signer, not both', { code: 'InvalidArgument', url: root });
    if (protocol !== 's3') throw new CloudError('A signer signs for s3:// alone', { code: 'NotSupported', url: root });
    const record: MountRecord = { protocol, root, prefix, signer: signerFacts(source.signer), expiresAt: Infinity };
    return async ({ signal } = {}) => {
      throwIfAborted(signal);
      return record;
    };
  }
  const given = createCredentialSource(source.credentials ?? 'anonymous', { clock: Date.now, marginMs: MARGIN_MS });
  return async ({ signal } = {}) => {
    const keys = await given.get({ url: root, method: 'GET', bucket, signal });
    if (keys === 'anonymous') return { protocol, root, prefix, expiresAt: Infinity };
    if (!signed || !isKeyCredentials(keys))
      throw new CloudError('These credentials can not sign URLs: a service worker takes access keys', { code: 'NotSupported', url: root });
    const now = Date.now();
    const ends = keys.expiration ? new Date(keys.expiration).getTime() - MARGIN_MS : Infinity;
    const [salt, scope] = signed;
    const signing = await deriveDayKey(keys, salt, `${timestamp(new Date(now)).slice(0, 8)}/${scope}`);
    return { protocol, root, prefix, signing, expiresAt: Math.min(ends, (Math.floor(now / DAY_MS) + 1) * DAY_MS) };
  };
}
