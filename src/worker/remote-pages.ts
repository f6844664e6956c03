/**
 * Listings that a worker makes, page by page as they are asked for.
 *
 * @module
 */
import type { ListOptions, ListPage, ListUploadsOptions, OpenUpload } from '../types.ts';
import { onAbort } from '../util/abort.ts';
import type { Place } from './messages.ts';
import { postOptions } from './posted-options.ts';
import type { RemoteContext } from './remote-call.ts';

/** The pages of a listing. Who leaves early, or aborts, ends the worker's listing. */
export async function* remotePages<T extends ListPage | OpenUpload[]>(
  its: RemoteContext,
  place: Place,
  name: 'list' | 'listUploads',
  options: ListOptions | ListUploadsOptions = {},
): AsyncGenerator<T, void, undefined> {
  const { signal } = options;
  const id = its.nextId();
  const posted = postOptions(options);
  const off = onAbort(signal, () => its.release(id, { reason: signal?.reason }));
  let isOver = false;
  try {
    for (;;) {
      const page = await its.call('page', { id, place, name, options: posted }, { signal });
      if (page === null) break;
      yield page as T;
    }
    isOver = true;
  } finally {
    off();
    if (!isOver) its.release(id);
  }
}
