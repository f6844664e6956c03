/** Uploads in parts as each S3 service takes them: which checksums, and whether a part that is there is known again by them. */
import { createContext } from '../../../src/store/context.ts';
import type { S3ServiceName } from '../../../src/store/s3/profile.ts';
import { createS3Store } from '../../../src/store/s3/store.ts';
import type { ObjectStore } from '../../../src/types.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';
import { withScenario } from '../../servers/fixture/client.ts';
import { noise } from './upload-places.ts';

const partBytes = 0x1_0000;

for (const [service, header, combined] of [
  ['aws', 'x-amz-checksum-crc64nvme', 'x-amz-checksum-crc64nvme'],
  ['minio', 'x-amz-checksum-crc32c', undefined],
  ['r2', 'content-md5', undefined],
] as const satisfies readonly (readonly [S3ServiceName, string, string | undefined])[])
  test(`multipart as ${service} takes it: taken up by the checksum of each part, completed by that of all`, () =>
    withScenario('s3', { minPartBytes: partBytes }, async (server) => {
      const { endpoint, region, bucket, credentials } = server;
      const context = createContext({ credentials, retry: { minDelayMs: 5 } });
      const open = (): ObjectStore =>
        createS3Store({ bucket, context, scope: { bucket }, endpoint, region, url: `s3://${bucket}`, service });
      const bytes = noise(3 * partBytes - 5);
      const part = (n: number): Uint8Array => bytes.slice((n - 1) * partBytes, n * partBytes);
      const first = await open().multipart!('a');
      await first.sendPart(1, part(1));
      await first.sendPart(3, part(3));

      const second = await open().multipart!('a', { id: first.id });
      const stored = new Map((await second.listParts()).map((one) => [one.number, one]));
      const other = part(1);
      other[5]! ^= 1;
      await rejects(second.sendPart(1, other, { stored: stored.get(1) }), 'ObjectChanged');
      const sent: boolean[] = [];
      for (let n = 1; n <= 3; n++) sent.push((await second.sendPart(n, part(n), { stored: stored.get(n) })).sent);
      equal(sent, [false, true, false]);
      equal((await second.complete()).sizeBytes, bytes.length);
      sameBytes(await server.object('a'), bytes);

      const { requests } = await server.log();
      const parts = requests.filter(({ operation }) => operation === 'UploadPart');
      equal([parts.length, parts.every(({ headers }) => headers[header])], [3, true], header);
      const { headers } = requests.find(({ operation }) => operation === 'CompleteMultipartUpload')!;
      if (combined)
        ok(headers[combined] && headers['x-amz-mp-object-size'] === String(bytes.length), 'the whole is compared by the service');
      await context.close();
    }));
