/** The rows of more.json that need a home folder, variables of the process or a job; what is a mistake there ("WART") is named and mended. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createSqliteStore } from '../../src/jobs/sqlite/sqlite-store.ts';
import { defaultCredentials } from '../../src/platform/node/credentials.ts';
import type { Credentials } from '../../src/types.ts';
import { createAliases } from '../../src/url/aliases.ts';
import { formatUrl } from '../../src/url/format.ts';
import { parseUrl } from '../../src/url/parse.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import table from '../parity/cloudfiles/more.json' with { type: 'json' };
import { cli, inFolder, plant, textOf } from './cli/run-cli.ts';

const seen = table.observations;

/** With a folder for what is kept between processes, which is not there yet. */
async function withHome(work: (folder: string) => Promise<void>): Promise<void> {
  const before = process.env['CLOUD_FILES_DIR'];
  const base = mkdtempSync(join(tmpdir(), 'anyfile-more-'));
  const folder = join(base, '.cloudfiles');
  process.env['CLOUD_FILES_DIR'] = folder;
  try {
    await work(folder);
  } finally {
    if (before === undefined) delete process.env['CLOUD_FILES_DIR'];
    else process.env['CLOUD_FILES_DIR'] = before;
    rmSync(base, { recursive: true, force: true });
  }
}

