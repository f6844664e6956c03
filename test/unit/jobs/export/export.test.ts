/** Manifests of the clouds' engines: what is written is read again by readers of the tests' own. */
import fc from 'fast-check';
import { Client, openStore, parseUrl, type ListPage, type ObjectInfo } from '../../../../src/index.ts';
import { formatFor, plainLine, recordLine, type ExportEngine } from '../../../../src/jobs/export/engines.ts';
import { exportManifest } from '../../../../src/jobs/export/export-manifest.ts';
import { writeLists, type Sink } from '../../../../src/jobs/export/write-lists.ts';
import { env, need, uniqueName } from '../../../env.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';

const format = (to: ExportEngine, source: string, dest: string, manifest = 'mem://m/list.csv'): ReturnType<typeof formatFor> =>
  formatFor(to, { source: parseUrl(source), dest: parseUrl(dest), manifest: parseUrl(manifest) });

/** A CSV by RFC 4180, a row a line. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  const row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field = '';
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        ok(at < text.length, 'a closed quote');
        field += text[at];
        if (text[at] === '"') at++;
      }
      at++;
    } else while (!',\n'.includes(text[at] ?? '\n')) field += text[at++];
    row.push(field);
    if (text[at] === '\n') rows.push(row.splice(0));
    at++;
  }
  equal(row, [], 'a last line with its end');
  return rows;
}

/** Keeps what it is given, when it comes to its end. */
function sink(): { sink: Sink; text: () => string | undefined } {
  let kept: string | undefined;
  return {
    text: () => kept,
    async sink(body) {
      const decoder = new TextDecoder();
      let text = '';
      for await (const chunk of body) text += decoder.decode(chunk, { stream: true });
      kept = text + decoder.decode();
      return { key: 'x', etag: '"e"' };
    },
  };
}

async function* pagesOf(given: readonly { key: string; sizeBytes: number }[], pageSize = 3): AsyncGenerator<ListPage> {
  const files = given.map((file) => ({ ...file, metadata: {} }) satisfies ObjectInfo);
  for (let at = 0; at < files.length; at += pageSize) yield { objects: files.slice(at, at + pageSize), prefixes: [], hasMetadata: false };
}

const names = fc.uniqueArray(
  fc.oneof(
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.string({ unit: fc.constantFrom(...' ,"%+\'/?*#&=\r\n\tä€😀ab.'), minLength: 1 }),
    fc.constantFrom('\ud800', 'a\0b'),
  ),
  { maxLength: 12 },
);
const files = names.chain((keys) =>
  fc.tuple(...keys.map((key) => fc.record({ key: fc.constant(key), sizeBytes: fc.constantFrom(0, 7, 5_000_000_000, 5_000_000_001) }))),
);
const wellFormed = (name: string): boolean => !/\p{Surrogate}|\0/u.test(name);

for (const to of ['s3-batch', 'storage-transfer'] as const)
  test(`${to}: every file is in the manifest or in the second list, by its exact name`, () =>
    fc.assert(
      fc.asyncProperty(files, async (all) => {
        const engine =
          to === 's3-batch' ? format(to, 's3://from/deep/er/', 's3://to/x/deep/er/') : format(to, 'gs://from/deep/er/', 'gs://to/other/');
        const [first, second] = [sink(), sink()];
        const counts = await writeLists(pagesOf(all), { ...engine, restLine: recordLine }, { manifest: first.sink, rest: second.sink });
        const taken = readCsv(first.text() ?? '?').map((row) => {
          if (to === 'storage-transfer') return row.join();
          equal([row.length, row[0]], [2, 'from']);
          ok(/^[\w.~%/-]+$/.test(row[1]!), 'nothing that has a meaning');
          return decodeURIComponent(row[1]!).replace('deep/er/', '');
        });
        const left = (second.text() ?? '?')
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as { name: string; reason: string });
        equal([...taken, ...left.map(({ name }) => name)].sort(), all.map(({ key }) => key).sort());
        equal([counts.files, counts.rest], [taken.length, left.length]);
        for (const { key, sizeBytes } of all) {
          const fits = to === 's3-batch' ? sizeBytes <= 5_000_000_000 : !/[*?\r\n]|\/$/.test(key);
          equal(taken.includes(key), fits && wellFormed(key), key);
        }
        equal(
          counts.bytes,
          all.filter(({ key }) => taken.includes(key)).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
        );
      }),
      { seed: env().seed, numRuns: 60 },
    ));

