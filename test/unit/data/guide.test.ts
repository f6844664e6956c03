// docs/datasets.md: its programs run as they stand, in memory and in buckets, and print what the page says.
import { adviceFor } from '../../../src/demo/advice.ts';
import { CloudError } from '../../../src/index.ts';
import { equal, ok, test } from '../../harness.ts';
import { openScenario } from '../../servers/fixture/client.ts';
import { withSetting } from './datafile/places.ts';
import { corsRules, programs, runPrograms, type Place, type Program } from './guide.ts';

type Kind = 'mem' | 's3' | 'gs';

/** A place of a kind, and a folder, for as long as it is used. */
async function withPlace(kind: Kind, use: (place: Place) => Promise<void>): Promise<void> {
  // `mem` is the client's own: only the folder is needed of it.
  await withSetting('mem', async ({ folder }) => {
    if (kind === 'mem') return use({ bucket: 'mem://my-bucket', folder, options: {} });
    if (kind === 's3') {
      const { endpoint, bucket, region, credentials, close } = await openScenario('s3', {});
      await use({ bucket: `s3://${bucket}`, folder, options: { endpoint, region, credentials } });
      return close();
    }
    const { endpoint, bucket, serviceAccount, close } = await openScenario('gcs', {});
    await use({ bucket: `gs://${bucket}`, folder, options: { endpoint, credentials: serviceAccount } });
    return close();
  });
}

test('the guide holds the four examples and more', () => {
  const names = new Set(programs.map(({ name }) => name));
  for (const wanted of ['A', 'B', 'C', 'D1', 'D2', 'dataset', 'filters']) ok(names.has(wanted), `a program ${wanted}`);
  for (const { name, prints } of programs) ok(prints, `what ${name} prints`);
});

for (const kind of ['mem', 's3', 'gs'] as const) {
  const possible = programs.filter(({ needs }) => needs !== 'signing' || kind !== 'mem');
  test(
    `guide, ${kind}: ${possible.map(({ name }) => name).join(' ')}`,
    async () => {
      // At the same time: on S3 they wait a second or two for a change of metadata alone.
      const run = async ({ name, after, prints }: Program): Promise<void> =>
        withPlace(kind, async (place) => {
          equal(await runPrograms(after === undefined ? [name] : [after, name], place), prints, name);
        });
      await Promise.all(possible.map(run));
    },
    { timeoutMs: 60_000 },
  );
}

test('the CORS rules of the guide are those that the page advises, and let pages write', () => {
  const cors = adviceFor(new CloudError('x', { code: 'CorsOrNetwork' }), { protocol: 's3', origin: 'https://app.example.org' });
  type Rules = { AllowedMethods: string[]; ExposeHeaders: string[] }[];
  const [guide] = corsRules() as Rules;
  const [page] = JSON.parse(cors.snippet?.text ?? '') as Rules;
  equal(guide?.ExposeHeaders, page?.ExposeHeaders);
  equal({ ...guide, AllowedMethods: ['GET', 'HEAD'] }, page, 'but for the methods');
});
