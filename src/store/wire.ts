/**
 * How a client's requests travel: its connections, slots, learnt clock skews, counters and credentials. One per client.
 *
 * @module
 */
import { createHttpPort, defaultCredentials, sendsLikeAPage } from '#platform';
import { createCredentialSource, type CredentialSource } from '../auth/credentials.ts';
import { createFetchPort } from '../platform/fetch-port.ts';
import { createTransport, hostOf, type Transport, type TransportInit } from '../transport/compose.ts';
import { createLimiter } from '../transport/limit.ts';
import { createObserver } from '../transport/observe.ts';
import { createSkewTable } from '../transport/skew.ts';
import type { Credentials, CredentialsProvider, HttpPort } from '../types.ts';
import type { StoreContext } from './context.ts';
import type { ClientOptions } from './options.ts';

/** Kinds of credentials. */
export type Service = 's3' | 'gs' | 'http';

/** Where credentials are asked for. */
export interface CredentialScope {
  bucket: string;
  alias?: string | null | undefined;
  host?: string | null | undefined;
  /** An emulator that the environment names: no credentials are looked for. */
  emulator?: boolean | undefined;
}

/** The wires of one client. */
export interface Wire {
  readonly context: StoreContext;
  readonly port: HttpPort;
  /** Requests go out as from a page: reads signed in the query, no header that needs leave. */
  readonly page: boolean;
  /** The wait before a body is taken up again, in ms; `undefined` after the last attempt. */
  backOff(failures: number): number | undefined;
  /** The clock, corrected by what was learnt of the clock of a URL's host; in ms since the epoch. */
  serverTime(url: string): number;
  transport(init: Pick<TransportInit, 'sign' | 'invalidate' | 'toError' | 'inspect'>): Transport;
  credentials(service: Service, scope: CredentialScope): CredentialSource;
}

const isMap = (option: object): option is Record<string, Credentials | CredentialsProvider> =>
  !['accessKeyId', 'accessToken', 'client_email', 'user', 'getRequestHeaders', 'sign'].some((name) => name in option);

function chosenCredentials(options: ClientOptions, service: Service, bucket: string): Credentials | CredentialsProvider | undefined {
  const option = options.credentials;
  if (options.noSignRequest) return 'anonymous';
  if (!option || typeof option !== 'object' || !isMap(option)) {
    // What opens a bucket goes to no web server, whose host could be anybody's: signed URLs and public addresses are read as they are.
    // Nobody knows what a function will give, so it goes there only by an entry of a map that says so.
    const forWeb = !option || (typeof option === 'object' && 'user' in option);
    return service === 'http' && !forWeb ? 'anonymous' : option;
  }
  return option[`${service}://${bucket}`] ?? option[service];
}

function createWire(context: StoreContext): Wire {
  const { options, clock } = context;
  const limiter = createLimiter({ concurrency: options.concurrency });
  const skew = createSkewTable();
  const { observe, stats } = createObserver(options.onRequest);
  const { attempts = 7, minDelayMs = 500, maxDelayMs = 60_000 } = options.retry ?? {};
  const retry = { attempts, minDelayMs, maxDelayMs };
  const { send: port, close } = options.fetch ? createFetchPort(options.fetch, { page: sendsLikeAPage }) : createHttpPort();
  context.stats = stats;
  context.onClose(close);
  return {
    context,
    port,
    page: sendsLikeAPage,
    backOff: (failures) => (failures >= attempts ? undefined : Math.random() * Math.min(maxDelayMs, minDelayMs * 2 ** (failures - 1))),
    serverTime: (url) => clock() + skew.get(hostOf(url)),
    transport: (init) =>
      createTransport({
        ...init,
        port,
        limiter,
        skew,
        retry,
        timeouts: options.timeouts ?? {},
        clock,
        observe,
        readOnly: options.readOnly,
      }),
    credentials: (service, { bucket, alias, host, emulator }) =>
      context.shared(`credentials ${service}://${host ?? ''}/${alias ?? ''}/${bucket}`, () => {
        const chosen = chosenCredentials(options, service, bucket);
        const find = { profile: options.profile, alias: alias ?? undefined, host: host ?? undefined };
        return createCredentialSource(chosen ?? (emulator ? undefined : defaultCredentials(service, find)) ?? 'anonymous', { clock });
      }),
  };
}

/** The wires of a client, made on first use. */
export const wireOf = (context: StoreContext): Wire => context.shared('wire', () => createWire(context));
