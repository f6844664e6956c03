/** A job whose connections are cut again and again while its programs are killed. */
import { existsSync, linkSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '../../src/index.ts';
import { openSqlite } from '../../src/platform/node/sqlite.ts';
import { inFewEngines, need, uniqueName } from '../env.ts';
import { equal, ok, sameBytes, test } from '../harness.ts';
import { cli, inFolder, plant } from './cli/run-cli.ts';
import { startProgram } from './run-program.ts';

const FILES = 150;
const KILLS = 2;
/** Then the way is good, so that the job ends on a busy machine too. */
const CUTS = 15;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Bytes that tell whose they are. */
const contentOf = (i: number): Uint8Array => new Uint8Array(i === 0 ? 18_000_000 : i % 30 === 0 ? 300_000 : 100 + i).fill(1 + i);

/** A way to a server on which all connections are cut, some after a while and now and then all at once. */
async function cutWay(api: string, upstream: string): Promise<{ endpoint: string; begin(): void; stop(): Promise<number> }> {
  const name = uniqueName('cuts');
  const call = async (path: string, body: object): Promise<{ listen: string }> =>
    (await fetch(`${api}/proxies${path}`, { method: 'POST', body: JSON.stringify(body) })).json() as Promise<{ listen: string }>;
  const { listen } = await call('', { name, listen: '127.0.0.1:0', upstream, enabled: true });
  let ended = false;
  let cuts = 0;
  const cut = async (): Promise<void> => {
    while (!ended && cuts < CUTS) {
      await pause(150 + Math.random() * 200);
      cuts++;
      await call(`/${name}`, { enabled: false });
      await call(`/${name}`, { enabled: true });
    }
  };
  let cutting: Promise<void> | undefined;
  return {
    endpoint: `http://${listen}`,
    begin: () => void (cutting ??= cut()),
    async stop() {
      ended = true;
      await cutting;
      await fetch(`${api}/proxies/${name}`, { method: 'DELETE' });
      return cuts;
    },
  };
}

test('a job whose connections are cut and whose programs are killed loses nothing, counts nothing twice and breaks nothing', () => {
  inFewEngines('programs are started anew');
  const { api } = need('toxiproxy');
  const { endpoint, region, accessKeyId, secretAccessKey, bucket } = need('versitygw');
  return inFolder(async (root) => {
    const [src, db, kept] = [join(root, 'src'), join(root, 'job.db'), join(root, 'kept.db')];
    const dest = `s3://${bucket}/${uniqueName('cuts')}`;
    const files = Object.fromEntries(Array.from({ length: FILES }, (_, i) => [`d${i % 7}/${i}.bin`, contentOf(i)]));
    plant(src, files);
    const way = await cutWay(api, new URL(endpoint).host);
    let killed = 0;
    try {
      equal((await cli(['xfer', 'init', src, dest, '--db', db])).status, 0);
      // the file goes when all is finished: by this name it can still be looked at
      linkSync(db, kept);
      const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: region };
      for (let run = 0; existsSync(db); run++) {
        ok(run < 20, 'the job does not end');
        const args = ['xfer', 'execute', db, '-b', '20', '-p', '4', '--endpoint', way.endpoint, '--quiet'];
        const child = startProgram('xfer-user', { args, env });
        const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('close', (_, signal) => resolve(signal)));
        child.stderr.resume();
        await new Promise((resolve) => child.stdout.once('data', resolve));
        way.begin();
        if (killed < KILLS) {
          await Promise.race([pause(100 + Math.random() * 500), ended]);
          child.kill('SIGKILL');
        }
        if ((await ended) === 'SIGKILL') killed++;
        // what was tried often enough is given another chance, as a person would
        else if (existsSync(db)) await cli(['xfer', 'retry', db]);
      }
    } finally {
      ok((await way.stop()) > 0, 'cuts');
    }
    ok(killed > 0, 'a run that was killed');
    const job = await openSqlite(kept);
    const [state] = await job.read(() =>
      job
        .prepare(`SELECT count(*) AS total, sum(finished) AS finished, (SELECT value FROM stats WHERE id = 1) AS counter FROM filelist`)
        .all(),
    );
    job.close();
    equal({ ...(state as object) }, { total: FILES, finished: FILES, counter: FILES });
    const client = new Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
    const there = client.files(dest);
    const names: string[] = [];
    for await (const name of there.list()) names.push(name);
    equal(names.sort(), Object.keys(files).sort());
    for (const [name, content] of Object.entries(files)) sameBytes((await there.get(name)) ?? new Uint8Array(), content, name);
    await client.close();
  });
});
