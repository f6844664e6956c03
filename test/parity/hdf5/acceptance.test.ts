// What reading costs, at a server that takes 20 ms for each answer.
import { far, holdJob, jobs, walks } from '../../conformance/hdf5-acceptance.ts';
import { hdf5Url, takeCounts } from '../../conformance/hdf5-oracle.ts';
import { needLarge } from '../../conformance/hdf5-suite.ts';
import { inFewEngines, uniqueName } from '../../env.ts';
import { test } from '../../harness.ts';

for (const [name, job] of Object.entries({ ...jobs, ...walks, 'the end of 8 GB': far })) {
  test(
    `${name}: requests, bytes and rounds at 20 ms`,
    async () => {
      inFewEngines('what is counted does not depend on the engine');
      needLarge();
      const token = uniqueName('cost');
      await holdJob(job, hdf5Url(job.file, { token, latencyMs: 20 }), {}, () => takeCounts(token));
    },
    { timeoutMs: 60_000 },
  );
}
