/**
 * Taking copies away, and counting them. Only what has a record is ever touched.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import { unsignedUrl } from '../../cache/identity.ts';
import { OverwriteDirtyFileError } from '../errors.ts';
import { roomOf, type Home } from './home.ts';
import { lockPlace, lookAgain, placeOf, type Place } from './place.ts';
import { takeAway } from './publish.ts';
import { readRecord, type CopyRecord } from './record.ts';
import type { ClearCopiesOptions } from './types.ts';

/** All records of a folder. */
async function* recordsOf(home: Home, options: AbortOptions): AsyncGenerator<{ place: Place; record: CopyRecord }, void, undefined> {
  for (const { name, kind } of (await home.disk.list(roomOf(home), options)) ?? []) {
    if (kind !== 'file' || !name.endsWith('.json')) continue;
    const stored = await readRecord(home, `${roomOf(home)}/${name}`, options);
    if (!stored) continue;
    const { record } = stored;
    const places = [placeOf(home, record, record.odd), placeOf(home, record, true, true)];
    const place = places.find(({ recordPath }) => recordPath.endsWith(`/${name}`));
    if (place) yield { place, record };
  }
}

/** What becomes of one copy. */
export type Cleared = 'gone' | 'kept';

/** Takes one copy away, unless it was edited. */
export const clearPlace = (place: Place, discardUnsaved: boolean): Promise<Cleared> =>
  lockPlace(place, async () => {
    const found = await lookAgain(place, undefined);
    const record = found.stored?.record;
    // The copy went, and the record is of another one by now.
    const { path } = place;
    if (record && ![placeOf(place.home, record, record.odd), placeOf(place.home, record, true, true)].some((its) => its.path === path))
      return 'gone';
    if (found.state === 'dirty' && !discardUnsaved) return 'kept';
    return (await takeAway(found)) ? 'gone' : 'kept';
  });

/** Takes away all that is meant. @returns how many went, and what stayed because it was edited */
export async function clearCopies(home: Home, options: ClearCopiesOptions): Promise<{ removed: number; kept: CopyRecord[] }> {
  const { discardUnsaved = false } = options;
  const kept: CopyRecord[] = [];
  let removed = 0;
  for await (const { place, record } of recordsOf(home, options)) {
    if (!isMeant(record, options)) continue;
    if ((await clearPlace(place, discardUnsaved)) === 'gone') removed++;
    else kept.push(record);
  }
  return { removed, kept };
}

function isMeant({ url, namespace }: CopyRecord, { prefix, namespaces }: ClearCopiesOptions): boolean {
  if (namespaces && !namespaces.some((wanted) => namespace.startsWith(wanted))) return false;
  if (prefix === undefined) return true;
  const below = unsignedUrl(prefix);
  return url === below || url.startsWith(below.endsWith('/') ? below : `${below}/`);
}

/** Of what there is an edit. */
export type Unsaved = Pick<CopyRecord, 'url'>;

/** The error of edits that stayed. */
export function unsavedEdits(kept: readonly Unsaved[]): OverwriteDirtyFileError {
  const names = kept.map(({ url }) => url);
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return new OverwriteDirtyFileError(
    `${names.slice(0, 5).join(', ')}${more}: the local copies have edits that were not uploaded, so they stayed; discardUnsaved throws them away`,
    { url: names[0], operation: 'clear' },
  );
}

/** How many copies there are, and their bytes. */
export async function countCopies(home: Home, options: AbortOptions): Promise<{ copies: number; copyBytes: number }> {
  let copies = 0;
  let copyBytes = 0;
  for await (const { place } of recordsOf(home, options)) {
    const stat = await home.disk.stat(place.path, options);
    if (stat?.kind !== 'file') continue;
    copies++;
    copyBytes += stat.sizeBytes;
  }
  return { copies, copyBytes };
}
