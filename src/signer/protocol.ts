/**
 * What a page and a signer say to each other: one POST of JSON, and its answer. Types and limits.
 *
 * @module
 */
import type { ErrorCode } from '../errors.ts';

/** What one URL is to be signed for. `write` takes uploads in one piece and in parts, and so lets objects be replaced. */
export type SignerOperation = 'read' | 'list' | 'write' | 'delete';

/** Why a request was refused; none says what else there would be. */
export type SignerRefusal =
  | 'url' // not the canonical form of an http URL: dot segments, encoded slashes, user info, a fragment, raw characters
  | 'method' // not a method of S3
  | 'query' // a parameter, or a set of them, that is none of a signed operation's
  | 'header' // a header that would change what the request does
  | 'place' // no rule allows this operation here
  | 'denied' // the app's own login refused it
  | 'login' // the app's own login knows nobody
  | 'failed'; // the login or the credentials failed; the cause stays on the server

/** One request to be signed. */
export interface AskedSignature {
  method: string;
  /** Absolute, percent-encoded, with the parameters of the operation and without a signature. */
  url: string;
  /** Headers that are sent with it and that a signature has to cover. */
  headers?: Record<string, string> | undefined;
}

/** The body of the POST. */
export interface SignerQuestion {
  version: 1;
  requests: AskedSignature[];
}

/** What became of one request. */
export type SignerResult =
  | {
      url: string;
      /** How long the URL is good for from now on, in ms: clocks of pages are wrong too often for a date. */
      expiresInMs: number;
    }
  | { error: { code: ErrorCode; reason: SignerRefusal; message: string } };

/** The body of the answer, in the order of the requests. */
export interface SignerAnswer {
  version: 1;
  results: SignerResult[];
}

/** Requests in one POST. */
export const MOST_REQUESTS = 100;
/** Of the POST's body. */
export const MOST_BODY_BYTES = 0x40000;
/** Of one URL: a key of 1,024 bytes, all encoded, and the parameters of a listing. */
export const MOST_URL_LENGTH = 8192;
