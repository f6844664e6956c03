/**
 * What both ends of a port say. Several protocols may use one port, and several connections one protocol.
 *
 * @module
 */
import type { PeerMessage } from './peer.ts';

/** What a protocol is called in messages (`hdf5`, `client` …), and which it is: two ends of different releases find out by the number. */
export interface Protocol {
  readonly anyfile: string;
  readonly protocol: number;
}

/** What is said. `link` tells connections through one port apart. */
export type Said =
  /** From the worker, to whom it may concern: it is here. */
  | { readonly kind: 'serving' }
  /** From a page: is somebody there? */
  | { readonly kind: 'hello'; readonly link: string }
  /** The answer. */
  | { readonly kind: 'ready'; readonly link: string }
  /** The worker has the lock of this name as long as it lives. */
  | { readonly kind: 'locked'; readonly link: string; readonly lock: string }
  | { readonly kind: 'peer'; readonly link: string; readonly message: PeerMessage };

/** One message. */
export type Message = Said & Protocol;

/** A message of a protocol, or undefined for what others say through the same port. */
export const messageOf = (data: unknown, { anyfile }: Protocol): Message | undefined =>
  (data as Partial<Message> | null)?.anyfile === anyfile ? (data as Message) : undefined;
