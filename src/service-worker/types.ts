/**
 * What a page and its service worker tell one another, and what both know of a mount. Types and names only.
 *
 * @module
 */

import type { RemoteSignerOptions } from '../signer/remote-signer.ts';

/** Names the broadcast channel over which a worker asks for a mount. */
export const CHANNEL = 'anyfile:mounts';

/** The message that makes a worker take control of the pages in its scope: after a hard reload no worker controls a page. */
export const CLAIM = 'anyfile:claim';

/** Begins the ids of mounts whose key of the day is kept on the disk: for others the disk is not looked at. */
export const KEPT = 'day-';

/** The path below which mounts are, unless both sides are told another. */
export const PREFIX = '/anyfile/';

/** The service of a mount: which driver signs for it. */
export type MountProtocol = 's3' | 'gs' | 'web';

/** With what requests of one day are signed. Whoever has it can read, for that day; nobody can get the secret key out of it. */
export interface DayKey {
  readonly accessKeyId: string;
  readonly sessionToken?: string | undefined;
  /** `20261121/eu-west-1/s3/aws4_request`. */
  readonly scope: string;
  /** HMAC-SHA-256, not extractable. */
  readonly key: CryptoKey;
}

/** How a worker asks the app's own server for signatures. Nothing of it is secret: headers of the login are asked for each time. */
export interface MountSignerFacts extends Pick<RemoteSignerOptions, 'cookies' | 'marginMs' | 'timeoutMs' | 'attempts' | 'maxKept'> {
  /** Absolute. */
  readonly url: string;
  /** Whether the page has headers for its questions. */
  readonly hasLogin: boolean;
}

/** What a worker is told of a mount. */
export interface MountRecord {
  readonly protocol: MountProtocol;
  /** Address of the bucket or folder, without a slash at its end. */
  readonly root: string;
  /** Stands in front of every key. */
  readonly prefix: string;
  /** Absent where nothing is signed, or a signer does it. */
  readonly signing?: DayKey | undefined;
  readonly signer?: MountSignerFacts | undefined;
  /** When it has to be asked for again, in ms since the epoch: at the end of the day, or when temporary keys end. */
  readonly expiresAt: number;
}

/** What a page answers, without a record or headers when it has none to give. */
export type MountAnswer =
  | { readonly type: 'mount'; readonly id: string; readonly record: MountRecord | undefined }
  | { readonly type: 'login'; readonly id: string; readonly headers: Record<string, string> | undefined };

/** `need`, `needLogin`: the worker asks; `mount`, `login`: the page answers; `closed`: the page has ended it; `gone`: the worker has
 * forgotten it. */
export type MountMessage = MountAnswer | { readonly type: 'need' | 'needLogin' | 'closed' | 'gone'; readonly id: string };
