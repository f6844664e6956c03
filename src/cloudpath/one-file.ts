/**
 * Names of a tree that a disk takes for one: macOS, Windows, and folders of Linux that fold case. The second would replace the first.
 *
 * @module
 */
import type { AbortOptions } from '../types.ts';
import { foldName } from '../util/fold-name.ts';
import { CloudPathFileExistsError } from './errors.ts';
import { listLevel } from './list.ts';
import { shown, sibling, type Place } from './place.ts';

/** Whether `later` leads to the file `earlier`, which is there. Where both names stand side by side, they are of two files. */
async function isOneFile(place: Place, earlier: string, later: string, { signal }: AbortOptions): Promise<boolean> {
  if (!(await place.store.head(later, { signal }))) return false;
  const [one, other] = [earlier.split('/'), later.split('/')];
  const at = one.findIndex((name, i) => name !== other[i]);
  const folder = one.slice(0, at).join('/');
  const left = new Set([one[at], other[at]]);
  for await (const { name } of listLevel(place, folder && `${folder}/`, { signal })) if (left.delete(name) && left.size === 0) return false;
  return true;
}

/** The files that one run writes to a disk. All their names are kept: two that are one to the disk may stand far apart in a listing. */
export class WrittenFiles {
  /** By what they fold to. */
  readonly #keys = new Map<string, string | string[]>();
  readonly #running = new Map<string, Promise<void>>();

  /**
   * Write a file, unless an earlier one of this run is the same to the disk. Calls are known in the order made.
   *
   * @throws CloudPathFileExistsError
   */
  async write(place: Place, write: () => Promise<unknown>, options: AbortOptions): Promise<void> {
    const fold = foldName(place.key);
    const earlier = [this.#keys.get(fold) ?? []].flat();
    const last = this.#running.get(fold);
    const writing = async (): Promise<void> => {
      // what the disk makes of both names is seen when one is there
      await last;
      for (const key of earlier) {
        if (!(await isOneFile(place, key, place.key, options))) continue;
        const message = `${shown(place)} and ${shown(sibling(place, key))} are one file on this disk`;
        throw new CloudPathFileExistsError(message, { url: place.text, operation: 'copytree' });
      }
      await write();
    };
    this.#keys.set(fold, earlier.length > 0 ? [...earlier, place.key] : place.key);
    const running = writing();
    this.#running.set(fold, running);
    try {
      await running;
    } finally {
      if (this.#running.get(fold) === running) this.#running.delete(fold);
    }
  }
}
