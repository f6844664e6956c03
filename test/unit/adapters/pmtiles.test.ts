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
