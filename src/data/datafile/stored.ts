/**
 * Whether a datafile's metadata are stored.
 *
 * @module
 */
import { Datafile } from './datafile.ts';

/**
 * Whether all of a datafile's metadata were found stored where it is, or have been stored since. Else its id was made up when it was opened,
 * and is another one the next time. After `ignoreStoredMetadata` nothing counts as found.
 *
 * @example if (hasStoredMetadata(datafile)) console.log(datafile.id);
 */
export function hasStoredMetadata(datafile: Datafile): boolean {
  const { cloud, local } = Datafile.stateOf(datafile);
  return typeof (cloud ?? local)?.saved === 'string';
}
