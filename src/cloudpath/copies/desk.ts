/**
 * What all calls of one client's copies share.
 *
 * @module
 */
import type { Clock, Freshness } from '../../types.ts';
import { unsignedUrl } from '../../cache/identity.ts';
import type { Home } from './home.ts';
import type { Owners } from './owners.ts';
import type { Place } from './place.ts';
import type { CopyIdentity } from './record.ts';
import type { CloudObject } from './types.ts';

/** See above. */
export interface Desk {
  readonly home: Home;
  readonly freshness: Freshness;
  readonly clock: Clock;
  readonly owners: Owners;
  /** Of the client; a call may say otherwise. */
  readonly forceOverwriteFromCloud: boolean;
  readonly forceOverwriteToCloud: boolean;
  readonly uses: Uses;
}

/** Which object a copy is of. */
export async function identityOf(object: CloudObject): Promise<CopyIdentity> {
  return { namespace: await object.namespace(), url: unsignedUrl(object.url), bucket: object.bucket, key: object.key };
}

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
