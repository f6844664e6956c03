/**
 * One bucket behind the XML API that S3 made and GCS also speaks: its address, its region, its signed requests.
 *
 * @module
 */
import type { CredentialSource } from '../../auth/credentials.ts';
import { createSignFunction } from '../../auth/sign-function.ts';
import { isCloudError } from '../../errors.ts';
import type { RequestOptions } from '../../transport/compose.ts';
import type { HttpRequest, HttpResponse, SignFunction } from '../../types.ts';
import { isSafeForSecrets } from '../../util/safe-origin.ts';
import type { StoreContext } from '../context.ts';
import { wireOf, type CredentialScope, type Wire } from '../wire.ts';
import { tellingVersion } from '../not-modified.ts';
import { hashPayload } from '../payload.ts';
import { toQuery } from '../query.ts';
import type { ChecksumHeader } from './checksums.ts';
import type { XmlDialect } from './dialect.ts';

/** What the driver is made of. */
export interface XmlInit {
  dialect: XmlDialect;
  bucket: string;
  context: StoreContext;
  scope: CredentialScope;
  endpoint?: string | undefined;
  region: string;
  forcePathStyle?: boolean | undefined;
  requestPayer?: string | undefined;
  /** For people. */
  url: string;
  /** Shared with another API of the same bucket. @default one of its own */
  sign?: SignFunction | undefined;
}

/** A request before it has an address. */
export interface XmlRequest extends Omit<HttpRequest, 'url'> {
  /** Empty for the bucket itself. */
  key: string;
  query?: Record<string, string> | undefined;
}

/** What the driver's operations share. */
export interface XmlDriver {
  readonly init: XmlInit;
  readonly wire: Wire;
  readonly source: CredentialSource;
  /** What was learnt of the service. */
  readonly learnt: {
    /** Its conditions compare times with fractions of a second, which its answers do not tell. */
    finerTimes?: boolean;
  };
  /** What was learnt of it by all stores of the client that have its endpoint. */
  readonly service: {
    /** What its last answer to a write showed of the headers that may stand for a better known one. Nothing in pages. */
    shown?: ChecksumHeader | undefined;
  };
  /** What the clock of whoever serves a key shows, as far as is known; in ms since the epoch. */
  serverTime(key: string): number;
  /**
   * Hex SHA-256 of a body for the signature, where the way to the server could change it: plain http to another machine. On others nobody can, and
   * the checksum in the headers, which are signed, is compared by the store.
   */
  payloadHash(body: Uint8Array): string | undefined | Promise<string | undefined>;
  /** Send; addressed anew when the bucket turns out to be in another region. */
  send(request: XmlRequest, options: RequestOptions): Promise<HttpResponse>;
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** A missing object, as against a missing bucket or upload. */
export const isMissing = (error: unknown): boolean =>
  isCloudError(error, 'NotFound') && error.providerCode !== 'NoSuchBucket' && error.providerCode !== 'NoSuchUpload';

/** Make the part that the operations share. */
export function createDriver(init: XmlInit): XmlDriver {
  const { context, bucket, endpoint, forcePathStyle, dialect } = init;
  const wire = wireOf(context);
  const source = wire.credentials(dialect.service, init.scope);
  let { region } = init;
  const inQuery = ({ method }: { method: string }): boolean => wire.page && (method === 'GET' || method === 'HEAD');
  const sign =
    init.sign ??
    createSignFunction(source, {
      service: dialect.service,
      bucket,
      region: () => region,
      inQuery,
      send: wire.port,
      clock: context.clock,
      allowInsecure: endpoint !== undefined,
    });
  const learn = (found: string): void => {
    if (/^[\w-]{1,64}$/.test(found)) region = found;
  };
  const transport = wire.transport({
    sign,
    invalidate: () => source.invalidate(),
    toError: async (request, response) =>
      tellingVersion(dialect.errorOf(request, response, textOf(await response.body.bytes()), learn), response.headers),
    // copy and complete answer 200 before they know whether it went well
    inspect(request, response, bytes) {
      const text = textOf(bytes.subarray(0, 0x10000));
      return /^(?:<\?xml[^>]*\?>)?\s*<Error>/.test(text) ? dialect.errorOf(request, response, text, learn) : undefined;
    },
  });
  const addressOf = (key: string): string => dialect.address({ bucket, key, region, endpoint, forcePathStyle });
  const signsBodies = endpoint !== undefined && !isSafeForSecrets(endpoint);
  const payer = init.requestPayer ? { [dialect.payer]: init.requestPayer } : undefined;
  const once = (request: XmlRequest, options: RequestOptions): Promise<HttpResponse> => {
    const { method, key, query = {}, body, payloadHash } = request;
    const paged = inQuery(request);
    const url = addressOf(key) + toQuery(payer && paged ? { ...query, ...payer } : query);
    const headers = payer && !paged ? { ...request.headers, ...payer } : request.headers;
    return transport({ method, url, headers, body, payloadHash }, options);
  };
  return {
    init,
    wire,
    source,
    learnt: {},
    service: context.shared(`checksums of ${dialect.service} ${endpoint}`, () => ({})),
    serverTime: (key) => wire.serverTime(addressOf(key)),
    payloadHash: (body) => (signsBodies ? hashPayload(body) : undefined),
    async send(request, options) {
      const before = region;
      try {
        return await once(request, options);
      } catch (error) {
        const elsewhere = isCloudError(error, 'Redirected') || (request.method === 'HEAD' && isCloudError(error) && error.status === 400);
        if (elsewhere && region !== before) return once(request, options);
        throw error;
      }
    },
  };
}