test('a request says what its engine wants to know', () => {
  const s3 = format('s3-batch', 's3://from/a', 's3://to/b/c/a/', 's3://jobs/list.csv');
  equal(s3.request('abc'), {
    Manifest: {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
      Location: { ObjectArn: 'arn:aws:s3:::jobs/list.csv', ETag: 'abc' },
    },
    Operation: { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::to', TargetKeyPrefix: 'b/c' } },
  });
  equal(format('s3-batch', 's3://from', 's3://to').request(undefined)['Operation'], {
    S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::to' },
  });
  equal(format('s3-batch', 's3://from', 's3://to/x').request(undefined)['Operation'], {
    S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::to', TargetKeyPrefix: 'x' },
  });
  equal(format('storage-transfer', 's3://from/a', 'gs://to', 'gs://jobs/list.csv').request('abc'), {
    transferSpec: {
      awsS3DataSource: { bucketName: 'from', path: 'a/' },
      gcsDataSink: { bucketName: 'to' },
      transferManifest: { location: 'gs://jobs/list.csv' },
    },
  });
});

test('places that an engine cannot copy between are refused before anything is listed', async () => {
  const client = new Client({ noSignRequest: true });
  const refused = (to: ExportEngine, source: string, dest: string, manifest = 'mem://m/list.csv'): Promise<unknown> =>
    rejects(() => exportManifest(source, dest, { client, to, manifest }), 'InvalidArgument');
  await refused('s3-batch', 's3://from/a', 's3://to/b');
  await refused('s3-batch', 's3://from/a', 's3://to/ba');
  await refused('s3-batch', 'gs://from', 's3://to');
  await refused('s3-batch', 's3://https://minio.example/from', 's3://to');
  await refused('s3-batch', 's3://from', 's3://to', 'gs://m/list.csv');
  await refused('s3-batch', 's3://from', 's3://to', 's3://from/list.csv');
  await refused('s3-batch', 's3://from', 's3://to', 's3://m/');
  await refused('storage-transfer', 's3://from', 's3://to');
  await refused('other' as 's3-batch', 's3://from', 's3://to');
  const options = { client, to: 's3-batch', manifest: 'mem://m/list.csv' } as const;
  await rejects(() => exportManifest('s3://from', 's3://to', { ...options, reencode: 'gzip' }), 'InvalidArgument');
  await rejects(() => exportManifest('s3://from', 's3://to', { ...options, reencode: 'none' }), 'InvalidArgument');
  await client.close();
});

test('no manifest stands where the listing, or the second list, breaks off', async () => {
  const engine = { ...format('s3-batch', 's3://from', 's3://to'), restLine: plainLine };
  const large = { key: 'large', sizeBytes: 6e9 };
  const broken = new Error('broken');
  async function* breaking(): AsyncGenerator<ListPage> {
    yield* pagesOf([{ key: 'a', sizeBytes: 1 }, large]);
    throw broken;
  }
  const [first, second] = [sink(), sink()];
  await rejects(
    () => writeLists(breaking(), engine, { manifest: first.sink, rest: second.sink }),
    (error) => error === broken,
  );
  equal([first.text(), second.text()], [undefined, undefined]);
  const failing: Sink = () => Promise.reject(broken);
  await rejects(
    () => writeLists(pagesOf([large]), engine, { manifest: first.sink, rest: failing }),
    (error) => error === broken,
  );
  equal(first.text(), undefined);
  await rejects(
    () => writeLists(pagesOf([large]), engine, { manifest: failing, rest: second.sink }),
    (error) => error === broken,
  );
  const lines = [{ key: 'two\nlines', sizeBytes: 6e9 }];
  await rejects(() => writeLists(pagesOf(lines), engine, { manifest: first.sink, rest: second.sink }), 'InvalidArgument');
  equal(first.text(), undefined);
});

test('a second list that ends before its time ends the export, also while a page waits to be taken', async () => {
  const engine = { ...format('s3-batch', 's3://from', 's3://to'), restLine: plainLine };
  const broken = new Error('broken');
  const many = Array.from({ length: 12 }, (_, i) => ({ key: `large${i}`, sizeBytes: 6e9 }));
  for (const taken of [0, 1, 2]) {
    const first = sink();
    const failing: Sink = async (body) => {
      const chunks = body[Symbol.asyncIterator]();
      for (let i = 0; i < taken; i++) await chunks.next();
      // the next page waits by now
      await new Promise((resolve) => setTimeout(resolve, 0));
      throw broken;
    };
    await rejects(
      () => writeLists(pagesOf(many), engine, { manifest: first.sink, rest: failing }),
      (error) => error === broken,
    );
    equal(first.text(), undefined, `${taken} pages were taken`);
  }
  // one that says it is whole is believed
  const first = sink();
  const early: Sink = () => Promise.resolve({ key: 'x', etag: '"e"' });
  equal((await writeLists(pagesOf(many), engine, { manifest: first.sink, rest: early })).rest, many.length);
  equal(first.text(), '');
});

test('the second list is waited for as often whatever the number of pages: each time would be kept until its end', async () => {
  const engine = { ...format('s3-batch', 's3://from', 's3://to'), restLine: plainLine };
  const waits = async (pages: number): Promise<number> => {
    const [first, second] = [sink(), sink()];
    let count = 0;
    const counted: Sink = (body) => {
      const done = second.sink(body);
      const then = done.then.bind(done);
      done.then = ((...reactions: Parameters<typeof then>) => (count++, then(...reactions))) as typeof done.then;
      return done;
    };
    const large = Array.from({ length: pages }, (_, i) => ({ key: `large${i}`, sizeBytes: 6e9 }));
    equal((await writeLists(pagesOf(large, 1), engine, { manifest: first.sink, rest: counted })).rest, pages);
    return count;
  };
  equal(await waits(50), await waits(1));
});

test('a bucket is exported with the manifest’s ETag', async () => {
  const { endpoint, region, accessKeyId, secretAccessKey, bucket } = need('versitygw');
  const client = new Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, forcePathStyle: true });
  const folder = uniqueName('export');
  const store = openStore(`s3://${bucket}/${folder}`, { client });
  const keys = ['data/a b.bin', 'data/ü+.gz', 'data/deep/x'];
  for (const key of keys) await store.put(key, 'x');
  const result = await exportManifest(`s3://${bucket}/${folder}/data`, `s3://other/${folder}/data`, {
    client,
    to: 's3-batch',
    manifest: `s3://${bucket}/${folder}/list.csv`,
  });
  equal([result.files, result.bytes, result.rest], [3, 3, 0]);
  equal(await (await store.get('list.csv.rest.txt'))!.text(), '');
  const rows = readCsv(await (await store.get('list.csv'))!.text());
  equal(rows.map(([, key]) => decodeURIComponent(key!)).sort(), keys.map((key) => `${folder}/${key}`).sort());
  equal(result.etag, (await store.head('list.csv'))!.etag!.replaceAll('"', ''));
  equal((result.request['Manifest'] as { Location: unknown }).Location, {
    ObjectArn: `arn:aws:s3:::${bucket}/${folder}/list.csv`,
    ETag: result.etag,
  });
  await client.close();
});
