/**
 * A store that a worker has.
 *
 * @module
 */
import { capabilitiesOf } from '../store/capabilities.ts';
import { formatUrl } from '../url/format.ts';
import type { AbortOptions, Location, ObjectStore, PutOptions } from '../types.ts';
import type { PlainCalls } from './messages.ts';
import { postOptions } from './posted-options.ts';
import type { RemoteContext } from './remote-call.ts';
import { remotePages } from './remote-pages.ts';
import { remoteResult } from './remote-result.ts';
import { remoteMultipart } from './remote-upload.ts';

/**
 * The store of a location, with every method that stores can have: which of them it has its capabilities tell.
 *
 * @param storedBytes whether bodies arrive in the worker as stored
 */
export function remoteStore(its: RemoteContext, location: Location, storedBytes: boolean): ObjectStore {
  const place = { url: formatUrl(location), location };
  const { call, bodies } = its;
  async function plain<Name extends keyof PlainCalls>(
    name: Name,
    args: PlainCalls[Name][0],
    options: AbortOptions = {},
  ): Promise<PlainCalls[Name][1]> {
    return (await call('plain', { place, name, args, options: postOptions(options) }, { signal: options.signal })) as PlainCalls[Name][1];
  }

  return {
    url: place.url,
    capabilities: capabilitiesOf(location.protocol, storedBytes),
    head: (key, options) => plain('head', [key], options),
    copy: (from, to, options) => plain('copy', [from, to], options),
    setMetadata: (key, metadata, options) => plain('setMetadata', [key, metadata], options),
    signUrl: (key, options) => plain('signUrl', [key], options),
    touch: (key, options) => plain('touch', [key], options),
    isFolder: (key, options) => plain('isFolder', [key], options),
    async get(key, options = {}) {
      const { signal } = options;
      const id = its.nextId();
      try {
        const posted = await call('get', { id, place, key, options: postOptions(options) }, { signal });
        return posted && remoteResult(its, id, posted, signal);
      } catch (error) {
        // it may have been opened just before it was given up
        if (signal?.aborted) its.release(id, { reason: error });
        throw error;
      }
    },
    async put(key, body, options: PutOptions = {}) {
      const { signal } = options;
      const given = await bodies.give(body, options);
      try {
        const { transfer, body: posted } = given;
        return await call('put', { place, key, body: posted, options: postOptions(given.options) }, { signal, transfer });
      } finally {
        if (given.body.kind === 'stream') bodies.take(given.body.id);
      }
    },
    async delete(keys, options = {}) {
      const args = { place, keys: typeof keys === 'string' ? keys : [...keys], options: postOptions(options) };
      const { deleted, errors } = await call('delete', args, { signal: options.signal });
      return { deleted, errors: errors.map(({ key, error }) => ({ key, error: its.peer.errors.unpack(error) as Error })) };
    },
    async rewrite(key, content, options) {
      const posted = bodies.giveContent(content);
      try {
        return await call('rewrite', { place, key, content: posted, options: postOptions(options) }, { signal: options.signal });
      } finally {
        bodies.take(posted.id);
      }
    },
    list: (options) => remotePages(its, place, 'list', options),
    listUploads: (options) => remotePages(its, place, 'listUploads', options),
    multipart: (key, options) => remoteMultipart(its, place, key, options),
  };
}
