/**
 * What a worker takes from a page for one file: options whose functions are called there, and sources that are read there.
 *
 * @module
 */
import { callFunctions } from '../../rpc/functions.ts';
import type { Peer } from '../../rpc/peer.ts';
import { fromWire, type Wire } from '../../rpc/wire.ts';
import type { Hdf5OpenOptions } from '../open-hdf5.ts';
import type { Hdf5Input } from '../source/byte-source.ts';
import type { Hdf5Source } from '../types.ts';
import type { PageCalls, PostedReader, PostedSource } from './messages.ts';

/** Calls what the page does for a file. */
function caller(peer: Peer, file: number) {
  return <Name extends keyof PageCalls>(
    name: Name,
    args: Omit<PageCalls[Name][0], 'file'>,
    signal?: AbortSignal,
  ): Promise<PageCalls[Name][1]> => peer.call(name, { ...args, file }, { signal });
}

/** The options of a file. */
export function takeOptions(wire: Wire, file: number, peer: Peer): Hdf5OpenOptions {
  const { errors } = peer;
  const ask = caller(peer, file);
  const call = callFunctions({
    errors,
    ask: (args, signal) => ask('ask', args, signal),
    tell: (args) => peer.note('tell', { file, ...args }),
  });
  return fromWire(wire, { errors, call }) as Hdf5OpenOptions;
}

/** The source of a file. */
export function takeSource(source: PostedSource, file: number, peer: Peer): Hdf5Input {
  switch (source.kind) {
    case 'url':
      return source.url;
    case 'blob':
      return source.blob;
    case 'bytes':
      return source.bytes;
    case 'reader':
      return readerSource(source.reader, file, peer);
  }
}

function readerSource({ id, byteLength, name, stats: first, hasSiblings }: PostedReader, file: number, peer: Peer): Hdf5Source {
  const call = caller(peer, file);
  let stats = first;
  const source: Hdf5Source = {
    byteLength,
    name,
    async read(ranges, { signal } = {}) {
      const answer = await call('read', { id, ranges }, signal);
      stats = answer.stats;
      return answer.pieces;
    },
    close: () => call('closeReader', { id }),
  };
  // as many methods as the page's has: their absence says something
  if (first) source.stats = () => ({ ...(stats ?? first) });
  if (hasSiblings)
    source.sibling = async (name, { signal } = {}) => {
      const found = await call('sibling', { id, name }, signal);
      return found && readerSource(found, file, peer);
    };
  return source;
}
