/**
 * Objects that a store has damaged while it wrote them. Loaded when one is found.
 *
 * @module
 */
import type { HttpHeaders } from '../../types.ts';
import { infoFromHeaders } from '../headers.ts';
import type { XmlDriver } from './driver.ts';

/**
 * Remove the version that an answer to a write names, as far as that can be done: no other version is ever touched. Where the bucket keeps no
 * versions the name may be another writer's by now, so there the bad object stays, and the error of the write tells of it. Never rejects.
 *
 * @returns false where the answer names no version
 */
export async function takeBack(driver: XmlDriver, key: string, headers: HttpHeaders): Promise<boolean> {
  const { dialect } = driver.init;
  const { versionId, generation } = infoFromHeaders(key, headers, dialect.metaPrefix);
  const version = dialect.service === 'gs' ? generation : versionId;
  if (!version || version === 'null') return false;
  await driver
    .send({ method: 'DELETE', headers: {}, key, query: { [dialect.version]: version } }, { operation: 'put', key })
    .then((response) => response.body.cancel())
    .catch(() => {});
  return true;
}
