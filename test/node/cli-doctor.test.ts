/** `anyfile doctor`: the report, its records and the exit status. */
import type { DiagnosisCheck } from '../../src/index.ts';
import { need } from '../env.ts';
import { equal, ok, test } from '../harness.ts';
import { withScenario } from '../servers/fixture/client.ts';
import { buckets } from './cli/buckets.ts';
import { cli, inFolder, optionsOf, plant } from './cli/run-cli.ts';

test('cli doctor: a store that is well', async () => {
  for (const open of Object.values(buckets)) {
    const { url, clientOptions } = open();
    const result = await cli(['doctor', `${url}/`], { clientOptions });
    equal([result.status, result.errors], [0, []], result.stdout);
    equal(result.lines[0], `${url}/`);
    ok(
      result.lines.slice(1).every((line) => /^(ok|-) {3,}\S/.test(line)),
      result.stdout,
    );
  }
});

test('cli doctor: what is wrong is told with its fix, and nothing secret', async () => {
  need('versitygw');
  const clientOptions = optionsOf({ ...need('versitygw'), secretAccessKey: 'canary-secret' });
  const { status, stdout, stderr } = await cli(['doctor', `s3://${need('versitygw').bucket}/a`], { clientOptions });
  equal(status, 1);
  ok(/^WRONG {2}signature .*secret/m.test(stdout) && /^ {7}fix: /m.test(stdout), stdout);
  ok(!(stdout + stderr).includes('canary-secret'), 'the secret');
});

test('cli doctor: nothing could be looked at', async () => {
  const closed = await cli(['doctor', '--endpoint', 'http://127.0.0.1:9', 's3://bucket/a'], {
    clientOptions: { credentials: { accessKeyId: 'a', secretAccessKey: 'b' } },
  });
  equal([closed.status, /^WRONG {2}connection .*127\.0\.0\.1:9/m.test(closed.stdout)], [3, true], closed.stdout);
  const slip = await cli(['doctor', 's3a://bucket/a']);
  equal([slip.status, slip.stdout.includes('s3://bucket/a')], [3, true]);
  equal((await cli(['doctor'])).status, 2);
  equal((await cli(['doctor', '--origin', 'app.example', 's3://bucket/'])).status, 2);
});

test('cli doctor: records, CORS and the rules to paste', async () => {
  need('fixture');
  await withScenario('s3', { cors: false, objects: [{ key: 'a', text: 'hello' }] }, async ({ endpoint, region, credentials, bucket }) => {
    const argv = ['doctor', '--json', '--write', '--origin', 'https://app.example/', `s3://${bucket}/a`];
    const result = await cli(argv, { clientOptions: { endpoint, region, credentials } });
    equal(result.status, 1, result.stderr);
    const records = result.lines.map((line) => JSON.parse(line) as DiagnosisCheck & { path: string });
    equal(
      records.filter(({ ok: good }) => good === false).map(({ name }) => name),
      ['cors', 'cors.write'],
    );
    const cors = records.find(({ name }) => name === 'cors');
    ok(cors?.snippet?.text.includes('"https://app.example"'), 'the origin, without its slash');
    equal(cors?.path, `s3://${bucket}/a`);
  });
});

test('cli doctor: a file of the disk', async () => {
  await inFolder(async (folder) => {
    plant(folder, { 'a.txt': 'hello' });
    const result = await cli(['doctor', '--write', `${folder}/a.txt`]);
    equal([result.status, result.errors], [0, []], result.stdout);
    equal((await cli(['doctor', `${folder}/b.txt`])).status, 1);
  });
});
