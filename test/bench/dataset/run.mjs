// npm run bench -- dataset: datasets beside Octue's own SDK on the same server, in turn.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { installServers } from '../../servers/install.mjs';
import { starters } from '../../servers/starters.mjs';
import { servers } from '../../servers/versions.mjs';
import { durations } from '../scenarios.mjs';
import { cases, counts, latencyMs } from './cases.mjs';
import { checkDownloaded, checkUploaded, digestOf, makeFolder, namesWhere } from './data.mjs';
import { startPeer } from './peer.mjs';

const script = (name) => fileURLToPath(new URL(name, import.meta.url));

/** What holds for the files that filters are to find. */
const found = {
  filter: ({ tags }) => tags.group === 'g3',
  filterMade: ({ tags, labels }) => tags.n >= counts.memory / 2 && labels.items.includes('odd'),
};

/** A way to a server on which every answer comes later. */
async function slowWay({ api }, { endpoint }) {
  const post = async (path, body) => {
    const response = await fetch(`${api}${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`toxiproxy: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const { listen } = await post('/proxies', { name: 'gs', listen: '127.0.0.1:0', upstream: new URL(endpoint).host, enabled: true });
  await post('/proxies/gs/toxics', { type: 'latency', stream: 'downstream', attributes: { latency: latencyMs } });
  return { endpoint: `http://${listen}` };
}

/**
 * The URL of a dataset, in a bucket of its own that is made when it is missing: the server looks through all objects of a bucket to find one, so
 * that what is there already would slow down what comes later.
 */
const googleUrl =
  ({ endpoint }) =>
  async (name) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${endpoint}/storage/v1/b?project=test`, { method: 'POST', headers, body: JSON.stringify({ name }) });
    if (!response.ok && response.status !== 409) throw new Error(`no bucket: ${response.status}`);
    return `gs://${name}/data`;
  };

/** Starts the servers. @returns by the names of {@link cases} where each is and the options of a client, and `stop` */
async function startAll(temp) {
  const names = ['fake-gcs', 'toxiproxy', 'versitygw', 'octue'];
  const failures = await installServers({ names });
  for (const name of names) if (failures[name]) throw new Error(`${name}: ${failures[name]}`);
  const running = [];
  const stop = async () => void (await Promise.all(running.map((one) => one.stop())));
  try {
    for (const name of names) running.push(await starters[name](servers[name], temp));
    const [gcs, toxiproxy, versitygw, { python }] = running.map(({ info }) => info);
    const slow = await slowWay(toxiproxy, gcs);
    const { endpoint, region, bucket, accessKeyId, secretAccessKey } = versitygw;
    const google = (server) => ({ urlOf: googleUrl(gcs), options: { endpoint: server.endpoint, credentials: 'anonymous' } });
    const options = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
    const s3 = { urlOf: async (name) => `s3://${bucket}/${name}`, options };
    return { places: { gs: google(gcs), slow: google(slow), s3 }, python, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function check(title, side, answer, { count, digest }) {
  if (answer.digest === digest) return;
  throw new Error(`${title}: ${side} found ${answer.count} files instead of ${count}, or other metadata`);
}

/** What one side does in one case once: asked, and what came out looked at. */
async function once(one, side, ask, { places, folders, work, turn }) {
  const { title, does, on, files, criteria, times } = one;
  const { urlOf, options } = places[on] ?? {};
  const count = counts[files];
  const whole = () => ({ count, digest: digestOf(count, files === 'local' ? localBytes : undefined) });
  const name = `${side}-${turn}`;
  switch (does) {
    case 'open': {
      const answer = await ask({ do: does, path: await urlOf(files), options });
      check(title, side, answer, whole());
      return answer;
    }
    case 'openLocal': {
      const answer = await ask({ do: does, folder: folders[files] });
      check(title, side, answer, whole());
      return answer;
    }
    case 'upload': {
      const path = await urlOf(name);
      const answer = await ask({ do: does, folder: folders[`${files}-${side}`], path, options });
      if (on === 'gs') await checkUploaded(options.endpoint, name, count);
      else check(title, side, await ask({ do: 'open', path, options }), whole());
      return answer;
    }
    case 'download': {
      const folder = join(work, name);
      mkdirSync(folder);
      const answer = await ask({ do: does, path: await urlOf(files), folder, options });
      await checkDownloaded(folder, count);
      rmSync(folder, { recursive: true });
      return answer;
    }
    default: {
      const answer = await ask({ do: does, criteria, times, count });
      check(title, side, answer, { count: '(as many as match)', digest: namesWhere(count, found[does]) });
      return answer;
    }
  }
}

const localBytes = 64;

/**
 * Measures everything.
 *
 * @param dist the built package
 * @param rounds of every case, in place of its own number
 * @param only names of cases, or how they begin
 * @returns what was measured, the versions of everything, and how busy the machine was before
 */
export async function runDatasets({ dist, rounds, only, log = console.log }) {
  const chosen = cases.filter(({ name }) => only?.some((piece) => name.startsWith(piece)) ?? true);
  if (!chosen.length) throw new Error(`cases: ${cases.map(({ name }) => name).join(', ')}`);
  const load = loadavg()[0];
  const temp = mkdtempSync(join(tmpdir(), 'anyfile-bench-'));
  const clean = () => rmSync(temp, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  process.once('exit', clean);
  const { places, python, stop } = await startAll(temp);
  const start = {
    anyfile: () => startPeer(process.execPath, [script('anyfile.mjs'), dist]),
    octue: () => startPeer(python, [script('octue_side.py')], { PYTHONWARNINGS: 'ignore' }),
  };
  const peers = {};
  try {
    peers.anyfile = await start.anyfile();
    peers.octue = await start.octue();
    const folders = {};
    for (const files of ['open', 'latency']) folders[files] = await makeFolder(join(temp, files), counts[files]);
    for (const copy of ['move', 'move-anyfile', 'move-octue']) folders[copy] = await makeFolder(join(temp, copy), counts.move);
    if (chosen.some(({ files }) => files === 'local')) folders.local = await makeFolder(join(temp, 'local'), counts.local, localBytes);
    const { anyfile } = peers;
    for (const on of ['gs', 's3']) {
      const { urlOf, options } = places[on];
      for (const files of ['open', 'move', 'latency'])
        await anyfile.ask({ do: 'upload', folder: folders[files], path: await urlOf(files), options });
    }
    // Both sides do a little of everything first, so that modules that are loaded on use are there.
    for (const [side, { ask }] of Object.entries(peers)) {
      const { urlOf, options } = places.gs;
      await ask({ do: 'open', path: await urlOf('latency'), options });
      await ask({ do: 'upload', folder: folders.latency, path: await urlOf(`warm-${side}`), options });
      await ask({ do: 'download', folder: join(temp, `warm-${side}`), path: await urlOf(`warm-${side}`), options });
    }

    const measured = [];
    for (const one of chosen) {
      const results = [];
      // What is filtered is what was opened last.
      if (one.does === 'filter')
        for (const side of Object.keys(peers)) await once({ ...one, does: 'open' }, side, peers[side].ask, { places });
      // As in the other parts: until its code is compiled. Python has nothing to compile.
      for (const end = performance.now() + durations.warmMs; one.warm && performance.now() < end;) {
        await once(one, 'anyfile', anyfile.ask, { places });
      }
      for (let round = 0; round < (rounds ?? one.rounds); round++) {
        const result = {};
        for (const side of one.octue ? ['octue', 'anyfile'] : ['anyfile']) {
          const peer = one.fresh ? await start[side]() : peers[side];
          const { seconds, requests } = await once(one, side, peer.ask, { places, folders, work: temp, turn: `${one.name}-${round}` });
          result[side] = { rate: 1 / seconds, ms: seconds * 1000, requests };
          if (one.fresh) await peer.end();
        }
        results.push(result);
        const times = Object.entries(result).map(([side, { ms, requests }]) => `${side} ${ms.toPrecision(3)} ms, ${requests} requests`);
        log(`${one.title}: ${times.join('; ')}`);
      }
      measured.push({ ...one, rounds: results });
    }
    const programs = Object.fromEntries(['fake-gcs', 'toxiproxy', 'versitygw'].map((name) => [servers[name].name, servers[name].version]));
    return { measured, load, versions: { ...peers.anyfile.versions, ...peers.octue.versions, ...programs } };
  } finally {
    await Promise.all(Object.values(peers).map((peer) => peer.end()));
    await stop();
    process.off('exit', clean);
    clean();
  }
}
