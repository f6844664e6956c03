// anyfile as a side of the comparison, see peer.mjs: node anyfile.mjs DIST. Only the work itself is timed, with a client of its own for each
// request, as Octue's SDK has: connections are made anew.
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { digest, lineOf, recordOf } from './data.mjs';

const { Client, FilterSet, deserialiseDatafile, openDataset } = await import(pathToFileURL(join(process.argv[2], 'node/index.js')).href);

/** The dataset that was opened last, and the datafiles that were made. */
let opened;
let made;

async function timed(work) {
  const start = performance.now();
  const result = await work();
  return { seconds: (performance.now() - start) / 1000, result };
}

/** Runs work with a client and counts what that sends. */
async function withClient(options, work) {
  const client = new Client(options);
  try {
    const { seconds, result } = await timed(() => work(client));
    return { seconds, requests: client.stats().requests, result };
  } finally {
    await client.close();
  }
}

function about(dataset) {
  const lines = [...dataset].map((datafile) => {
    const { name, id, tags, labels, timestamp, sizeBytes: size } = datafile;
    return lineOf({ name, id, n: tags.n, group: tags.group, labels: [...labels].sort().join(), timestamp: String(timestamp), size });
  });
  return { count: dataset.size, digest: digest(lines.sort()) };
}

/** Filters so many times. @returns seconds of one */
async function filtered(files, criteria, times) {
  const { seconds, result } = await timed(() => {
    let last;
    for (let i = 0; i < times; i++) last = files.filter(criteria);
    return last;
  });
  const names = Array.from(result, ({ name }) => name).sort();
  return { seconds: seconds / times, requests: 0, count: names.length, digest: digest(names) };
}

const commands = {
  hello: () => ({ versions: { Node: process.versions.node } }),
  async open({ path, options }) {
    const { result, ...told } = await withClient(options, (client) => openDataset(path, { client }));
    opened = result;
    return { ...told, ...about(result) };
  },
  async openLocal({ folder }) {
    const { seconds, result } = await timed(() => openDataset(folder));
    return { seconds, requests: 0, ...about(result) };
  },
  async upload({ folder, path, options }) {
    const client = new Client(options);
    const dataset = await openDataset(folder, { client });
    const { seconds } = await timed(() => dataset.upload(path));
    const { requests } = client.stats();
    await client.close();
    return { seconds, requests };
  },
  async download({ folder, path, options }) {
    const client = new Client(options);
    const dataset = await openDataset(path, { client });
    const before = client.stats().requests;
    const { seconds } = await timed(() => dataset.download(folder));
    const requests = client.stats().requests - before;
    await client.close();
    return { seconds, requests };
  },
  filter: ({ criteria, times }) => filtered(opened.files, criteria, times),
  filterMade({ criteria, count }) {
    if (made?.size !== count) {
      const files = Array.from({ length: count }, (_, i) => {
        const name = `file_${String(i).padStart(6, '0')}.csv`;
        return deserialiseDatafile({ ...recordOf(i), name, local_path: `/data/${name}`, cloud_path: null, path: `/data/${name}` });
      });
      made = new FilterSet(files);
    }
    return filtered(made, criteria, 1);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...request } = JSON.parse(line);
  let answer;
  try {
    answer = await commands[name](request);
  } catch (error) {
    answer = { error: String(error?.stack ?? error).slice(0, 1000) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit();
