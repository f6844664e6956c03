/**
 * ListObjectsV2's answer. Scanned, not parsed: a page of 1,000 keys costs a few milliseconds.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { ListPage, ObjectInfo } from '../../types.ts';
import { checkXml, unescapeXml, xmlBlocks, xmlField } from './xml.ts';

/** `encoding-type=url` writes a space as `+`. */
const urlDecode = (text: string): string => decodeURIComponent(text.replaceAll('+', '%20'));

function inner(xml: string, name: string): string | undefined {
  const open = xml.indexOf(`<${name}>`);
  if (open < 0) return undefined;
  const from = open + name.length + 2;
  return xml.slice(from, xml.indexOf('<', from));
}

function objectOf(xml: string, decode: (text: string) => string): ObjectInfo {
  const etag = inner(xml, 'ETag');
  const storageClass = inner(xml, 'StorageClass');
  const modified = inner(xml, 'LastModified');
  const generation = inner(xml, 'Generation');
  const metageneration = inner(xml, 'MetaGeneration');
  const info: ObjectInfo = { key: decode(inner(xml, 'Key') ?? ''), sizeBytes: Number(inner(xml, 'Size')), metadata: {} };
  if (etag) info.etag = etag.startsWith('&') ? unescapeXml(etag) : etag;
  if (generation) info.generation = generation;
  if (metageneration) info.metageneration = metageneration;
  if (modified) info.lastModified = new Date(modified);
  if (storageClass) info.storageClass = storageClass;
  return info;
}

/**
 * Read one page.
 *
 * @returns the page and the token of the next one. InvalidResponse when the answer is cut, or there is more and no token: half a list is never an end.
 */
export function parseList(text: string): { page: ListPage; next: string | undefined } {
  checkXml(text, 'ListBucketResult');
  const firstEntry = text.search(/<(?:Contents|CommonPrefixes)>/);
  const decode = text.includes('<EncodingType>url</EncodingType>') ? urlDecode : unescapeXml;
  const objects: ObjectInfo[] = [];
  for (const block of xmlBlocks(text, 'Contents')) objects.push(objectOf(block, decode));
  const prefixes: string[] = [];
  if (firstEntry >= 0) for (const block of xmlBlocks(text, 'CommonPrefixes')) prefixes.push(decode(inner(block, 'Prefix') ?? ''));
  if (xmlField(text, 'IsTruncated') !== 'true') return { page: { objects, prefixes }, next: undefined };
  const next = xmlField(text, 'NextContinuationToken');
  if (!next)
    throw new CloudError('the listing breaks off: there is more of it, and no token', { code: 'InvalidResponse', operation: 'list' });
  return { page: { objects, prefixes }, next };
}
