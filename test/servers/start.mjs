// Starts the servers that are installed and says where they are: `startServers()` for the runners, or by hand
// `node test/servers/start.mjs`, which prints them as JSON and runs until it is stopped.
import { randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startAdapters } from './adapters.mjs';
import { serveFiles } from './files.mjs';
import { startHdf5 } from './hdf5.mjs';
import { findPostgres } from './postgres.mjs';
import { findRedis } from './redis.mjs';
import { startSigner } from './signer.mjs';
import { starters } from './starters.mjs';
import { servers, vectorsDir } from './versions.mjs';

/** The fixture server of our own runs in this process. */
async function startFixtureServer() {
  const { startFixture } = await import('./fixture/server.mjs');
  const { close, ...info } = await startFixture({ port: 0 });
  return { info, stop: () => close() };
}

/** What tests start themselves, of the few that need it: the program alone. */
async function found(program) {
  if (!program) throw new Error('not installed');
  return { info: { program }, stop: async () => {} };
}

async function startVectors() {
  if (!existsSync(vectorsDir)) throw new Error('not installed');
  const { base, stop } = await serveFiles(vectorsDir);
  return { info: { base }, stop };
}

/**
 * Starts everything that is installed, at the same time.
 *
 * @param options.none starts nothing
 * @param options.failures why a server could not be installed, by name
 * @returns `env` for the tests (see env.ts), without an engine yet, and `stop`
 */
export async function startServers({ none = false, failures = {} } = {}) {
  const seed = Number(process.env.ANYFILE_SEED) || randomInt(1, 2 ** 31);
  const env = { engine: 'unknown', worker: false, seed, servers: {}, absent: {} };
  const temp = mkdtempSync(join(tmpdir(), 'anyfile-servers-'));
  const stops = [];
  const start = async (name, begin) => {
    try {
      if (none) throw new Error('not wanted in this run');
      const { info, stop } = await begin();
      env.servers[name] = info;
      stops.push(stop);
    } catch (error) {
      env.absent[name] = failures[name] ?? error.message;
    }
  };
  const programs = Object.entries(servers).map(([name, server]) =>
    start(name, async () => {
      if (!existsSync(server.program)) throw new Error('not installed');
      return await starters[name](server, temp);
    }),
  );
  await Promise.all([
    ...programs,
    start('fixture', startFixtureServer),
    start('vectors', startVectors),
    start('postgres', () => found(findPostgres())),
    start('redis', () => found(findRedis())),
    start('hdf5', () => startHdf5(() => env.servers.versitygw)),
    start('adapters', () => startAdapters(() => env.servers.versitygw)),
    start('signer', () => startSigner(() => env.servers.versitygw)),
  ]);
  const removeTemp = () => rmSync(temp, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  process.once('exit', removeTemp);
  return {
    env,
    async stop() {
      await Promise.all(stops.map((stop) => stop()));
      process.off('exit', removeTemp);
      removeTemp();
    },
  };
}

// Without a handler a signal ends the process without its `exit` event, and the servers would stay.
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) process.once(signal, () => process.exit(code));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const running = await startServers();
  console.log(JSON.stringify(running.env, null, 2));
  setInterval(() => {}, 60_000);
}
