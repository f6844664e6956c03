import { asyncBufferFromUrl, parquetMetadataAsync, parquetReadObjects, type AsyncBuffer } from 'hyparquet';
import { openAsyncBuffer } from '../../../src/adapters/hyparquet.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';
import { copiesOf } from './files.ts';

/** A few rows of one column out of the middle, and out of the end. */
async function look(file: AsyncBuffer): Promise<unknown[]> {
  const metadata = await parquetMetadataAsync(file);
  const rows = await parquetReadObjects({ file, metadata, columns: ['id', 'power'], rowStart: 4001, rowEnd: 4003 });
  const last = await parquetReadObjects({ file, metadata, columns: ['name', 'power'], rowStart: 19_999, rowEnd: 20_000 });
  return [Number(metadata.num_rows), rows, last];
}

test('a private Parquet file of pyarrow, with no more requests than hyparquet makes on a public one', async () => {
  const { known, publicUrl, privateUrl, client, publicRequests, privateRequests } = await copiesOf('table.parquet');
  const theirs = await look(await asyncBufferFromUrl({ url: publicUrl }));
  const file = await openAsyncBuffer(privateUrl, { client });
  const ours = await look(file);
  equal(ours, theirs);
  equal(ours[0], known.parquet.rows);
  const [rows, last] = [ours[1], ours[2]] as Record<string, number>[][];
  equal([rows![0]!['power'], last![0]!['power']], known.parquet.powerAt.slice(1));
  equal([privateRequests(), await publicRequests()], [3, 4]);
  equal(file.stats().requests, 3);
  await file.close();
  await client.close();
});

test('slices are those of an ArrayBuffer, and end with the file', async () => {
  const { publicUrl, privateUrl, client } = await copiesOf('table.parquet');
  const whole = await (await fetch(publicUrl)).arrayBuffer();
  const file = await openAsyncBuffer(privateUrl, { client });
  equal(file.byteLength, whole.byteLength);
  for (const [start, end] of [
    [0, 4],
    [4, undefined],
    [-8, undefined],
    [-8, -4],
    [10, 5],
    [whole.byteLength - 3, whole.byteLength + 9],
    [-1e12, 3],
  ] as const) {
    const got = await file.slice(start, end);
    ok(got instanceof ArrayBuffer, 'an ArrayBuffer');
    sameBytes(got, whole.slice(start, end), `${start} to ${end}`);
  }
  await file.close();
  await rejects(file.slice(0, 4), 'InvalidArgument');
  await rejects(openAsyncBuffer(`${privateUrl}.not`, { client }), 'NotFound');
  await client.close();
});
