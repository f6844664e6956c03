// Files moved in bulk: a job that is stopped in the middle and ended by another client, as after a restart; the way back, compared; and an upload in parts
// that is paused and taken up again from its journal. All is counted by the clients and by the server.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const fileCount = 400;
const partBytes = 5 * 2 ** 20;
const uploadBytes = 5 * partBytes + 12_345;
const inFlight = 2;
/** Files in flight of the job that is stopped. */
const stoppedWidth = 8;

/** Bytes that follow from a number, and do not pack. */
function bytesOf(seed, length) {
  const out = new Uint8Array(length);
  let state = seed * 2654435761 + 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[i] = state >>> 24;
  }
  return out;
}

function makeTree(folder) {
  let bytes = 0;
  for (let i = 0; i < fileCount; i++) {
    const content = bytesOf(i, (i * 131) % 9000);
    const path = join(folder, `run-${i % 7}`, `file ${i}.bin`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    bytes += content.length;
  }
  return bytes;
}

/** Each file below a folder with the hash of what it holds. */
function treeOf(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const hashed = files.map(({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path.slice(folder.length), createHash('sha256').update(readFileSync(path)).digest('hex')].join(' ');
  });
  return hashed.sort();
}

/**
 * Runs it.
 *
 * @param anyfile the module `anyfile`
 * @param options of clients: endpoint, region, credentials
 * @param place URL of the bucket
 * @param serverStats asks the server for its counters
 * @returns figures, what the clients counted together, and `wrong`: one line for everything that differs
 */
export async function runTransferJob(anyfile, options, place, serverStats) {
  const { Client, openTransfer, openUploadJournal, uploadFile } = anyfile;
  const home = mkdtempSync(join(tmpdir(), 'anyfile-transfer-'));
  const total = { requests: 0, retries: 0, bytesSent: 0, bytesReceived: 0 };
  const wrong = [];
  const start = performance.now();
  const before = serverStats().requests;

  async function withClient(work) {
    const client = new Client(options);
    try {
      return await work(client);
    } finally {
      const stats = client.stats();
      for (const field of Object.keys(total)) total[field] += stats[field];
      await client.close();
    }
  }

  /** Stopped when some files are done. @returns how many are */
  const stopped = (client) =>
    withJob(client, 'up.db', async (job) => {
      await job.init(join(home, 'out'), `${place}/moved`);
      const stop = new AbortController();
      const stopAt = ({ finished }) => finished >= fileCount / 4 && stop.abort(new Error('stopped'));
      const why = await job.execute({ batchSize: 20, parallel: stoppedWidth, progress: stopAt, signal: stop.signal }).then(
        () => 'nothing',
        (error) => error.message,
      );
      const { finished } = await job.status();
      if (why !== 'stopped' && finished < fileCount) wrong.push(`a job that was to be stopped was ended by ${why}`);
      return finished;
    });
  async function withJob(client, name, work) {
    const job = await openTransfer(join(home, name), { client });
    try {
      return await work(job);
    } finally {
      await job.close();
    }
  }

  const upload = async (journal) => {
    const content = bytesOf(7, uploadBytes);
    const path = join(home, 'large.bin');
    writeFileSync(path, content);
    const sentBefore = await withClient(async (client) => {
      const job = uploadFile(client.store(place), 'moved/large.bin', path, { journal, partBytes, concurrency: inFlight });
      job.done.catch(() => {});
      let parts = 0;
      for await (const progress of job.progress) {
        ({ parts } = progress);
        if (parts >= 2) break;
      }
      await job.pause();
      return parts;
    });
    return await withClient(async (client) => {
      const [pending] = await journal.list();
      if (!pending) return { sentBefore, sentAfter: 0, verified: false };
      const sent = client.stats().bytesSent;
      await (
        await journal.resume(pending.id, undefined, { client })
      ).done;
      const bytesSent = client.stats().bytesSent - sent;
      const result = await client.store(place).get('moved/large.bin');
      const isEqual = Buffer.compare(await result.bytes(), content) === 0;
      if (!isEqual) wrong.push('an upload that was taken up again is not what was sent');
      if ((await journal.list()).length) wrong.push('the journal holds an upload that is at its end');
      return { sentBefore, bytesSent, verified: isEqual && result.verified };
    });
  };

  try {
    mkdirSync(join(home, 'out'));
    const bytes = makeTree(join(home, 'out'));
    const stoppedAt = await withClient(stopped);
    const up = await withClient((client) => withJob(client, 'up.db', (job) => job.execute({})));
    const down = await withClient((client) =>
      withJob(client, 'down.db', async (job) => {
        await job.init(`${place}/moved`, join(home, 'back'));
        return await job.execute({});
      }),
    );
    for (const [name, { finished, failed }] of Object.entries({ up, down }))
      if (finished !== fileCount || failed) wrong.push(`a job (${name}) finished ${finished} of ${fileCount} files, ${failed} failed`);
    const [sent, back] = [treeOf(join(home, 'out')), treeOf(join(home, 'back'))];
    const right = sent.filter((line, i) => line === back[i]).length;
    if (right !== fileCount || back.length !== fileCount) wrong.push(`${right} of ${fileCount} files came back as they were sent`);
    const seconds = (performance.now() - start) / 1000;
    const uploaded = await upload(openUploadJournal({ folder: join(home, 'journal') }));
    const seen = serverStats().requests - before;
    // requests that were begun when it was stopped or paused, and did not get to the server
    const unsent = total.requests - seen;
    if (unsent < 0 || unsent > stoppedWidth + inFlight)
      wrong.push(`transfers: the clients counted ${total.requests} requests, the server ${seen}`);
    const parts = Math.ceil(uploadBytes / partBytes);
    return {
      files: fileCount,
      bytes,
      stoppedAt,
      right,
      seconds,
      uploaded: { ...uploaded, bytes: uploadBytes, parts },
      unsent,
      total,
      wrong,
    };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
