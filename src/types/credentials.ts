/**
 * Credentials, and who is asked for them. Types only, no code.
 *
 * @module
 */
import type { AbortOptions } from './basic.ts';

/** S3 and GCS HMAC. Any AWS SDK provider's answer fits as it is. */
export interface KeyCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
  expiration?: Date | undefined;
}

/** A bearer token. */
export interface TokenCredentials {
  accessToken: string;
  expiration?: Date | undefined;
}

/** The JSON of a Google service account's key; further fields are ignored. */
export interface ServiceAccountCredentials {
  client_email: string;
  private_key: string;
  private_key_id?: string | undefined;
  token_uri?: string | undefined;
}

/** user:password of HTTP basic authentication. */
export interface BasicCredentials {
  user: string;
  password: string;
}

/** google-auth-library's clients fit as they are. */
export interface HeaderCredentials {
  getRequestHeaders(url?: string): Promise<Headers | Record<string, string>>;
}

/** A signer elsewhere, so that a browser never holds a key. It returns the URL and headers to send. */
export interface RemoteSigner {
  sign(
    request: { method: string; url: string; headers: Record<string, string> } & AbortOptions,
  ): Promise<{ url: string; headers?: Record<string, string> | undefined }>;
}

/** Everything that can open a store. */
export type Credentials =
  | KeyCredentials
  | TokenCredentials
  | ServiceAccountCredentials
  | BasicCredentials
  | HeaderCredentials
  | RemoteSigner
  | 'anonymous';

/** What a credentials provider is asked. */
export interface CredentialsRequest extends AbortOptions {
  /** The object's URL without a query. */
  url: string;
  method: string;
  bucket: string;
}

/** Called once per bucket, kept until shortly before `expiration`, one call in flight. */
export type CredentialsProvider = (request: CredentialsRequest) => Promise<Credentials> | Credentials;
