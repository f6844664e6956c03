/**
 * Listings of the bucket, in both versions of the API, and deletes of many keys.
 *
 * @module
 */
import type { ListPage } from '../../index.ts';
import { asS3Error, invalidArgument, malformedXml } from './errors.ts';
import type { Work } from './objects.ts';
import { openPayload } from './payload.ts';
import { numberIn, xmlReply, type Reply } from './reply.ts';
import { readSmall } from './request.ts';
import { isState, STATE_FOLDER, type Shelf, type Stored } from './shelf.ts';
import { blocks, element, field } from './xml.ts';

/** Behind every key that begins with a text. */
const past = (text: string): string => `${text}\u{10ffff}`;
const atOnce = 8;

interface Page {
  objects: Stored[];
  prefixes: string[];
  /** What the next page begins after; absent at the end. */
  next?: string | undefined;
}

interface Asked {
  prefix: string;
  delimiter: string;
  after: string;
  max: number;
}

/** Names in order, one page of the store after the other; what is the server's own is left out. */
async function* names(
  shelf: Shelf,
  { prefix, delimiter, after, max }: Asked,
): AsyncGenerator<{ key: string; folded: boolean }, void, undefined> {
  const pageOf = (startAfter: string): AsyncIterable<ListPage> =>
    shelf.files.list({ prefix, startAfter, pageSize: Math.min(1000, max + 1), ...(delimiter && { delimiter }) });
  const merged = ({ objects, prefixes }: ListPage): { key: string; folded: boolean }[] =>
    [...objects.map(({ key }) => ({ key, folded: false })), ...prefixes.map((key) => ({ key, folded: true }))].sort((a, b) =>
      Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)),
    );
  for (let startAfter: string | undefined = after; startAfter !== undefined;) {
    let again: string | undefined;
    for await (const page of pageOf(startAfter)) {
      const found = merged(page);
      yield* found.filter(({ key }) => !isState(key));
      // the rest of what is ours need not be read
      if (found.length > 0 && isState(found.at(-1)!.key)) again = past(`${found.at(-1)!.key.slice(0, STATE_FOLDER.length)}/`);
      if (again !== undefined) break;
    }
    startAfter = again;
  }
}

async function pageOf(shelf: Shelf, asked: Asked): Promise<Page> {
  const page: Page = { objects: [], prefixes: [] };
  if (asked.max === 0) return page;
  const found: { key: string; folded: boolean }[] = [];
  for await (const name of names(shelf, asked)) {
    if (found.length === asked.max) {
      const last = found.at(-1)!;
      page.next = last.folded ? past(last.key) : last.key;
      break;
    }
    found.push(name);
  }
  for (let from = 0; from < found.length; from += atOnce) {
    const some = found.slice(from, from + atOnce);
    const heads = await Promise.all(some.map(async ({ key, folded }) => (folded ? null : shelf.head(key).catch(() => null))));
    for (const [i, { key, folded }] of some.entries()) {
      const stored = heads[i];
      if (folded) page.prefixes.push(key);
      // gone since, or nothing that may be looked at
      else if (stored) page.objects.push(stored);
    }
  }
  return page;
}

/** GET of the bucket. */
export async function listObjects({ request, shelf, bucket }: Work): Promise<Reply> {
  const { query } = request;
  const second = query.get('list-type') === '2';
  const encoding = query.get('encoding-type');
  if (encoding !== null && encoding !== 'url') throw invalidArgument('encoding-type must be url');
  const encode = (text: string): string =>
    encoding === 'url'
      ? encodeURIComponent(text)
          .replaceAll('%2F', '/')
          .replace(/[!'()]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
      : text;
  const max = numberIn(query, 'max-keys', 1000);
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const token = query.get('continuation-token');
  const startAfter = query.get(second ? 'start-after' : 'marker') ?? '';
  if (second && token !== null && !/^[\w-]+$/.test(token)) throw invalidArgument('The continuation token is not one of this server’s');
  const after = second && token !== null ? Buffer.from(token, 'base64url').toString('utf8') : startAfter;
  const { objects, prefixes, next } = await pageOf(shelf, { prefix, delimiter, after, max });
  const contents = objects.map(
    ({ key, lastModified, etag, sizeBytes, headers }) =>
      `<Contents>${element('Key', encode(key))}${element('LastModified', lastModified.toISOString())}${element('ETag', etag)}` +
      `${element('Size', sizeBytes)}${element('StorageClass', headers['x-amz-storage-class'] ?? 'STANDARD')}</Contents>`,
  );
  const common = prefixes.map((one) => `<CommonPrefixes>${element('Prefix', encode(one))}</CommonPrefixes>`);
  const head =
    element('Name', bucket) +
    element('Prefix', encode(prefix)) +
    element('MaxKeys', max) +
    (delimiter ? element('Delimiter', encode(delimiter)) : '') +
    (encoding ? element('EncodingType', encoding) : '') +
    element('IsTruncated', next !== undefined);
  const paging = second
    ? element('KeyCount', objects.length + prefixes.length) +
      (startAfter ? element('StartAfter', encode(startAfter)) : '') +
      (token === null ? '' : element('ContinuationToken', token)) +
      (next === undefined ? '' : element('NextContinuationToken', Buffer.from(next).toString('base64url')))
    : element('Marker', encode(startAfter)) + (next === undefined ? '' : element('NextMarker', encode(next)));
  return xmlReply('ListBucketResult', head + paging + contents.join('') + common.join(''));
}

/** POST ?delete: up to 1,000 keys. */
export async function deleteObjects({ request, verified, shelf }: Work): Promise<Reply> {
  const text = await readSmall(openPayload(request, verified).chunks, 8 << 20);
  const asked = [...blocks(text, 'Object')].map((one) => ({
    key: field(one, 'Key') ?? '',
    version: field(one, 'VersionId'),
    etag: field(one, 'ETag'),
  }));
  if (asked.length === 0 || asked.length > 1000 || asked.some(({ key }) => key === '')) throw malformedXml();
  const quiet = field(text, 'Quiet') === 'true';
  const results: string[] = [];
  for (const { key, version, etag } of asked) {
    try {
      if (version !== undefined || etag !== undefined)
        throw invalidArgument('Versions and ETags are not part of this server’s multi-object delete');
      await shelf.remove(key);
      if (!quiet) results.push(`<Deleted>${element('Key', key)}</Deleted>`);
    } catch (error) {
      const { code, message } = asS3Error(error);
      results.push(`<Error>${element('Key', key)}${element('Code', code)}${element('Message', message)}</Error>`);
    }
  }
  return xmlReply('DeleteResult', results.join(''));
}
