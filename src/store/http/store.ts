/**
 * Files of a web server, read-only. Keys are URL text: what the user wrote, a query included, goes out as it is.
 *
 * @module
 */
import { createSignFunction } from '../../auth/sign-function.ts';
import { CloudError, isCloudError, redactUrl } from '../../errors.ts';
import { following } from '../../transport/redirect.ts';
import { statusError } from '../../transport/refused.ts';
import type { HttpResponse, ObjectInfo, ObjectStore, SignFunction } from '../../types.ts';
import { capabilitiesOf } from '../capabilities.ts';
import type { StoreContext } from '../context.ts';
import { expectationFrom, infoFromHeaders } from '../headers.ts';
import { tellingVersion } from '../not-modified.ts';
import { intHeader, parseContentRange, rangeHeader } from '../read.ts';
import { wireOf } from '../wire.ts';
import { getRemote, type HeadOptions, type ReadDriver } from '../remote-get.ts';
import { shownKey } from '../shown-key.ts';

/** What the driver is made of. */
export interface HttpInit {
  /** Scheme and authority, then a path that ends in a slash. */
  base: string;
  context: StoreContext;
}

/** A key as URL text: what may stand there stays, the rest is percent-encoded. Dot segments would name another file. */
export function urlOfKey(base: string, key: string): string {
  if (/(^|\/)(\.|%2e){1,2}(\/|$)/i.test(key.replace(/\?.*/s, '')))
    throw new CloudError('dot segments in a web path', { code: 'InvalidArgument', key: nameOf(key) });
  return base + key.replace(/[^\w.~!$&'()*+,;=:@/?%-]+/gu, (text) => encodeURIComponent(text));
}

/** Of signed URLs of either provider. */
const metaPrefixes = ['x-goog-meta-', 'x-amz-meta-'] as const;

/** A key without its query, which may be a signature. */
const nameOf = (key: string): string => shownKey('http:', key);
const missing = (error: unknown): boolean => isCloudError(error, 'NotFound');

/** Open a web folder. Constructing sends nothing. */
export function createHttpStore(init: HttpInit): ObjectStore {
  const { base, context } = init;
  const { host, origin } = new URL(base);
  const wire = wireOf(context);
  const source = wire.credentials('http', { bucket: host, host });
  const signs = createSignFunction(source, {
    service: 'http',
    bucket: host,
    region: () => '',
    inQuery: () => false,
    send: wire.port,
    clock: context.clock,
  });
  // credentials stay with the host that they are for, wherever it redirects to
  const sign: SignFunction = (request, about) => (request.url.startsWith(`${origin}/`) ? signs(request, about) : request);
  const transport = wire.transport({
    sign: Object.assign(sign, { generation: signs.generation }),
    invalidate: () => source.invalidate(),
    toError: (request, response) => tellingVersion(statusError(request, response), response.headers),
  });
  const url = redactUrl(base);
  const refuse = async (): Promise<never> => {
    throw new CloudError('a web server is read-only', { code: 'NotSupported', url });
  };

  /** By a HEAD; undefined when it is refused, or does not tell the size: the length of an encoded answer is not that of the file. */
  async function headByHead(key: string, signal: AbortSignal | undefined): Promise<ObjectInfo | null | undefined> {
    const about = { operation: 'head', key: nameOf(key), signal };
    try {
      const response = await transport({ method: 'HEAD', url: urlOfKey(base, key), headers: {} }, { ...about, ...following });
      await response.body.cancel();
      const sizeBytes = intHeader(response.headers, 'content-length');
      return sizeBytes === undefined ? undefined : { ...infoFromHeaders(nameOf(key), response.headers, ...metaPrefixes), sizeBytes };
    } catch (error) {
      if (missing(error)) return null;
      if (isCloudError(error, 'PermissionDenied') || isCloudError(error, 'NotSupported')) return undefined;
      throw error;
    }
  }

  /** By a GET of one byte, which tells the size too. */
  async function headByRange(key: string, signal: AbortSignal | undefined): Promise<ObjectInfo | null> {
    const about = { operation: 'head', key: nameOf(key), signal };
    const look = async (headers: Record<string, string>): Promise<HttpResponse> => {
      const response = await transport(
        { method: 'GET', url: urlOfKey(base, key), headers },
        { ...about, ...following, accept: (s) => s === 200 || s === 206 || s === 416 },
      );
      await response.body.cancel();
      return response;
    };
    try {
      let response = await look({ range: 'bytes=0-0' });
      // of an empty object S3 then tells nothing but that it is empty
      if (response.status === 416) response = await look({});
      const size =
        response.status === 200
          ? intHeader(response.headers, 'content-length')
          : parseContentRange(response.headers.get('content-range'))?.total;
      return { ...infoFromHeaders(nameOf(key), response.headers, ...metaPrefixes), sizeBytes: size ?? 0 };
    } catch (error) {
      if (missing(error)) return null;
      throw error;
    }
  }

  async function head(key: string, { signal }: HeadOptions = {}): Promise<ObjectInfo | null> {
    // signed URLs are good for one method, which is GET for nearly all
    if (!/[?&]x-(amz|goog)-signature=/i.test(key)) {
      const found = await headByHead(key, signal);
      return found === undefined ? headByRange(key, signal) : found;
    }
    try {
      return await headByRange(key, signal);
    } catch (error) {
      const found = isCloudError(error, 'PermissionDenied') ? await headByHead(key, signal) : undefined;
      if (found) return found;
      throw error;
    }
  }

  const reader: ReadDriver = {
    url,
    wire,
    metaPrefixes,
    compares: wire.page,
    isMissing: missing,
    head,
    expected: (headers, about) =>
      expectationFrom(headers, { ...about, etagIsMd5: Boolean(headers.get('x-amz-request-id')) && (wire.page ? 'shown' : true) }),
    async open({ key, options, range, pin }) {
      const headers: Record<string, string> = {};
      if (range) headers['range'] = rangeHeader(range);
      const ifMatch = pin?.etag ?? options.ifMatch;
      if (!wire.page && ifMatch) headers['if-match'] = ifMatch;
      if (!wire.page && options.ifNoneMatch) headers['if-none-match'] = options.ifNoneMatch;
      const response = await transport(
        { method: 'GET', url: urlOfKey(base, key), headers },
        { operation: 'get', key: nameOf(key), signal: options.signal, ...following },
      );
      return { response, stored: context.storedBytes('http') };
    },
  };

  return {
    url,
    capabilities: capabilitiesOf('https', context.storedBytes('http')),
    async get(key, options) {
      const result = await getRemote(reader, key, options);
      if (result) result.key = nameOf(key);
      return result;
    },
    head,
    put: refuse,
    delete: refuse,
    async *list(options) {
      const { listWeb } = await import('./list.ts');
      yield* listWeb({ base, transport }, options);
    },
  };
}
