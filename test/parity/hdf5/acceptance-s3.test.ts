// What reading costs through S3, with signed requests.
import { holdJob, jobs, walks } from '../../conformance/hdf5-acceptance.ts';
import { needLarge } from '../../conformance/hdf5-suite.ts';
import { inFewEngines, need } from '../../env.ts';
import { ok, test } from '../../harness.ts';

const { chunked, paged, rows, columns, groups } = jobs;

for (const [name, job] of Object.entries({ chunked, paged, rows, columns, groups, walk: walks['groups_latest.h5'] })) {
  if (!job) continue;
  test(
    `${name}: requests, bytes and rounds through S3`,
    async () => {
      inFewEngines('what is counted does not depend on the engine');
      needLarge();
      const { endpoint, region, accessKeyId, secretAccessKey } = need('versitygw');
      const response = await fetch(`${need('hdf5').base}__actions/toS3/${job.file}`, { method: 'POST' });
      ok(response.ok, `${job.file} in the bucket`);
      const { bucket, key } = (await response.json()) as { bucket: string; key: string };
      const credentials = { accessKeyId, secretAccessKey };
      await holdJob(job, `s3://${bucket}/${key}`, { endpoint, region, credentials });
    },
    { timeoutMs: 60_000 },
  );
}
