/**
 * What is wrong with a URL, these credentials, this bucket: looked at one after the other, each with what to do about it.
 *
 * @module
 */
import { sendsLikeAPage } from '#platform';
import { isCloudError, redactUrl } from '../errors.ts';
import { openStore, regionOf } from '../open/open-store.ts';
import { aliasesOf } from '../store/aliases-of.ts';
import { createContext, type StoreContext } from '../store/context.ts';
import { endpointOf } from '../store/endpoint-of.ts';
import { s3ServiceOf } from '../store/s3/profile.ts';
import { wireOf } from '../store/wire.ts';
import type { Location, ObjectStore } from '../types.ts';
import { throwIfAborted } from '../util/abort.ts';
import { gcsAddress, s3Address } from '../url/endpoint.ts';
import { formatUrl } from '../url/format.ts';
import { parseUrl } from '../url/parse.ts';
import { checkConnection, type Answer } from './connection.ts';
import { checkCors, corsFix } from './cors.ts';
import type { CorsService } from './cors-rules.ts';
import { checkCredentials } from './credentials.ts';
import { checkList, checkRead, checkWrite, type Asked, type Looked } from './store-checks.ts';
import type { DiagnoseOptions, DiagnosisCheck } from './types.ts';
import { bucketOfWebAddress, slipOfLocation, slipOfText } from './url-slips.ts';
import type { Refusal } from './words.ts';

