/**
 * What an upload would do, found without changing anything.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import { FileNotFoundError } from '../errors.ts';
import { samePlace, type CloudPlace } from '../place.ts';
import { infoOf, look } from './cloud-object.ts';
import { sameContent } from './content-hash.ts';
import { toText, type CloudObject, type DatafileState } from './state.ts';

/**
 * Whether content would be sent or copied. Of a file of another store that is not here, what the stores tell decides.
 *
 * @throws FileNotFoundError there is nothing to upload
 */
export async function wouldUpload(state: DatafileState, to: CloudPlace, options: AbortOptions): Promise<boolean> {
  const { local, cloud: from } = state;
  const again = from !== undefined && samePlace(to, from.place);
  // a record of its own: nothing of what is seen here is taken for known
  const target: CloudObject = { place: to, info: again ? from.info : undefined, saved: undefined };
  if (target.info === undefined) await look(target, options);
  if (local) return (await sameContent(local, target, options)) !== true;
  const info = from && (await infoOf(from, options));
  if (!info) throw new FileNotFoundError(`${toText(state)} is neither here nor in the cloud`, { url: to.url, operation: 'upload' });
  if (again) return false;
  if (from.place.store === to.store && to.store.copy) return true;
  return !(info.crc32c !== undefined && info.crc32c === target.info?.crc32c);
}
