/**
 * What a worker and who started it talk through. Types only, no code.
 *
 * @module
 */

/** What messages go through; how it is listened to differs. */
export interface MessagePortLike {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
}