/** The location, or what is wrong with the text. */
async function readUrl(context: StoreContext, url: string, options: DiagnoseOptions): Promise<Location | DiagnosisCheck> {
  const aliases = aliasesOf(context);
  try {
    try {
      return parseUrl(url, { aliases });
    } catch (error) {
      if (!isCloudError(error, 'UnsupportedProtocol') || !/^[a-z][\w+.-]+:\/\//i.test(url)) throw error;
      await aliases.load({ signal: options.signal });
      return parseUrl(url, { aliases });
    }
  } catch (error) {
    if (!isCloudError(error, 'InvalidUrl') && !isCloudError(error, 'UnsupportedProtocol')) throw error;
    return { name: 'url', ok: false, ...slipOfText(url) };
  }
}

function urlCheck(location: Location): DiagnosisCheck {
  const slip = slipOfLocation(location);
  if (slip) return { name: 'url', ok: false, ...slip };
  const { protocol, bucket, path, host } = location;
  const web = bucketOfWebAddress(location);
  const shown = redactUrl(path);
  const place =
    bucket === null
      ? `${host ?? ''}${host === null || shown.startsWith('/') ? '' : '/'}${shown}`
      : `bucket ${bucket}, ${shown ? `key ${shown}` : 'no key'}`;
  const more = web ? `; read as a web address, unsigned: as ${web} it could be listed and opened with credentials` : '';
  return { name: 'url', ok: true, what: `${protocol}: ${place}${more}` };
}

/** Where an object, or the bucket, is on the wire; undefined for what is not reached by HTTP. */
function addressOf(context: StoreContext, location: Location, key: string): string | undefined {
  const { protocol, bucket, host, path } = location;
  const endpoint = endpointOf(context, location);
  if (protocol === 's3')
    return s3Address({ bucket: bucket!, key, region: regionOf(context), endpoint, forcePathStyle: context.options.forcePathStyle });
  if (protocol === 'gs') return gcsAddress({ bucket: bucket!, key, endpoint });
  return protocol === 'http' || protocol === 'https' ? formatUrl({ ...location, host, path }) : undefined;
}

function corsServiceOf(context: StoreContext, location: Location, answer: Answer | undefined): CorsService | undefined {
  if (location.protocol === 'gs') return 'gcs';
  if (location.protocol !== 's3') return undefined;
  const service = s3ServiceOf(endpointOf(context, location));
  // MinIO lives under its users' names, and says what it is
  if (service === 'generic') return /^minio/i.test(answer?.headers.get('server') ?? '') ? 'minio' : 's3';
  return service;
}

/** What the server says of the credentials, once it was asked for something. */
function signatureCheck(refusal: Refusal | undefined, isSigned: boolean): DiagnosisCheck[] {
  if (refusal?.about === 'signature') return [{ name: 'signature', ok: false, what: refusal.what, fix: refusal.fix }];
  if (!isSigned || (refusal && refusal.about !== 'right' && refusal.about !== 'bucket')) return [];
  return [{ name: 'signature', ok: true, what: 'the server takes the signature' }];
}

function bucketCheck(location: Location, refusal: Refusal | undefined): DiagnosisCheck[] {
  const { bucket } = location;
  if (bucket === null || location.protocol === 'mem') return [];
  if (refusal?.about === 'bucket') return [{ name: 'bucket', ok: false, what: `${bucket}: ${refusal.what}`, fix: refusal.fix }];
  if (refusal?.about === 'signature' || refusal?.about === 'region' || refusal?.about === 'other')
    return [{ name: 'bucket', ok: null, what: 'not known: the server did not let us look' }];
  return [{ name: 'bucket', ok: true, what: `${bucket} is there${refusal ? ', or is hidden: it may not be listed' : ''}` }];
}

/** The region that the bucket is in, as far as anybody told. */
async function regionCheck(
  context: StoreContext,
  store: ObjectStore,
  answer: Answer | undefined,
  refusal: Refusal | undefined,
): Promise<DiagnosisCheck[]> {
  const wanted = regionOf(context);
  const said = answer?.headers.get('x-amz-bucket-region') ?? undefined;
  if (refusal?.about === 'region' && !said) return [{ name: 'region', ok: false, what: `${wanted}: ${refusal.what}`, fix: refusal.fix }];
  if (refusal && !said) return [];
  let real = said;
  try {
    // what the driver signs for by now is what it has learnt
    const url = new URL(await store.signUrl!('x'));
    real ??= url.searchParams.get('X-Amz-Credential')?.split('/')[2];
  } catch {
    // credentials that sign no URLs
  }
  if (real === undefined) return [];
  if (real === wanted) return [{ name: 'region', ok: true, what: `${wanted} is right` }];
  const what = `the bucket is in ${real}, and ${wanted} is set; anyfile finds it by one more request, signed URLs and other programs do not`;
  return [{ name: 'region', ok: false, what, fix: `Set it: --region ${real}, AWS_REGION=${real}, region: '${real}'.` }];
}

/** In a page what CORS lets through is what can be seen. */
function corsInPage(
  checks: readonly DiagnosisCheck[],
  errors: ReadonlySet<string>,
  about: Parameters<typeof corsFix>[0],
): DiagnosisCheck[] {
  const read = checks.find(({ name }) => name === 'read');
  if (errors.has('CorsOrNetwork')) {
    const what = `this page, ${about.origin}, is not shown the answer. A wrong key can look the same: some servers send no CORS headers with a refusal`;
    return [{ name: 'cors', ok: false, what, ...corsFix(about, false) }];
  }
  if (!read?.ok) return [];
  const hidden = checks.find(({ name }) => name === 'checksums')?.ok === null;
  const cors: DiagnosisCheck = { name: 'cors', ok: true, what: `this page, ${about.origin}, may read` };
  if (!hidden) return [cors, { name: 'cors.expose', ok: true, what: 'this page is shown checksums or ETags' }];
  const what = 'this page is shown neither ETag nor checksum';
  return [cors, { name: 'cors.expose', ok: false, what, ...corsFix(about, false), fix: 'Expose them in the CORS rules of the bucket:' }];
}

/**
 * Look at a URL as its store would be opened: the text, the connection, the clock, credentials and where they come from, bucket and region, listing,
 * reading, ranges and checksums, for a page's origin CORS, and on demand writing. Requests are not repeated, nothing is cached, and nothing is
 * changed unless `write` is true.
 *
 * @returns what was looked at, in this order; where one thing keeps others from being looked at they are left out, or `ok` is `null`
 * @throws CloudError only what is no finding, such as a client that is closed; `signal.reason` on abort
 * @example for (const { name, ok, what, fix } of await diagnose(client.context, 's3://bucket/key')) console.log(name, ok, what, fix);
 */
export async function diagnose(from: StoreContext, url: string, options: DiagnoseOptions = {}): Promise<DiagnosisCheck[]> {
  const { signal, write = false } = options;
  throwIfAborted(signal);
  const errors = new Set<string>();
  const context = createContext({
    ...from.options,
    cache: undefined,
    retry: { attempts: 1 },
    // a whole object where a part was asked for is to be seen, however small it is
    limits: { ...from.options.limits, maxFullDownloadBytes: 0 },
    timeouts: { headersMs: 15_000, idleMs: 15_000, ...from.options.timeouts },
    onRequest(event) {
      if (event.error) errors.add(event.error);
      from.options.onRequest?.(event);
    },
  });
  try {
    const location = await readUrl(context, url, options);
    if ('name' in location) return [location];
    const checks = [urlCheck(location)];
    if (checks[0]!.ok === false) return checks;
    await lookAt(context, location, checks, { ...options, write, errors });
    throwIfAborted(signal);
    return checks;
  } finally {
    await context.close();
  }
}

/** Whether nothing else of the store can be seen after this. */
const isBarred = (refusal: Refusal | undefined): boolean => refusal !== undefined && /^(signature|bucket|region)$/.test(refusal.about);

interface Tried {
  list?: Looked | undefined;
  read?: Awaited<ReturnType<typeof checkRead>> | undefined;
  /** What was read. */
  object?: string | undefined;
  /** As the store has it: a folder's with its slash. */
  key: string;
}

/** List and read what the URL names; a name without a slash at its end is that of a file, and where there is none, of a folder. */
async function tryStore(asked: Asked, isWeb: boolean): Promise<Tried> {
  const { key } = asked;
  const list = isWeb && key ? undefined : await checkList(asked);
  if (isBarred(list?.refusal)) return { list, key };
  const first = list?.object;
  const named = key !== '' && !key.endsWith('/');
  const object = named ? key : first?.key;
  if (object === undefined) return { list, key };
  const read = await checkRead(asked, object, object === first?.key ? first?.sizeBytes : undefined);
  if (named && !read.isThere && !read.refusal && list?.check.ok) {
    const folder = await checkList({ ...asked, key: `${key}/` });
    if (folder.object) {
      const below = folder.object;
      return { list: folder, read: await checkRead(asked, below.key, below.sizeBytes), object: below.key, key: `${key}/` };
    }
  }
  return { list, read, object, key };
}

/** Whether what a URL names can be read, or listed, by everybody. */
async function isPublic(context: StoreContext, location: Location, signal: AbortSignal | undefined): Promise<boolean> {
  const open = createContext({ ...context.options, noSignRequest: true });
  try {
    const store = openStore(formatUrl({ ...location, path: '' }), { client: { context: open } });
    const key = location.path;
    if (key && !key.endsWith('/')) return (await store.head(key, { signal })) !== null;
    for await (const _ of store.list({ prefix: key, pageSize: 1, signal })) break;
    return true;
  } catch {
    throwIfAborted(signal);
    return false;
  } finally {
    await open.close();
  }
}

async function lookAt(
  context: StoreContext,
  location: Location,
  checks: DiagnosisCheck[],
  options: DiagnoseOptions & { errors: ReadonlySet<string> },
): Promise<void> {
  const { signal, write, errors } = options;
  const { protocol, bucket, path } = location;
  const address = addressOf(context, location, bucket === null ? path : '');
  const found = await checkCredentials(context, location, redactUrl(address ?? ''), { signal });
  let answer: Answer | undefined;
  if (address !== undefined) {
    const connection = await checkConnection(wireOf(context), address, { signal });
    checks.push(...connection.checks, found.check);
    if (!connection.reached) return;
    answer = connection.answer;
    // without any there is nothing to sign with, and nothing more to be seen
    if (found.credentials === undefined) {
      if (await isPublic(context, location, signal))
        found.check.fix = 'It can be read without any: --no-sign-request, noSignRequest: true.';
      return;
    }
  }

  const isWeb = protocol === 'http' || protocol === 'https';
  // a web address is one file of its folder; a disk's path likewise
  const cut = bucket === null ? path.lastIndexOf('/', path.search(/[?#]|$/)) + 1 : 0;
  const root = bucket === null ? { ...location, path: path.slice(0, cut) } : { ...location, path: '' };
  const key = bucket === null ? path.slice(cut) : path;
  const store = openStore(formatUrl(root), { client: { context } });
  const service = corsServiceOf(context, location, answer);
  const asked: Asked = {
    store,
    key,
    service: protocol === 's3' ? (service === 'gcs' ? undefined : service) : service,
    bucket: bucket ?? '',
    show: isWeb ? redactUrl : (name) => name,
    signal,
  };

  const { list, read, object, key: tried } = await tryStore(asked, isWeb);
  const refusal = read?.isThere ? undefined : (list?.refusal ?? read?.refusal);
  const isSigned = found.credentials !== undefined && found.credentials !== 'anonymous';
  checks.push(...signatureCheck(refusal, isSigned), ...bucketCheck(location, refusal));
  if (protocol === 's3' && isSigned) checks.push(...(await regionCheck(context, store, answer, refusal)));
  if (list && !(list.refusal && list.refusal.about !== 'right')) checks.push(list.check);
  else if (list?.refusal?.about === 'other') checks.push(list.check);
  if (read) checks.push(...read.checks.filter(({ name }) => name !== 'read' || !read.refusal || /right|other/.test(read.refusal.about)));
  else if (!list?.refusal) checks.push({ name: 'read', ok: null, what: 'nothing is there to be read' });
  if (write && !isBarred(refusal)) checks.push(await checkWrite({ ...asked, key: tried }));

  await lookAtCors(context, location, checks, { ...options, errors, store, service, object: read?.isThere ? object : undefined, key });
}

async function lookAtCors(
  context: StoreContext,
  location: Location,
  checks: DiagnosisCheck[],
  options: DiagnoseOptions & {
    errors: ReadonlySet<string>;
    store: ObjectStore;
    service: CorsService | undefined;
    object: string | undefined;
    key: string;
  },
): Promise<void> {
  const { signal, write, errors, store, service, object, key } = options;
  const bucket = location.bucket ?? undefined;
  const own = (globalThis as { location?: { origin?: string } }).location?.origin;
  if (sendsLikeAPage) {
    if (own && addressOf(context, location, '') !== undefined) checks.push(...corsInPage(checks, errors, { service, bucket, origin: own }));
    return;
  }
  const { origin } = options;
  const at = (name: string): string | undefined => addressOf(context, location, bucket === undefined ? location.path : name);
  const plain = at(object ?? '');
  if (origin === undefined || plain === undefined) return;
  let readUrl = plain;
  try {
    if (store.signUrl && bucket !== undefined)
      readUrl = await store.signUrl(object ?? '', { method: object === undefined ? 'LIST' : 'GET', signal });
  } catch (error) {
    throwIfAborted(signal);
    // nobody signs for tokens: a page with one reads by other means, and the bucket's rules answer to the bare address too
    if (!isCloudError(error)) throw error;
  }
  const writeUrl = write && bucket !== undefined ? at(key || 'x') : undefined;
  checks.push(...(await checkCors(wireOf(context), { origin, service, bucket, readUrl, writeUrl, signal })));
}
