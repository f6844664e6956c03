/** Clients that share a folder: what lasts, whose it is, and what is left after signing out. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type CacheOptions, type ClientOptions } from '../../src/index.ts';
import { equal, ok, rejects, sameBytes, test } from '../harness.ts';
import { need } from '../env.ts';
import { openScenario } from '../servers/fixture/client.ts';

const text = (seed: string): string => `${seed} in plain text `.repeat(20);

interface Rig {
  open(cache?: CacheOptions, options?: ClientOptions): Client;
  /** Statuses of what was asked since the last call. */
  asked(): number[];
  url: string;
  /** All files below the folder that hold this text. */
  holding(what: string): Promise<number>;
  end(): Promise<void>;
}

async function rig(): Promise<Rig> {
  need('fixture');
  const dir = await mkdtemp(join(tmpdir(), 'anyfile-cache-'));
  const { endpoint, bucket, region, credentials, close } = await openScenario('s3', {
    anonymousRead: true,
    objects: ['mine', 'folder/a', 'folder/b'].map((key) => ({ key, text: text(key) })),
  });
  const log: number[] = [];
  const clients: Client[] = [];
  return {
    url: `s3://${bucket}`,
    asked: () => log.splice(0),
    open(cache, options) {
      const onRequest = ({ status }: { status?: number | undefined }): void => void log.push(status ?? 0);
      const client = new Client({ endpoint, region, credentials, onRequest, ...options, cache: { dir, ...cache } });
      clients.push(client);
      return client;
    },
    async holding(what) {
      const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
      const contents = await Promise.all(files.map(({ parentPath, path, name }) => readFile(join(parentPath ?? path, name), 'latin1')));
      return contents.filter((content) => content.includes(what)).length;
    },
    async end() {
      await Promise.all(clients.map((client) => client.close()));
      await close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

test('cache in a folder: what was read lasts beyond the client', async () => {
  const { open, asked, url, end } = await rig();
  const first = open();
  const bytes = await first.files(url).get('mine');
  await first.close();
  asked();
  const second = open();
  sameBytes(await second.files(url).get('mine'), bytes!);
  equal(asked(), [304]);
  const off = open({ freshness: 'offline' });
  sameBytes(await off.files(url).get('mine'), bytes!);
  await rejects(off.files(url).get('folder/a'), 'NotCached');
  equal(asked(), []);
  equal((await second.cacheStats()).container, 'disk');
  await end();
});

test('cache in a folder: nobody is given what another read, and signing out leaves nothing', async () => {
  const { open, asked, url, holding, end } = await rig();
  const mine = open({ freshness: 'immutable', identity: 'mine' });
  const yours = open({ freshness: 'immutable', identity: 'yours' });
  const keyed = open({ freshness: 'immutable' });
  const nobody = open({ freshness: 'immutable' }, { credentials: 'anonymous' });
  for (const client of [mine, yours, keyed, nobody]) {
    await client.files(url).get('mine');
    equal(asked(), [200], 'the bytes of others are not for him');
    await client.files(url).get('mine');
    equal(asked(), []);
  }
  equal(await holding(text('mine')), 4);
  // a client that read nothing yet, as after a reload
  ok((await open({ identity: 'mine' }).clearCache()) >= 2, 'what is removed is told');
  equal(await holding(text('mine')), 1, 'of yours: the key is of these options too, and nobody in particular goes with everyone');
  await yours.files(url).get('mine');
  equal(asked(), []);
  await yours.clearCache();
  equal([await holding(text('mine')), await holding('s3://')], [0, 0]);
  await end();
});

test('cache in a folder: tokens and temporary keys leave nothing on disk', async () => {
  const { open, asked, url, holding, end } = await rig();
  const client = open({}, { credentials: async () => 'anonymous' as const });
  await client.files(url).get('mine');
  equal(await holding(text('mine')), 1);
  await client.clearCache();
  const { credentials } = await openScenario('s3', { sessionToken: true });
  ok(credentials.sessionToken, 'a temporary key');
  const signer = { sign: async ({ url: to }: { url: string }) => ({ url: to }) };
  const passing = open({}, { credentials: signer });
  await passing.files(url).get('mine');
  asked();
  await passing.files(url).get('mine');
  equal([asked(), await holding(text('mine'))], [[304], 0]);
  await end();
});

test('cache in a folder: clearing a prefix leaves the rest', async () => {
  const { open, asked, url, holding, end } = await rig();
  const client = open();
  for (const key of ['mine', 'folder/a', 'folder/b']) await client.files(url).get(key);
  equal(await open().clearCache({ prefix: `${url}/folder/a` }), 2);
  equal([await holding(text('folder/a')), await holding(text('folder/b'))], [0, 1]);
  equal(await open().clearCache({ prefix: `${url}/folder` }), 2);
  equal([await holding(text('folder/b')), await holding(text('mine'))], [0, 1]);
  equal(await open().clearCache({ prefix: url }), 2);
  await client.clearCache({ prefix: `${url}/mine` });
  asked();
  await client.files(url).get('mine');
  equal(asked(), [200]);
  await end();
});

test('cache in a folder: options that do not fit reject the first read', async () => {
  const { open, url, end } = await rig();
  const error = await rejects(open({ dir: undefined, mode: 'persistent' }).files(url).get('mine'), 'InvalidArgument');
  equal(error.name, 'InvalidConfigurationError');
  await rejects(open({ encrypt: true }).files(url).get('mine'), 'NotSupported');
  await end();
});
