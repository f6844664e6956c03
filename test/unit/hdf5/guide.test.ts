// docs/hdf5.md: its programs run as they stand, against S3 and GCS, and print what the page says.
import guide from '../../../docs/hdf5.md';
import * as hdf5 from '../../../src/hdf5.ts';
import * as anyfile from '../../../src/index.ts';
import type { ClientOptions } from '../../../src/index.ts';
import { env, inFewEngines } from '../../env.ts';
import { openGuide } from '../../guide-page.ts';
import { equal, ok, test } from '../../harness.ts';
import { openScenario } from '../../servers/fixture/client.ts';

const page = openGuide(guide, { anyfile, 'anyfile/hdf5': hdf5 });
const hasDocument = (): boolean => !env().worker && typeof document !== 'undefined';

/** A bucket of its own, and where its client is told of it. */
async function withBucket(kind: 's3' | 'gs', use: (bucket: string, options: ClientOptions) => Promise<void>): Promise<void> {
  if (kind === 's3') {
    const { endpoint, bucket, region, credentials, close } = await openScenario('s3', {});
    await use(`s3://${bucket}`, { endpoint, region, credentials });
    return close();
  }
  const { endpoint, bucket, serviceAccount, close } = await openScenario('gcs', {});
  await use(`gs://${bucket}`, { endpoint, credentials: serviceAccount });
  return close();
}

test('the guide says what its programs print', () => {
  ok(page.programs.length >= 7, `some programs, ${page.programs.length}`);
  for (const { name, prints } of page.programs) ok(prints, `what ${name} prints`);
});

for (const kind of ['s3', 'gs'] as const) {
  test(`guide of HDF5, ${kind}: ${page.programs.map(({ name }) => name).join(' ')}`, async () => {
    if (kind === 'gs') inFewEngines('programs do not differ by service, but for how a file is put there');
    await withBucket(kind, async (bucket, options) => {
      const replace = [
        [`{ region: 'eu-central-1' };`, 'OPTIONS;'],
        [`'s3://my-bucket/guide/scan.h5';`, `${JSON.stringify(`${bucket}/guide/scan.h5`)};`],
      ] as const;
      for (const { name, needs, prints } of page.programs) {
        if (needs === 'page' && !hasDocument()) continue;
        equal(await page.run([name], { options, replace }), prints, name);
      }
    });
  });
}
