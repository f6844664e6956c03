/**
 * What a service brings along for its own kind of keys.
 *
 * @module
 */
import type { Clock, Credentials, HttpPort, HttpRequest, SignContext } from '../types.ts';

/**
 * How long a request that is signed in its query stays valid, in ms: as long as S3 tolerates a wrong clock. Every attempt is signed
 * anew and counts from its arrival, so a longer life would only help whoever finds the URL.
 */
export const QUERY_EXPIRY_MS = 900_000;

/** Signs requests with one credential object; what it derives or fetches for that object it keeps. */
export type ServiceSigner = (request: HttpRequest, context: SignContext, inQuery: boolean) => HttpRequest | Promise<HttpRequest>;

/** What a {@link ServiceSigning} is told. */
export interface ServiceSigningOptions {
  /** Asked for every request: it may be learnt from an answer. */
  region: () => string;
  /** For token exchanges. */
  send: HttpPort;
  clock: Clock;
}

/** Makes the signer of a service for keys; `undefined` for credentials that the service does not know. */
export type ServiceSigning = (credentials: Credentials, options: ServiceSigningOptions) => ServiceSigner | undefined;
