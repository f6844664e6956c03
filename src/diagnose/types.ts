/**
 * What a diagnosis is told, and what it tells. Types only, no code.
 *
 * @module
 */
import type { AbortOptions } from '../types.ts';

/** What was looked at. */
export type CheckName =
  | 'url' // the text itself
  | 'connection' // name, port, TLS, an answer
  | 'clock' // this machine's against the server's
  | 'credentials' // which were found, and from where
  | 'signature' // what the server says of them
  | 'bucket' // whether it is there
  | 'region'
  | 'list'
  | 'read'
  | 'ranges'
  | 'checksums'
  | 'write' // by a probe that is removed; only where it was asked for
  | 'cors' // whether a page of that origin may read
  | 'cors.expose' // which headers it is shown
  | 'cors.write'; // whether it may write; only where `write` was asked for

/** A piece of configuration, ready to be pasted. */
export interface Snippet {
  /** Where it goes. */
  label: string;
  text: string;
}

/** One thing that was looked at. Nothing in it is secret. */
export interface DiagnosisCheck {
  name: CheckName;
  /** `null`: this could not be looked at, or there is nothing to say; `what` tells why. */
  ok: boolean | null;
  what: string;
  /** What to do about it. */
  fix?: string | undefined;
  snippet?: Snippet | undefined;
}

/** Options of `client.diagnose`. */
export interface DiagnoseOptions extends AbortOptions {
  /** Origin of a page, e.g. `https://app.example`, for which CORS is looked at. @default in a page its own, elsewhere none */
  origin?: string | undefined;
  /** Write a small object beside what the URL names, read it and delete it. @default false */
  write?: boolean | undefined;
}
