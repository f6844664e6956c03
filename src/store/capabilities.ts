/**
 * What each kind of store can do, apart from the drivers so that it is known before one is loaded.
 *
 * @module
 */
import type { Capabilities, Protocol } from '../types.ts';

const all: Capabilities = {
  read: true,
  write: true,
  list: true,
  ranges: true,
  storedBytes: true,
  conditionalWrites: true,
  conditionalReads: true,
  metadata: true,
  copy: true,
  signUrl: false,
  multipart: false,
  headers: true,
  keysAsPrefixes: true,
};

/** @param storedBytes whether the runtime hands out stored bytes */
export function capabilitiesOf(protocol: Protocol, storedBytes: boolean): Capabilities {
  switch (protocol) {
    case 's3':
      return { ...all, storedBytes: storedBytes || 'signed', signUrl: true, multipart: true };
    case 'gs':
      return { ...all, storedBytes, signUrl: true, multipart: true };
    case 'http':
    case 'https':
      return { ...all, storedBytes, write: false, copy: false, metadata: false, conditionalWrites: false };
    case 'file':
    case 'opfs':
      return { ...all, metadata: false, headers: false, keysAsPrefixes: false };
    case 'mem':
      return all;
  }
}
