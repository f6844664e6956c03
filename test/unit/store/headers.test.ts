import fc from 'fast-check';
import { expectationFrom, decodeHeader, encodeHeader, headersFromPut, infoFromHeaders, md5OfEtag } from '../../../src/store/headers.ts';
import { parseList } from '../../../src/store/xml-api/list.ts';
import { checkXml, escapeXml, unescapeXml, xmlBlocks, xmlField } from '../../../src/store/xml-api/xml.ts';
import { fromHex } from '../../../src/util/base64.ts';
import { parseContentRange } from '../../../src/store/read.ts';
import { env } from '../../env.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

const headers = (init: Record<string, string>): Map<string, string> => new Map(Object.entries(init));

test('metadata survives a header: any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const sent = encodeHeader(text);
      ok(/^[\x20-\x7e]*$/.test(sent), 'ASCII on the wire');
      equal(decodeHeader(sent), text);
    }),
    { seed: env().seed },
  );
});

test('metadata as others write it: Q encoding, raw UTF-8, Latin-1', () => {
  equal(decodeHeader('=?UTF-8?Q?caf=C3=A9_au_lait?='), 'café au lait');
  equal(decodeHeader('caf\u00c3\u00a9'), 'café');
  equal(decodeHeader('caf\u00e9'), 'café');
  equal(decodeHeader('=?UTF-8?B?not base64!?='), '=?UTF-8?B?not base64!?=');
});

test('what a head tells', () => {
  const info = infoFromHeaders(
    'k',
    headers({
      etag: '"abc"',
      'last-modified': 'Wed, 21 Oct 2015 07:28:00 GMT',
      'content-type': 'text/plain',
      'content-encoding': 'aws-chunked, gzip',
      'x-goog-hash': 'crc32c=AAAAAA==,md5=1B2M2Y8AsgTpgAmY7PhCfg==',
      'x-goog-generation': '17',
      'x-goog-meta-a': 'b',
    }),
    'x-goog-meta-',
  );
  equal(info, {
    key: 'k',
    metadata: { a: 'b' },
    etag: '"abc"',
    generation: '17',
    md5: '1B2M2Y8AsgTpgAmY7PhCfg==',
    crc32c: 'AAAAAA==',
    lastModified: new Date('2015-10-21T07:28:00Z'),
    contentType: 'text/plain',
    contentEncoding: 'gzip',
  });
});

test('an ETag is an MD5 only when it looks like one and nothing is encrypted', () => {
  const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
  equal(md5OfEtag(headers({ etag: `"${md5}"` })), fromHex(md5));
  for (const etag of [`"${md5}-3"`, `W/"${md5}"`, '"abc"', md5]) equal(md5OfEtag(headers({ etag })), undefined, etag);
  equal(md5OfEtag(headers({ etag: `"${md5}"`, 'x-amz-server-side-encryption': 'aws:kms' })), undefined);
  equal(md5OfEtag(headers({ etag: `"${md5}"`, 'x-amz-server-side-encryption-customer-algorithm': 'AES256' })), undefined);
});

test('the checksum to verify by: full ones only, the cheapest first', () => {
  const find = (init: Record<string, string>): string | undefined => expectationFrom(headers(init), { etagIsMd5: true })?.hash;
  equal(find({ 'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=', etag: '"d41d8cd98f00b204e9800998ecf8427e"' }), 'crc64nvme');
  equal(find({ 'x-amz-checksum-crc32': 'AAAAAA==-3', etag: '"d41d8cd98f00b204e9800998ecf8427e"' }), 'md5');
  equal(find({ 'x-amz-checksum-crc32c': 'AAAAAA==', 'x-amz-checksum-type': 'COMPOSITE' }), undefined);
  equal(find({ 'x-goog-hash': 'md5=1B2M2Y8AsgTpgAmY7PhCfg==' }), 'md5');
  equal(find({ etag: '"abc-2"' }), undefined);
});

