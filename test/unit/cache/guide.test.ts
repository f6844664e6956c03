// docs/caching.md: its programs run as they stand, against S3 and GCS, and print what the page says.
import guide from '../../../docs/caching.md';
import { absolutePath, environment, openDisk } from '#platform';
import { Client, type ClientOptions } from '../../../src/index.ts';
import { inFewEngines, uniqueName } from '../../env.ts';
import { openGuide } from '../../guide-page.ts';
import { equal, ok, test } from '../../harness.ts';
import { openScenario } from '../../servers/fixture/client.ts';

const page = openGuide(guide);

/** A bucket of its own, and where its client is told of it. */
async function withBucket(kind: 's3' | 'gs', use: (bucket: string, options: ClientOptions) => Promise<void>): Promise<void> {
  if (kind === 's3') {
    const { endpoint, bucket, region, credentials, close } = await openScenario('s3', {});
    await use(`s3://${bucket}/guide`, { endpoint, region, credentials });
    return close();
  }
  const { endpoint, bucket, serviceAccount, close } = await openScenario('gcs', {});
  await use(`gs://${bucket}/guide`, { endpoint, credentials: serviceAccount });
  return close();
}

test('the guide says what its programs print', () => {
  ok(page.programs.length >= 6, `some programs, ${page.programs.length}`);
  for (const { name, prints } of page.programs) ok(prints, `what ${name} prints`);
});

for (const kind of ['s3', 'gs'] as const) {
  test(`guide of the cache, ${kind}: ${page.programs.map(({ name }) => name).join(' ')}`, async () => {
    if (kind === 'gs') inFewEngines('programs do not differ by service, but for what tells versions');
    const run = async ({ name, prints }: (typeof page.programs)[number]): Promise<void> =>
      withBucket(kind, async (bucket, options) => {
        const dir = absolutePath(`${environment()['TMPDIR'] ?? '/tmp'}/${uniqueName('guide')}`);
        const replace = [
          [`{ region: 'eu-central-1' };`, 'OPTIONS;'],
          [`'s3://my-bucket/guide';`, `${JSON.stringify(bucket)};`],
          [`'/tmp/anyfile-guide'`, JSON.stringify(dir)],
        ] as const;
        try {
          equal(await page.run([name], { options, replace }), prints, name);
        } finally {
          const client = new Client({ ...options, cache: { dir } });
          await client.clearCache({ discardUnsaved: true });
          await client.close();
          await (await openDisk())?.removeDirectory(dir, { recursive: true }).catch(() => {});
        }
      });
    // One after the other: in a page they share one database, and clear what they kept there.
    const hasDisk = (await openDisk()) !== undefined;
    for (const program of page.programs) if (program.needs !== 'disk' || hasDisk) await run(program);
  });
}
