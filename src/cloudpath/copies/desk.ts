/**
 * What all calls of one client's copies share.
 *
 * @module
 */
import type { Clock, Freshness } from '../../types.ts';
import { unsignedUrl } from '../../cache/identity.ts';
import { shownKey } from '../../store/shown-key.ts';
import type { Home } from './home.ts';
import type { Owners } from './owners.ts';
import type { Place } from './place.ts';
import type { CopyIdentity } from './record.ts';
import type { CloudObject } from './types.ts';

/** See above. */
export interface Desk {
  readonly home: Home;
  /** Where edits go that could not be uploaded, when `home` goes with its handle. @default home */
  readonly lasting?: Home | undefined;
  readonly freshness: Freshness;
  readonly clock: Clock;
  readonly owners: Owners;
  /** Of the client; a call may say otherwise. */
  readonly forceOverwriteFromCloud: boolean;
  readonly forceOverwriteToCloud: boolean;
  readonly uses: Uses;
}

const isWeb = ({ url }: CloudObject): boolean => /^https?:/i.test(url);

/** A key of the web without what signs it. A `#` in it is no fragment. */
function unsignedKey(key: string): string {
  const [path, query] = /^([^?]*)(?:\?(.*))?$/s.exec(key)!.slice(1);
  return path! + (query === undefined ? '' : unsignedUrl(`https://h/?${query.replaceAll('#', '%23')}`).slice('https://h/'.length));
}

/** Which object a copy is of: not what signs its address, which is another each time. */
export async function identityOf(object: CloudObject): Promise<CopyIdentity> {
  const key = isWeb(object) ? unsignedKey(object.key) : object.key;
  return { namespace: await object.namespace(), url: unsignedUrl(object.url), bucket: object.bucket, key };
}

/** The key for messages. */
export const shownKeyOf = ({ url, key }: CloudObject): string => shownKey(url, key);

/** Who uses a copy, where it goes with its last user. */
export interface Uses {
  /** Again does no harm. */
  begin(place: Place, user: object): void;
  /** Whether that was the last one. */
  end(place: Place, user: object): boolean;
}

/** Counts users of places. */
export function createUses(): Uses {
  const users = new Map<string, Set<object>>();
  return {
    begin({ path }, user) {
      const set = users.get(path) ?? new Set();
      users.set(path, set.add(user));
    },
    end({ path }, user) {
      const set = users.get(path);
      if (!set?.delete(user)) return false;
      if (set.size) return false;
      return users.delete(path);
    },
  };
}
