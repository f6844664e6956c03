/** What CloudFiles and CloudFile can be told when they are made, and that making them does nothing. */
import { Client, CloudFile, CloudFiles, dl, openStore } from '../../../src/index.ts';
import { equal, ok, rejects, test } from '../../harness.ts';
import { all, openPlace, text, withPlace } from '../../parity/cloudfiles-places.ts';
import { openScenario, withScenario } from '../../servers/fixture/client.ts';

const quick = { attempts: 1 };
const throws = (make: () => unknown, code: string): Promise<Error> => rejects(make, code);

test('credentials, endpoint, region: said of a place, of a provider, of a bucket, or by a function', () =>
  withScenario(
    's3',
    { region: 'eu-north-1', objects: [{ key: 'a', text: 'hello' }] },
    async ({ endpoint, bucket, credentials, region, log }) => {
      const wrong = { accessKeyId: 'nobody', secretAccessKey: 'nothing' };
      const url = `s3://${bucket}`;
      const read = async (o: ConstructorParameters<typeof CloudFiles>[1]): Promise<string | null> => {
        const cf = new CloudFiles(url, { endpoint, region, retry: quick, ...o });
        try {
          return text(await cf.get('a'));
        } finally {
          await cf.context.close();
        }
      };
      equal(await read({ credentials }), 'hello');
      equal(await read({ credentials: { s3: credentials, gs: { accessToken: 'x' } } }), 'hello');
      equal(await read({ credentials: { s3: wrong, [url]: credentials } }), 'hello', 'the bucket goes before the provider');
      const asked: string[] = [];
      const provider = async ({ bucket, method }: { bucket: string; method: string }): Promise<typeof credentials> => {
        asked.push(`${method} ${bucket}`);
        return credentials;
      };
      equal(await read({ credentials: provider }), 'hello');
      equal(asked, [`GET ${bucket}`]);
      equal(await read({ credentials, region: undefined }), 'hello', 'the region is learnt');
      await rejects(read({ credentials: wrong }), (error: { code: string }) =>
        ['PermissionDenied', 'Unauthenticated', 'SignatureMismatch', 'CorsOrNetwork'].includes(error.code),
      );
      await rejects(read({ credentials, noSignRequest: true }), (error: { code: string }) =>
        ['PermissionDenied', 'Unauthenticated', 'CorsOrNetwork'].includes(error.code),
      );
      const { requests } = await log();
      equal(requests.findLast(({ method }) => method === 'GET')!.auth, 'none', 'noSignRequest reaches the wire');
      equal(
        text(await new CloudFile(`s3://${endpoint}/${bucket}/a`, { credentials, region, retry: quick }).get()),
        'hello',
        'an endpoint in the URL',
      );
      equal(text(await new CloudFile('s3://bucket/a', { credentials, endpoint, region }).get()), 'hello');
      equal(text((await dl(`${url}/a`, { credentials, endpoint, region })).content), 'hello');
    },
  ));

test('noSignRequest and useHttps read what is public', () =>
  withScenario(
    's3',
    { anonymousRead: true, objects: [{ key: 'dir/a b', text: 'hello' }] },
    async ({ endpoint, bucket, credentials, log }) => {
      for (const options of [
        { noSignRequest: true },
        { credentials: 'anonymous' as const },
        { useHttps: true },
        { useHttps: true, credentials },
      ]) {
        const cf = new CloudFiles(`s3://${endpoint}/${bucket}/dir`, options);
        equal([text(await cf.get('a b')), await cf.size('a b'), await cf.get('gone')], ['hello', 5, null]);
        await cf.context.close();
      }
      ok(
        (await log()).requests.every(({ auth }) => auth === 'none'),
        'nothing was signed',
      );
      const https = new CloudFiles(`s3://${endpoint}/${bucket}`, { useHttps: true });
      await rejects(https.put('x', 'y'), 'NotSupported');
    },
  ));

test('aliases', () =>
  withScenario('s3', { objects: [{ key: 'a', text: 'hello' }] }, async ({ endpoint, bucket, credentials, region }) => {
    const client = new Client({ aliases: { lab: `s3://${endpoint}/` }, credentials, region });
    const cf = client.files(`lab://${bucket}`);
    equal([cf.url, cf.protocol, text(await cf.get('a'))], [`lab://${bucket}`, 's3', 'hello']);
    equal(text(await new CloudFile(`lab://${bucket}/a`, { client }).get()), 'hello');
    equal(text((await dl(`lab://${bucket}/a`, { client })).content), 'hello');
    await cf.move('a', `lab://${bucket}/b`);
    await cf.move('b', `s3://${endpoint}/${bucket}/b`);
    equal([await all(cf.list()), text(await cf.get('b'))], [['b'], 'hello'], 'one file under two names is not taken away');
    await throws(() => new CloudFiles(`lab://${bucket}`), 'UnsupportedProtocol');
    await client.close();
  }));

