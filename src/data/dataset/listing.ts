/**
 * The files of a prefix: what the listing tells is not asked again.
 *
 * @module
 */
import type { StoreContext } from '../../store/context.ts';
import { widthOf } from '../../files/progress.ts';
import type { AbortOptions } from '../../types.ts';
import { mapParallel } from '../../util/parallel.ts';
import { Datafile } from '../datafile/datafile.ts';
import { listedState, loadState, type DatafileOptions } from '../datafile/open-datafile.ts';
import { placeBelow, type CloudPlace, type Place } from '../place.ts';
import type { FileChoice } from './choice.ts';

/** How the files of a dataset are looked at. */
export interface ListingOptions extends AbortOptions {
  parallel?: number | undefined;
}

/**
 * Lists a prefix. Where the listing has the metadata (GCS by JSON) that is all; else every chosen object is asked, unless stored metadata are to
 * be ignored.
 *
 * @returns datafiles in the order of their keys
 */
export async function listPrefix(
  context: StoreContext,
  place: CloudPlace,
  choice: FileChoice,
  { signal, parallel }: ListingOptions,
): Promise<Datafile[]> {
  const { key, store } = place;
  const prefix = key === '' ? '' : `${key}/`;

  const { recursive, ignoreStoredMetadata } = choice;
  const listed: Datafile[] = [];
  async function* toAsk(): AsyncGenerator<CloudPlace, void, undefined> {
    for await (const page of store.list({ prefix, delimiter: recursive ? undefined : '/', signal })) {
      const known = page.hasMetadata || ignoreStoredMetadata;
      for (const info of page.objects) {
        const below = info.key.slice(prefix.length);
        if (!choice.takes(below)) continue;
        const at = placeBelow(place, below);
        if (known) listed.push(new Datafile(listedState(context, at, info, ignoreStoredMetadata)));
        else yield at;
      }
    }
  }

  // All pages of a store tell the metadata, or none does: one of these is empty.
  const asked = await openAll(context, toAsk(), { ignoreStoredMetadata }, { signal, parallel });
  return [...listed, ...asked];
}

/** Opens files that are named one by one. */
export function openNamed(
  context: StoreContext,
  places: readonly Place[],
  choice: FileChoice,
  options: ListingOptions,
): Promise<Datafile[]> {
  return openAll(context, places, { ignoreStoredMetadata: choice.ignoreStoredMetadata }, options);
}

async function openAll(
  context: StoreContext,
  places: Iterable<Place> | AsyncIterable<Place>,
  about: DatafileOptions,
  { signal, parallel }: ListingOptions,
): Promise<Datafile[]> {
  const files: Datafile[] = [];
  const open = async (place: Place, _: number, inner: AbortSignal): Promise<Datafile> =>
    new Datafile(await loadState(context, place, { ...about, signal: inner }));
  for await (const file of mapParallel(places, widthOf({ context }, parallel), open, { signal, ordered: true })) files.push(file);
  return files;
}
