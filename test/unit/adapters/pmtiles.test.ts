import { EtagMismatch, FetchSource, PMTiles } from 'pmtiles';
import { createPmtilesSource } from '../../../src/adapters/pmtiles.ts';
import { Client } from '../../../src/client.ts';
import { toHex } from '../../../src/util/base64.ts';
import { equal, ok, rejects, test } from '../../harness.ts';
import { copiesOf, type Known } from './files.ts';

async function look(archive: PMTiles, { tiles }: Known['pmtiles']): Promise<string[]> {
  const found: string[] = [];
  for (const { zxy } of tiles) found.push(toHex(new Uint8Array((await archive.getZxy(...zxy))!.data)));
  return found;
}

test('a private PMTiles of its Python writer, with no more requests than FetchSource makes on a public one', async () => {
  const { known, publicUrl, privateUrl, client, publicRequests, privateRequests } = await copiesOf('map.pmtiles');
  const want = known.pmtiles.tiles.map(({ hex }) => hex);
  equal(await look(new PMTiles(new FetchSource(publicUrl)), known.pmtiles), want);
  const source = createPmtilesSource(privateUrl, { client, EtagMismatch });
  const archive = new PMTiles(source);
  equal(await look(archive, known.pmtiles), want);
  equal([privateRequests(), await publicRequests()], [3, 6]);
  equal(((await archive.getMetadata()) as { name: string }).name, 'noise');
  equal([archive.source.getKey(), (await archive.getHeader()).maxZoom], [privateUrl, 7]);
  equal(await archive.getZxy(9, 0, 0), undefined);
  await source.close();
  await client.close();
});

test('an archive that is replaced is begun anew, by the class of pmtiles', async () => {
  const { publicUrl, known } = await copiesOf('map.pmtiles');
  const bytes = new Uint8Array(await (await fetch(publicUrl)).arrayBuffer());
  const client = new Client({});
  const store = client.store('mem://maps/');
  await store.put('map.pmtiles', bytes);
  const [first, , far] = known.pmtiles.tiles;
  const source = createPmtilesSource('mem://maps/map.pmtiles', { client, EtagMismatch, blockBytes: 4096, gapBytes: 0 });
  const archive = new PMTiles(source);
  equal(toHex(new Uint8Array((await archive.getZxy(...first!.zxy))!.data)), first!.hex);
  const { etag } = await source.getBytes(0, 10);
  // The same tiles, with a byte more behind them: another version.
  const longer = new Uint8Array(bytes.length + 1);
  longer.set(bytes);
  await store.put('map.pmtiles', longer);
  await rejects(source.getBytes(50_000, 10, undefined, etag), (error) => error instanceof EtagMismatch);
  equal(toHex(new Uint8Array((await archive.getZxy(...far!.zxy))!.data)), far!.hex, 'pmtiles tries again by itself');
  const now = await source.getBytes(0, 10);
  ok(now.etag && now.etag !== etag, 'another version');
  await rejects(source.getBytes(0, 10, undefined, etag), (error) => error instanceof EtagMismatch);

  const plain = createPmtilesSource('mem://maps/map.pmtiles', { client, blockBytes: 4096, gapBytes: 0 });
  await plain.getBytes(0, 10);
  await store.put('map.pmtiles', bytes);
  await rejects(plain.getBytes(50_000, 10), 'ObjectChanged');
  equal((await plain.getBytes(50_000, 10)).data.byteLength, 10, 'the next read is of the new one');
  await source.close();
  await plain.close();
  await rejects(plain.getBytes(0, 1), 'InvalidArgument');
  await client.close();
});

test('reads that are under way when the archive is found to be replaced are mismatches too', async () => {
  const client = new Client({});
  const store = client.store('mem://maps/');
  await store.put('other.pmtiles', new Uint8Array(100_000).fill(1));
  const source = createPmtilesSource('mem://maps/other.pmtiles', { client, EtagMismatch, blockBytes: 4096, gapBytes: 0 });
  await source.getBytes(0, 10);
  await store.put('other.pmtiles', new Uint8Array(100_001).fill(2));
  const reason = new Error('enough');
  const controller = new AbortController();
  const reads: Promise<unknown>[] = [];
  for (let i = 0; i < 12; i++) {
    reads.push(source.getBytes(8192 * i + 4096, 10, i === 11 ? controller.signal : undefined).catch((error: unknown) => error));
    // Another turn, and so another request.
    for (let round = 0; round < 10; round++) await Promise.resolve();
  }
  controller.abort(reason);
  const errors = await Promise.all(reads);
  const isAnswer = (error: unknown): boolean => error instanceof EtagMismatch || (error as { data?: ArrayBuffer }).data?.byteLength === 10;
  equal(
    errors.slice(0, -1).filter((error) => !isAnswer(error)),
    [],
    'mismatches, or bytes of the new one',
  );
  ok(errors[0] instanceof EtagMismatch, 'the first is a mismatch');
  ok(errors.at(-1) === reason, 'whoever aborts is told his own reason');
  await source.close();
  await rejects(source.getBytes(0, 10), 'InvalidArgument');
  await client.close();
});
