/**
 * Batch delete, 1,000 keys a request.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { createHasher } from '../../integrity/hasher.ts';
import type { DeleteOptions, DeleteResult } from '../../types.ts';
import { toBase64 } from '../../util/base64.ts';
import { hashPayload } from '../payload.ts';
import { checkXml, escapeXml, xmlBlocks, xmlField } from './xml.ts';
import type { XmlDriver } from './driver.ts';

const batch = 1000;

/** Delete many keys; one that fails does not stop the others. */
export async function deleteMany(driver: XmlDriver, keys: readonly string[], options: DeleteOptions): Promise<DeleteResult> {
  if (options.ifMatch) throw new CloudError('ifMatch goes with a single key', { code: 'InvalidArgument', operation: 'delete' });
  const result: DeleteResult = { deleted: [], errors: [] };
  for (let at = 0; at < keys.length; at += batch) {
    const some = keys.slice(at, at + batch);
    const objects = some.map((key) => `<Object><Key>${escapeXml(key)}</Key></Object>`).join('');
    const body = new TextEncoder().encode(`<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>${objects}</Delete>`);
    const md5 = createHasher('md5');
    md5.update(body);
    const headers = { 'content-type': 'application/xml', 'content-md5': toBase64(md5.digest()) };
    const request = { method: 'POST', headers, key: '', query: { delete: '' }, body, payloadHash: await hashPayload(body) } as const;
    const response = await driver.send(request, { operation: 'delete', signal: options.signal, idempotent: true, checkBody: true });
    const text = checkXml(new TextDecoder().decode(await response.body.bytes()), 'DeleteResult');
    const failed = new Set<string>();
    for (const block of xmlBlocks(text, 'Error')) {
      const key = xmlField(block, 'Key') ?? '';
      const providerCode = xmlField(block, 'Code');
      if (providerCode === 'NoSuchKey') continue;
      failed.add(key);
      const code = providerCode === 'AccessDenied' ? 'PermissionDenied' : 'ServerError';
      result.errors.push({ key, error: new CloudError(`${key} could not be deleted`, { code, key, operation: 'delete', providerCode }) });
    }
    for (const key of some) if (!failed.has(key)) result.deleted.push(key);
  }
  return result;
}
