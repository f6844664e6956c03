/** What is said of URLs, refusals and CORS: pure, in every engine. */
import { explainConnection } from '../../../src/diagnose/connection.ts';
import { hiddenHeaders } from '../../../src/diagnose/cors.ts';
import { corsRules, type CorsService } from '../../../src/diagnose/cors-rules.ts';
import { bucketOfWebAddress, slipOfLocation, slipOfText } from '../../../src/diagnose/url-slips.ts';
import { explainRefusal } from '../../../src/diagnose/words.ts';
import { CloudError, parseUrl } from '../../../src/index.ts';
import { equal, ok, test } from '../../harness.ts';

test('diagnose: what a text that is no URL may have meant', () => {
  const fixes: Record<string, string> = {
    's3a://bucket/key': 's3://bucket/key',
    'gcs://bucket/key': 'gs://bucket/key',
    'S3://bucket/key': 's3://bucket/key',
    's3:/bucket/key': 's3://bucket/key',
    's3:///key': 's3://BUCKET/KEY',
    'gs://': 'gs://BUCKET/KEY',
    'nobody://bucket/key': 'anyfile alias add',
  };
  for (const [url, fix] of Object.entries(fixes)) ok(slipOfText(url).fix.includes(fix), `${url}: ${slipOfText(url).fix}`);
  const secret = slipOfText('azure://user:secret@host/a?sig=secret');
  ok(!JSON.stringify(secret).includes('secret'), 'no secret is repeated');
});

test('diagnose: a host in the place of a bucket', () => {
  const fix = (url: string): string | undefined => slipOfLocation(parseUrl(url))?.fix;
  equal(fix('s3://data.s3.eu-west-1.amazonaws.com/a/b'), 'Write s3://data/a/b, in the region eu-west-1');
  equal(fix('s3://s3.eu-west-1.amazonaws.com/data/a/b'), 'Write s3://data/a/b, in the region eu-west-1');
  equal(fix('gs://storage.googleapis.com/data/a'), 'Write gs://data/a');
  ok(fix('s3://Data_1/a')?.includes('Compare'), 'capitals');
  ok(fix('s3://data//a')?.includes('s3://data/a'), 'a slash too many');
  for (const right of [
    's3://data/a',
    'gs://data_x/a',
    's3://https://s3.eu-west-1.amazonaws.com/data/a',
    's3://http://127.0.0.1:9000/Data/a',
    'https://h/a',
  ])
    equal(fix(right), undefined, right);
  equal(
    bucketOfWebAddress(parseUrl('https://data.s3.us-west-2.amazonaws.com/a?X-Amz-Signature=x')),
    's3://data/a, in the region us-west-2',
  );
  equal(bucketOfWebAddress(parseUrl('https://storage.googleapis.com/data/a')), 'gs://data/a');
  equal(bucketOfWebAddress(parseUrl('https://host.example/data/a')), undefined);
});

test('diagnose: a connection that fails is told by its cause', () => {
  const words = (code: string, url = 'https://h.example:9000/b'): string => {
    const cause = Object.assign(new Error('x'), { code });
    return explainConnection(new CloudError('x', { code: 'Network', cause }), url).what;
  };
  equal(words('ENOTFOUND'), 'no machine is called h.example');
  equal(words('ECONNREFUSED'), 'nothing listens at h.example:9000');
  ok(words('DEPTH_ZERO_SELF_SIGNED_CERT').startsWith('the certificate of h.example:9000'), 'a certificate');
  ok(words('ERR_SSL_WRONG_VERSION_NUMBER').includes('does not speak TLS'), 'plain HTTP behind https');
  ok(words('UND_ERR_SOCKET', 'http://h.example/').includes('closes the connection'), 'a closed connection');
  equal(explainConnection(new CloudError('x', { code: 'Timeout' }), 'http://h.example/').what, 'h.example does not answer in time');
});

test('diagnose: a refusal is told by its code', () => {
  const about = (code: CloudError['code'], providerCode?: string): string =>
    explainRefusal(new CloudError('x', { code, providerCode, status: 400 })).about;
  equal(about('SignatureMismatch'), 'signature');
  equal(about('SignatureMismatch', 'AuthorizationHeaderMalformed'), 'region');
  equal(about('Redirected'), 'region');
  equal(about('Unauthenticated', 'ExpiredToken'), 'signature');
  equal(about('NotFound', 'XAdminUserNotFound'), 'signature');
  equal(about('NotFound', 'NoSuchBucket'), 'bucket');
  equal(about('PermissionDenied', 'AccessDenied'), 'right');
  equal(explainRefusal(new Error('secret')), { about: 'other', what: 'failed', fix: undefined });
});

test('diagnose: CORS rules of each service name the origin, and what is exposed', () => {
  const services: CorsService[] = ['aws', 's3', 'gcs', 'r2', 'b2'];
  for (const service of services) {
    const { text, label } = corsRules(service, 'https://app.example', { bucket: 'data' });
    const rules = JSON.stringify(JSON.parse(text));
    ok(rules.includes('"https://app.example"') && rules.includes('Content-Range') && /etag/i.test(rules), service);
    ok(!/PUT|s3_put/.test(rules) && label.length > 0, `${service}: reading only`);
    ok(/PUT|s3_put/.test(corsRules(service, 'https://app.example', { write: true }).text), `${service}: writing`);
  }
  const [r2] = JSON.parse(corsRules('r2', 'https://a').text) as [{ AllowedHeaders: string[] }];
  ok(!r2.AllowedHeaders.includes('*'), 'R2 has no wildcard for headers');
  ok(corsRules('minio', 'https://app.example').text.includes('cors_allow_origin="https://app.example"'), 'MinIO');
});

test('diagnose: headers that a page is not shown', () => {
  const answer = (expose: string | undefined): Headers =>
    new Headers({
      etag: '"x"',
      'content-range': 'bytes 0-0/9',
      'content-length': '1',
      'x-amz-meta-a': '1',
      'x-amz-id-2': 'of no use',
      ...(expose !== undefined && { 'access-control-expose-headers': expose }),
    });
  equal(hiddenHeaders(answer(undefined)), ['content-range', 'etag', 'x-amz-meta-a']);
  equal(hiddenHeaders(answer('ETag, X-Amz-Meta-A')), ['content-range']);
  equal(hiddenHeaders(answer('*')), []);
});
