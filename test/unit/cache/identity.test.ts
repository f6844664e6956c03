import {
  cacheNamespace,
  cacheObject,
  cachePointer,
  identityPrefix,
  clearUrl,
  unsignedUrl,
  validatorOf,
  webText,
  type CachedObject,
  type CacheIdentity,
} from '../../../src/cache/identity.ts';
import { isKey } from '../../../src/cache/container/key.ts';
import { equal, ok, test } from '../../harness.ts';
import { urlOfKey } from '../../../src/store/http/store.ts';
import { sha256Hex } from '../../../src/util/sha256.ts';

const who: CacheIdentity = { endpoint: 'https://s3.example', bucket: 'b', provider: 's3', identity: 'AKIA1' };
const what: CachedObject = {
  namespace: cacheNamespace(who),
  url: 's3://b/k',
  key: 'k',
  validator: 'e:abc',
  sizeBytes: 10,
  blockBytes: 1024,
};

test('cache identity: names are hashes of all that makes values the same', () => {
  equal(identityPrefix(who), sha256Hex('s3\0AKIA1').slice(0, 8));
  equal(cacheNamespace(who), identityPrefix(who) + sha256Hex('https://s3.example\0b\0s3\0AKIA1').slice(0, 8));
  equal(cacheObject(what), sha256Hex(`2\0${what.namespace}\0s3://b/k\0k\0e:abc\u000010\u00001024\0`).slice(0, 40));
  equal(cachePointer(what), sha256Hex(`2\0${what.namespace}\0s3://b/k\0k`).slice(0, 40));
  ok(isKey({ namespace: what.namespace, object: cacheObject(what), part: 0, sizeBytes: 1 }));
});

test('cache identity: any other field is another name', () => {
  const spaces = [
    {},
    { endpoint: 'https://s3.other' },
    { bucket: 'c' },
    { provider: 'gs' },
    { identity: 'AKIA2' },
    { identity: undefined },
  ];
  equal(new Set(spaces.map((change) => cacheNamespace({ ...who, ...change }))).size, spaces.length);
  ok(cacheNamespace({ ...who, bucket: 'c' }).startsWith(identityPrefix(who)), 'one beginning for all of an identity');
  ok(!cacheNamespace({ ...who, identity: 'AKIA2' }).startsWith(identityPrefix(who)));
  const { identity: _, ...nobody } = who;
  equal(cacheNamespace(nobody), cacheNamespace({ ...who, identity: undefined }));
  const objects = [
    {},
    { namespace: '0011223344556677' },
    { url: 's3://b/l' },
    { key: 'l' },
    { validator: 'v:abc' },
    { sizeBytes: 11 },
    { blockBytes: 0 },
    { salt: 's' },
  ];
  const whole = cacheObject({ ...what, salt: 's' });
  ok(![cacheObject(what), cachePointer(what)].includes(whole) && cachePointer(what) !== cacheObject(what));
  equal(new Set(objects.map((change) => cacheObject({ ...what, ...change }))).size, objects.length);
});

test('cache identity: what is in one field cannot be taken for two', () => {
  const names = ['a\0b|c', 'a|b\0c', 'a\u0001|b|c', 'a\u0001\u0002b|c', 'a\0|b\0c'].map((text) => {
    const [endpoint = '', bucket = '', provider = ''] = text.split('|');
    return cacheNamespace({ endpoint, bucket, provider });
  });
  equal(new Set(names).size, names.length);
});

test('cache identity: validators', () => {
  equal(validatorOf({ generation: '17', versionId: 'v', etag: '"a"' }), 'g:17');
  equal(validatorOf({ versionId: 'v', etag: '"a"' }), 'v:v');
  equal(validatorOf({ versionId: 'null', etag: '"a"' }), 'e:a', 'objects of version null are replaced in place');
  equal([validatorOf({ etag: 'a-2' }), validatorOf({ etag: '"a"b"' })], ['e:a-2', 'e:a"b']);
  for (const version of [{}, { etag: 'W/"a"' }, { etag: 'w/"a"' }, { etag: '""' }, { etag: '' }, { versionId: 'null' }, { generation: '' }])
    equal(validatorOf(version), undefined, JSON.stringify(version));
});

test('cache identity: a signed URL is the same as the unsigned one, and other parameters count', () => {
  const plain = 'https://h:9000/b/a%20b';
  const aws = `${plain}?X-Amz-Algorithm=AWS4&x-amz-date=1&X-Amz-Security-Token=t&X-Amz-Signature=f00`;
  const google = `${plain}?X-Goog-Credential=x&X-Goog-Signature=y`;
  const old = `${plain}?AWSAccessKeyId=a&Expires=1&Signature=b%3D`;
  for (const url of [aws, google, old, `${plain}#part`, `${plain}?`, plain.replace('h:', 'me:secret@h:')]) equal(unsignedUrl(url), plain);
  equal(unsignedUrl(`${aws}&versionId=3&id=1`), `${plain}?versionId=3&id=1`);
  equal([unsignedUrl('s3://b/a@b'), unsignedUrl('mem://b/x?y')], ['s3://b/a@b', 'mem://b/x?y']);
  equal(cacheObject({ ...what, url: aws }), cacheObject({ ...what, url: plain }));
});

test('cache identity: words of signatures are parameters where nothing is signed in a known way', () => {
  const plain = 'https://h/q';
  for (const query of ['policy=1', 'expires=2', 'signature=3', 'sig=4', 'x-amz-date=5', 'policy=1&expires=2', 'key-pair-id=6&signature=7'])
    equal(unsignedUrl(`${plain}?${query}`), `${plain}?${query}`);
  const sas = 'sv=2022-11-02&ss=b&srt=o&sp=r&se=2030-01-01T00%3A00%3A00Z&spr=https&sig=f00%3D';
  const front = ['Expires=1&Signature=b&Key-Pair-Id=K', 'Policy=p&Signature=b&Key-Pair-Id=K'];
  for (const query of [sas, ...front, 'GoogleAccessId=g&Expires=1&Signature=s']) equal(unsignedUrl(`${plain}?${query}`), plain);
  equal(unsignedUrl(`${plain}?${sas}&rscd=file&policy=1`), `${plain}?rscd=file&policy=1`);
});

test('cache identity: keys of the web are those that go out', () => {
  for (const key of ['a#1', 'a b/ü?q=%20&x=#', 'a%23', 'q?policy=1', "a~!$&'()*+,;=:@-"]) equal(webText(key), urlOfKey('', key));
  equal(webText('a#1'), 'a%231');
  equal(webText('\ud800'), '\ud800', 'which the store refuses');
});

test('cache identity: in clear there is no query', () => {
  for (const query of ['access_token=s', 'sig=s', 'X-Amz-Signature=s', 'a=%3F?s'])
    equal(clearUrl(`https://h/a%231?${query}`), 'https://h/a%231');
  equal(clearUrl('https://me:s@h/a'), 'https://h/a');
  equal(clearUrl('s3://b/a?b#c'), 's3://b/a?b#c', 'a key of a bucket');
});
