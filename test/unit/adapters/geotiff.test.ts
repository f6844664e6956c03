import { fromUrl, GeoTIFF } from 'geotiff';
import { createGeoTiffSource } from '../../../src/adapters/geotiff.ts';
import { equal, rejects, sameBytes, test } from '../../harness.ts';
import { copiesOf } from './files.ts';

/** A window of the full image, then a small overview. */
async function look(tiff: GeoTIFF): Promise<unknown[]> {
  const image = await tiff.getImage();
  const { 0: window } = (await image.readRasters({ window: [400, 300, 420, 310] })) as unknown as [Uint8Array];
  const count = await tiff.getImageCount();
  const overview = await tiff.getImage(count - 1);
  const { 0: small } = (await overview.readRasters()) as unknown as [Uint8Array];
  return [image.getWidth(), [...window], small.length, small.reduce((all, one) => all + one, 0)];
}

test('a private GeoTIFF of GDAL, with no more requests than geotiff.js makes on a public one', async () => {
  const { known, publicUrl, privateUrl, client, publicRequests, privateRequests } = await copiesOf('scene.tif');
  const theirs = await look(await fromUrl(publicUrl));
  const without = await publicRequests();
  await look(await fromUrl(publicUrl, { blockSize: 65_536 } as object));
  const withBlocks = await publicRequests();
  const tiff = await GeoTIFF.fromSource(createGeoTiffSource(privateUrl, { client }));
  const ours = await look(tiff);
  equal(ours, theirs);
  equal(ours.slice(0, 2), [known.geotiff.size, known.geotiff.window.flat()]);
  equal([privateRequests(), without, withBlocks], [2, 9, 2]);
  await tiff.close();
  await client.close();
});

test('slices, in the order asked; one that is aborted harms no other', async () => {
  const { publicUrl, privateUrl, client, privateRequests } = await copiesOf('scene.tif');
  const whole = new Uint8Array(await (await fetch(publicUrl)).arrayBuffer());
  const source = createGeoTiffSource(privateUrl, { client });
  equal(source.fileSize, null);
  const reason = new Error('enough');
  const controller = new AbortController();
  const aborted = source.fetch([{ offset: 0, length: 9 }], controller.signal);
  const kept = source.fetch([
    { offset: 70_000, length: 10 },
    { offset: 5, length: 10 },
    { offset: whole.length - 4, length: 1024 },
  ]);
  controller.abort(reason);
  await rejects(aborted, (error) => error === reason);
  const [a, b, c] = await kept;
  sameBytes(a, whole.subarray(70_000, 70_010));
  sameBytes(b, whole.subarray(5, 15));
  sameBytes(c, whole.subarray(-4));
  equal(source.fileSize, whole.length);
  privateRequests();
  sameBytes((await source.fetchSlice({ offset: 1, length: 3 })).data, whole.subarray(1, 4));
  equal(privateRequests(), 0);
  await source.close();
  await rejects(source.fetch([{ offset: 0, length: 1 }]), 'InvalidArgument');
  await client.close();
});