test('what is only of parts counts last, and what a page cannot judge confirms but does not refute', () => {
  const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
  const find = (init: Record<string, string>, etagIsMd5: boolean | 'shown' = true, sizeBytes: number | undefined = 7): unknown => {
    const { hash, partSizes, certain = true } = expectationFrom(headers(init), { etagIsMd5, sizeBytes }) ?? {};
    return hash && [hash, partSizes, certain];
  };
  equal(find({ etag: `"${md5}"` }), ['md5', undefined, true]);
  equal(find({ etag: `"${md5}"` }, 'shown'), ['md5', undefined, false]);
  equal(find({ etag: `"${md5}"`, 'x-amz-server-side-encryption': 'AES256' }, 'shown'), ['md5', undefined, true]);
  equal(find({ etag: `"${md5}"` }, false), undefined);
  equal(find({ etag: `"${md5}-1"` }), ['md5', [7], true]);
  equal(find({ etag: `"${md5}-1"` }, 'shown'), ['md5', [7], false]);
  equal(find({ etag: `"${md5}-1"`, 'x-amz-server-side-encryption': 'aws:kms' }), undefined);
  equal(expectationFrom(headers({ etag: `"${md5}-1"` }), { etagIsMd5: true }), undefined, 'a size that nobody knows');
  equal(find({ etag: `"${md5}-1"`, 'x-amz-checksum-crc32c': 'AAAAAA==-1' }), ['crc32c', [7], true]);
  equal(find({ etag: `"${md5}-1"`, 'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=' }), ['crc64nvme', undefined, true]);
  equal(find({ 'content-md5': '1B2M2Y8AsgTpgAmY7PhCfg==' }, false), ['md5', undefined, true]);
  equal(find({ 'content-md5': '1B2M2Y8AsgTpgAmY7PhCfg==', 'content-encoding': 'gzip' }, false), undefined);
});

test('put options become headers', () => {
  equal(
    headersFromPut(
      { contentType: 'a/b', storageClass: 'IA', metadata: { Name: 'ü' } },
      { metaPrefix: 'x-amz-meta-', headerPrefix: 'x-amz-' },
    ),
    {
      'content-type': 'a/b',
      'x-amz-storage-class': 'IA',
      'x-amz-meta-name': '=?UTF-8?B?w7w=?=',
    },
  );
});

test('XML: entities, cut documents, hostile ones in linear time', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => equal(xmlField(`<K>${escapeXml(text)}</K>`, 'K'), text)),
    { seed: env().seed },
  );
  equal(unescapeXml('&lt;&#65;&#x42;&amp;lt;&unknown;&#1114112;'), '<AB&lt;&unknown;&#1114112;');
  equal([...xmlBlocks('<a>1</a><b/><a>2</a>', 'a')], ['1', '2']);
  equal(checkXml('<DeleteResult xmlns="x"/>', 'DeleteResult').length > 0, true);
  const start = performance.now();
  equal([...xmlBlocks(`<!DOCTYPE x [<!ENTITY a "aaaa">]><x>${'&a;'.repeat(100_000)}</x>`, 'x')].length, 1);
  for (let i = 0; i < 100; i++) equal(xmlField('<a>'.repeat(1000), 'b'), undefined);
  ok(performance.now() - start < 5000, 'no blow-up');
});

test('a listing cut anywhere is an error, never a short list', async () => {
  const entry = (i: number): string =>
    `<Contents><Key>a%2B${i}+b</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;e${i}&quot;</ETag><Size>${i}</Size></Contents>`;
  const text = `<?xml version="1.0"?><ListBucketResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>${[1, 2, 3].map(entry).join('')}<CommonPrefixes><Prefix>p+q/</Prefix></CommonPrefixes><NextContinuationToken>t&amp;n</NextContinuationToken></ListBucketResult>`;
  const { page, next } = parseList(text);
  equal(
    page.objects.map(({ key, sizeBytes, etag }) => [key, sizeBytes, etag]),
    [1, 2, 3].map((i) => [`a+${i} b`, i, `"e${i}"`]),
  );
  equal([page.prefixes, next], [['p q/'], 't&n']);
  for (let cut = 0; cut < text.length; cut++) await rejects(() => parseList(text.slice(0, cut)), 'InvalidResponse');
});

test('a listing that says there is more, and not where, is an error; one that is whole needs no token', async () => {
  const page = (truncated: boolean, token: string): string =>
    `<ListBucketResult><IsTruncated>${truncated}</IsTruncated><Contents><Key>a</Key><Size>1</Size></Contents>${token}</ListBucketResult>`;
  const empty = '<NextContinuationToken></NextContinuationToken>';
  for (const token of ['', empty, '<NextContinuationToken/>']) await rejects(() => parseList(page(true, token)), 'InvalidResponse');
  for (const token of ['', empty]) equal(parseList(page(false, token)).next, undefined);
});

test('Content-Range', () => {
  equal(parseContentRange('bytes 0-4/34'), { start: 0, end: 5, total: 34 });
  equal(parseContentRange('bytes 5-9/*'), { start: 5, end: 10, total: undefined });
  for (const bad of [null, undefined, '', 'bytes */34', 'bytes a-b/c', 'items 0-4/34']) equal(parseContentRange(bad), undefined);
});