test('more.json: aliases', () =>
  withHome(async (folder) => {
    const [host, shown, parts, , , kept, emptied] = seen.alias_api.result as [string, string, string[], string, string, string, string];
    const aliases = createAliases();
    await aliases.addAlias('tmpalias', 's3://https://e.com');
    equal(aliases.get('tmpalias'), host);
    const url = parseUrl('tmpalias://bkt/x', { aliases });
    equal(formatUrl(url).replace(/^precomputed:\/\//, ''), shown);
    equal([url.format, url.protocol, url.bucket, url.path, url.host, url.alias], parts);
    await rejects(aliases.addAlias('gs', 's3://https://e.com/'), 'InvalidArgument');
    await rejects(aliases.addAlias('zarr', 's3://https://e.com/'), 'InvalidArgument');
    await aliases.addAlias('perm', 's3://https://p.com', { persistent: true });
    const stored = (): unknown => JSON.parse(readFileSync(join(folder, 'aliases.json'), 'utf8'));
    equal(stored(), JSON.parse(kept));
    await aliases.removeAlias('perm', { persistent: true });
    equal(stored(), JSON.parse(emptied));
    // WART: an official name can be given to another host there
    equal(seen.alias_override_official_api.result, 's3://https://evil.com/');
    await rejects(aliases.addAlias('matrix', 's3://https://evil.com/'), 'AlreadyExists');
    ok(aliases.get('matrix') !== seen.alias_override_official_api.result, 'the official one stays');
    // WART: a name for a bucket of GCS is taken there, and then refused by the command
    equal(seen.alias_to_gs_host.result, 'CloudFiles');
    await aliases.addAlias('data', 'gs://bucket/');
    equal(formatUrl(parseUrl('data://x', { aliases })), 'gs://bucket/x');
  }));

test('more.json: an alias is added where there is no folder yet', () =>
  withHome(async (folder) => {
    // WART: a FileNotFoundError there
    equal(seen.alias_add_fresh_home.result[0], 1);
    const { status } = await cli(['alias', 'add', 'lab', 's3://https://e.com']);
    equal([status, JSON.parse(readFileSync(join(folder, 'aliases.json'), 'utf8'))], [0, { lab: { host: 's3://https://e.com/' } }]);
  }));

test('more.json: where secrets are looked for', async () => {
  const secret = (name: string): string => JSON.stringify({ AWS_ACCESS_KEY_ID: name, AWS_SECRET_ACCESS_KEY: 's' });
  const find = async (files: Record<string, string>, env: Record<string, string> = {}, bucket = 'bkt'): Promise<Credentials> =>
    defaultCredentials(
      's3',
      {},
      {
        environment: () => env,
        home: () => '/home',
        async readFile(path) {
          const text = files[path];
          if (text === undefined) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
          return text;
        },
        load: () => Promise.reject(Object.assign(new Error('none'), { code: 'ERR_MODULE_NOT_FOUND' })),
      },
    )({ url: `https://h.example/${bucket}/k`, method: 'GET', bucket });
  const nameOf = async (credentials: Promise<Credentials>): Promise<string> => ((await credentials) as { accessKeyId: string }).accessKeyId;
  const [volume, files, first, bucketSecret, commonSecret] = seen.secret_lookup.result as [string, string, string, object, object];
  const at = (path: string): string => path.replace('<root>', '');
  equal(await nameOf(find({ [at(volume)]: secret('v') })), 'v');
  equal(await nameOf(find({ [at(files)]: secret('f') })), 'f');
  equal(await nameOf(find({ [at(volume)]: secret('v'), [at(files)]: secret('f') })), first === volume ? 'v' : 'f');
  const both = {
    '/home/.cloudvolume/secrets/bkt-aws-secret.json': secret('bucket'),
    '/home/.cloudvolume/secrets/aws-secret.json': secret('cv'),
  };
  equal({ AWS_ACCESS_KEY_ID: await nameOf(find(both)) }, bucketSecret);
  equal({ AWS_ACCESS_KEY_ID: await nameOf(find(both, {}, 'other')) }, commonSecret);
  await rejects(find({}), 'Unauthenticated');
  // WART: without AWS_SESSION_TOKEN a KeyError there
  equal(seen.env_secret_without_session_token.error, 'KeyError');
  equal(await nameOf(find({}, { AWS_ACCESS_KEY_ID: 'env', AWS_SECRET_ACCESS_KEY: 's' })), 'env');
});

test('more.json: a job that decodes, and one without files', () =>
  inFolder(async (root) => {
    const [src, dest, db] = [join(root, 'src'), join(root, 'dest'), join(root, 'job.db')];
    plant(src, { 'a.txt': 'plain' });
    await cli(['cp', '-c', 'gzip', join(src, 'a.txt'), join(root, 'packed/')]);
    // WART: the database says 0 there, which its worker does not know
    equal(seen.xfer_compression_none_execute.error, 'ValueError');
    equal((await cli(['xfer', 'init', join(root, 'packed'), dest, '--db', db, '-c', 'none', '--quiet'])).status, 0);
    equal((await cli(['xfer', 'execute', db, '--quiet'])).status, 0);
    equal(textOf(dest, 'a.txt'), 'plain');
    // WART: a TypeError there
    equal(seen.xfer_empty_source_total.error, 'TypeError');
    const empty = join(root, 'empty');
    mkdirSync(empty);
    const made = await cli(['xfer', 'init', empty, dest, '--db', db]);
    equal([made.status, made.stdout.startsWith('0 files ')], [0, true]);
    equal((await cli(['xfer', 'execute', db, '--quiet'])).status, 0);
    // WART: an empty database is left there
    equal(seen.xfer_execute_missing_db.error, 'OperationalError');
    equal((await cli(['xfer', 'execute', join(root, 'none.db')])).status, 3);
  }));

test('more.json: a file that is finished twice', () =>
  inFolder(async (root) => {
    const store = createSqliteStore(join(root, 'job.db'));
    try {
      const spec = { source: 'file:///a', dest: 'file:///b', reencode: null };
      await store.create(spec, ['one']);
      const lease = await store.claim(1);
      if (typeof lease === 'string') throw new Error(lease);
      const all = { ok: lease.files.map(({ id }) => id), failed: [] };
      await store.finish(lease, all);
      const first = (await store.progress()).finished;
      await store.finish(lease, all);
      const second = (await store.progress()).finished;
      await store.create(spec, ['one'], { force: true });
      const { finished, total } = await store.progress();
      // WART: counted twice there
      const [once, , anew, count] = seen.xfer_init_again_and_double_finish.result;
      equal([first, second, finished, total], [once, once, anew, count]);
      ok(typeof (await store.claim(1)) === 'object', 'the file is there to be done again');
    } finally {
      await store.close();
    }
  }));