test('requestPayer', async () => {
  await withScenario('s3', { objects: [{ key: 'a', text: 'hello' }] }, async ({ endpoint, bucket, credentials, region, log }) => {
    const cf = new CloudFiles(`s3://${endpoint}/${bucket}`, { credentials, region, requestPayer: 'requester' });
    equal(text(await cf.get('a')), 'hello');
    const last = (await log()).requests.findLast(({ method }) => method === 'GET')!;
    equal(last.headers['x-amz-request-payer'] ?? last.query['x-amz-request-payer'], 'requester');
  });
  await throws(() => new CloudFiles('s3://b', { requestPayer: 'me' }), 'InvalidArgument');
  for (const url of ['mem://b', 'https://host/b'])
    await throws(() => new CloudFiles(url, { requestPayer: 'requester' }), 'InvalidArgument');
  equal(new CloudFiles('gs://b', { requestPayer: 'project' }).protocol, 'gs');
});

test('URLs that name no place', async () => {
  for (const url of ['ftp://x/y', 'GS://b', 's3://', 'middleauth+https://x/y'])
    await throws(() => new CloudFiles(url), 'UnsupportedProtocol');
  await throws(() => new CloudFiles(''), 'InvalidUrl');
  for (const url of ['mem://b', 'mem://b/', 's3://b/folder/', 'https://host/']) await throws(() => new CloudFile(url), 'InvalidUrl');
  await throws(() => openStore('nonsense://x'), 'UnsupportedProtocol');
});

test('making things sends nothing and asks for nothing', async () => {
  const s3 = await openScenario('s3');
  let asked = 0;
  const credentials = (): never => {
    asked++;
    throw new Error('asked');
  };
  const client = new Client({ credentials, fetch: () => Promise.reject(new Error('sent')), retry: quick });
  const cf = client.files(`s3://${s3.endpoint}/bucket/dir`);
  const file = new CloudFile(`${cf.url}/a?b`, { client });
  equal([cf.url, cf.protocol, file.name, file.files.url], [`s3://${s3.endpoint}/bucket/dir`, 's3', 'a?b', `${cf.url}/`]);
  cf.list();
  cf.getStream(['a']);
  await Promise.resolve();
  equal([asked, (await s3.log()).counts.requests], [0, 0]);
  await rejects(cf.get('a'), 'Unauthenticated');
  equal(asked > 0, true);
  await client.close();
  await s3.close();
});

test('a client gives its parts one state, and an options object makes one of its own', async () => {
  const client = new Client();
  await new CloudFiles('mem://b', { client }).put('a', 'x');
  equal([text(await client.files('mem://b').get('a')), text(await new CloudFile('mem://b/a', { client }).get())], ['x', 'x']);
  equal(text((await dl('mem://b/a', { client })).content), 'x');
  equal(await new CloudFiles('mem://b', { concurrency: 2 }).get('a'), null);
  await client.close();
});

test('limits: what may be decoded', async () => {
  const limits = { maxDecodedBytes: 100 };
  const place = await openPlace('mem', { limits });
  await place.cf.put('bomb', new Uint8Array(100_000), { compress: 'gzip' });
  await place.cf.put('fits', new Uint8Array(100), { compress: 'gzip' });
  await rejects(place.cf.get('bomb'), 'DecompressionError');
  await rejects(place.cf.transferTo(`${place.url}/to`, { paths: ['bomb'], reencode: 'none' }), 'DecompressionError');
  equal([(await place.cf.get('fits'))!.length, await place.cf.exists('to/bomb')], [100, false]);
  ok((await place.cf.get('bomb', { raw: true }))!.length > 0, 'stored bytes are not decoded');
  await place.close();
});

test('one file: all of its methods', () =>
  withPlace('mem', async ({ url, client }) => {
    const file = new CloudFile(`${url}/deep/a.json`, { client });
    equal([file.name, file.url, file.files.url, file.join('x', 'y')], ['a.json', `${url}/deep/a.json`, `${url}/deep/`, 'x/y']);
    equal(
      [await file.get(), await file.getJson(), await file.head(), await file.size(), await file.exists()],
      [null, null, null, null, false],
    );
    equal([await file.touch(), await file.size()], [1, 0]);
    equal([await file.putJson({ a: [1] }), await file.getJson()], [1, { a: [1] }]);
    await file.delete();
    equal(
      [
        await file.put('hello', { compress: 'gzip', contentType: 'text/plain' }),
        text(await file.get()),
        (await file.head())!['Content-Encoding'],
      ],
      [1, 'hello', 'gzip'],
    );
    equal((await file.get({ raw: true, start: 0, end: 2 }))!, Uint8Array.of(0x1f, 0x8b));
    equal([await file.delete(), await file.exists(), await file.delete()], [1, false, 1]);
    const why = new Error('why');
    const signal = AbortSignal.abort(why);
    await file.put('x');
    for (const call of [
      file.get({ signal }),
      file.getJson({ signal }),
      file.put('y', { signal }),
      file.putJson(1, { signal }),
      file.head({ signal }),
      file.exists({ signal }),
      file.size({ signal }),
      file.delete({ signal }),
      file.touch({ signal }),
      file.transferTo(`${url}/z`, { signal }),
      file.transferFrom(`${url}/z`, { signal }),
      file.move('z', { signal }),
    ]) {
      await rejects(call, (error) => error === why);
    }
    equal(text(await file.get()), 'x');
  }));
