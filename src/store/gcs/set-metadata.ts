/**
 * Other metadata for an object by the JSON API, which changes it in place. Loaded on use.
 * https://cloud.google.com/storage/docs/json_api/v1/objects/patch
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import type { ObjectInfo, PutResult, SetMetadataOptions } from '../../types.ts';
import { checkKey } from '../../url/key.ts';
import { checkComparable, checkExpected, otherThanExpected } from '../expected.ts';
import { headJson, infoOf, isMissing, jsonOf, objectFields, type GcsDriver, type GcsObject } from './json.ts';
import { resultOf } from './write.ts';

/** Tries, where others change what nobody pinned. */
const attempts = 5;

/** `ObjectStore.setMetadata`: one request where `expected` numbers the metadata, else two. */
export async function setMetadata(
  driver: GcsDriver,
  key: string,
  metadata: Record<string, string>,
  { expected, signal }: SetMetadataOptions,
): Promise<PutResult | null> {
  checkKey(key, { http: true });
  if (expected) checkComparable(key, expected);
  for (let attempt = 1; ; attempt++) {
    const exact = expected?.generation !== undefined && expected.metageneration !== undefined;
    const told = exact ? expected : await headJson(driver, key, { signal });
    if (!told) return null;
    if (expected && !exact) checkExpected(expected, told, false);
    try {
      return await replace(driver, { ...told, key }, metadata, signal);
    } catch (error) {
      if (isMissing(error)) return null;
      if (!isCloudError(error, 'PreconditionFailed')) throw error;
      // a condition is not met by what is not there either
      if (expected && (await headJson(driver, key, { signal }))) throw otherThanExpected(key, error);
      if (expected) return null;
      if (attempt >= attempts) throw error;
    }
  }
}

/** PATCH merges, so each name that goes is sent as null. */
async function replace(
  driver: GcsDriver,
  told: ObjectInfo,
  metadata: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<PutResult> {
  const { key } = told;
  const taken = new Set<string>();
  for (let { generation, metageneration, metadata: old } = told; ;) {
    const going = Object.keys(old).filter((name) => !Object.hasOwn(metadata, name));
    const stuck = going.find((name) => taken.has(name));
    if (stuck !== undefined)
      throw new CloudError('the service keeps metadata that was taken away', { code: 'InvalidResponse', operation: 'setMetadata', key });
    for (const name of going) taken.add(name);
    const gone = going.map((name) => [name, null] as const);
    const patch = gone.length > 0 || Object.keys(metadata).length > 0 ? { ...Object.fromEntries(gone), ...metadata } : null;
    const response = await driver.send(
      driver.objectPath(key),
      { ifGenerationMatch: generation, ifMetagenerationMatch: metageneration, fields: objectFields },
      {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: new TextEncoder().encode(JSON.stringify({ metadata: patch })),
      },
      { operation: 'setMetadata', key, signal, idempotent: true },
    );
    const object = await jsonOf<GcsObject>(response);
    const now = infoOf(object);
    // what was told by headers or by a listing of the XML API had its names in lower case, or none at all
    if (Object.keys(now.metadata).every((name) => Object.hasOwn(metadata, name))) return resultOf(key, object);
    ({ generation, metageneration, metadata: old } = now);
  }
}
