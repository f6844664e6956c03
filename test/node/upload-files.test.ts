/** Uploads from files of the disk: files that change or vanish, journals in folders, and processes that are killed. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openUploadJournal } from '../../src/index.ts';
import type { UploadJob, UploadJournal } from '../../src/index.ts';
import { openDisk } from '../../src/platform/node/index.ts';
import { startJob } from '../../src/uploads/job.ts';
import { openFolderRecords } from '../../src/uploads/journal-folder.ts';
import { openSource } from '../../src/uploads/source.ts';
import { equal, ok, rejects, sameBytes, test } from '../harness.ts';
import { leastOf, noise, openPlace, openUploads, type UploadPlace } from '../unit/uploads/upload-places.ts';
import { startProgram } from './run-program.ts';

const partBytes = leastOf('fixture');
const paused = (error: DOMException): boolean => error.name === 'AbortError';

async function within(fn: (folder: string) => Promise<void>): Promise<void> {
  const folder = fs.mkdtempSync(join(tmpdir(), 'anyfile-upload-')).replaceAll('\\', '/');
  try {
    await fn(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

const start = ({ store }: UploadPlace, path: string, journal?: UploadJournal): UploadJob =>
  startJob({
    id: 'cd'.repeat(16),
    store,
    key: 'a',
    options: {},
    partBytes,
    concurrency: 1,
    records: journal?.records,
    source: (signal) => openSource(path, { signal }),
  });

test('upload of a file: taken up from a journal in a folder, without being told the file again', () =>
  within(async (folder) => {
    const place = await openPlace('fixture', [{ match: { operation: 'UploadPart', nth: 4, times: 9 }, fault: { type: 'headStall' } }]);
    const bytes = noise(6 * partBytes + 5);
    const path = `${folder}/file.bin`;
    fs.writeFileSync(path, bytes);
    const journal = openUploadJournal({ folder: `${folder}/journal` });
    equal(await journal.list(), []);
    const job = start(place, path, journal);
    for await (const { parts } of job.progress) if (parts === 3) break;
    await job.pause();
    await rejects(job.done, paused);
    equal(fs.readdirSync(`${folder}/journal`), [`${job.id}.json`], 'one file, no lock');
    const { secretAccessKey } = place.server!.credentials;
    ok(!fs.readFileSync(`${folder}/journal/${job.id}.json`, 'utf8').includes(secretAccessKey), 'no credentials');
    await place.server!.update({ faults: [] });

    const other = openUploadJournal({ folder: `${folder}/journal` });
    const [pending] = await other.list();
    equal([pending!.source, pending!.begun instanceof Date], [{ kind: 'file', path }, true]);
    const { store, client } = place.again();
    const again = await other.resume(pending!.id, undefined, { client });
    equal((await again.done).sizeBytes, bytes.length);
    sameBytes(await (await store.get('a'))!.bytes(), bytes);
    equal([await other.list(), await openUploads(store, 'a')], [[], []]);

    // a record that somebody damaged is told of, and can be forgotten
    fs.writeFileSync(`${folder}/journal/${job.id}.json`, '{"id":');
    await rejects(other.list(), 'InvalidFile');
    await other.forget(job.id);
    equal(await other.list(), []);
    await rejects(other.forget('../a'), 'InvalidArgument');
    await client.close();
    await place.close();
  }));

for (const [what, change] of [
  ['is deleted', (path: string) => fs.rmSync(path)],
  ['is replaced', (path: string, bytes: Uint8Array) => (fs.writeFileSync(`${path}.new`, bytes), fs.renameSync(`${path}.new`, path))],
  ['is written to in place', (path: string) => fs.writeFileSync(path, 'x', { flag: 'r+' })],
  ['grows', (path: string) => fs.appendFileSync(path, 'x')],
  ['is cut', (path: string) => fs.truncateSync(path, 2 * partBytes)],
] as const)
  test(`upload of a file that ${what} meanwhile: ObjectChanged, no object and nothing left`, () =>
    within(async (folder) => {
      const place = await openPlace('fixture');
      const path = `${folder}/file.bin`;
      const bytes = noise(4 * partBytes);
      fs.writeFileSync(path, bytes);
      const journal = openUploadJournal({ folder: `${folder}/journal` });
      await place.server!.update({ faults: [{ match: { operation: 'UploadPart', nth: 2 }, fault: { type: 'delayMs', ms: 100 } }] });
      const job = start(place, path, journal);
      for await (const { parts } of job.progress) if (parts === 1) break;
      change(path, bytes);
      await rejects(job.done, 'ObjectChanged');
      equal([await place.store.head('a'), await openUploads(place.store, 'a'), await journal.list()], [null, [], []]);
      await place.close();
    }));

test('upload: a process is killed in the middle; another one sends what is missing', () =>
  within(async (folder) => {
    const place = await openPlace('fixture', [{ match: { operation: 'UploadPart', nth: 6, times: 9 }, fault: { type: 'headStall' } }]);
    const { endpoint, region, credentials } = place.server!;
    const bytes = noise(12 * partBytes);
    const path = `${folder}/file.bin`;
    fs.writeFileSync(path, bytes);
    const told = { url: place.store.url, client: { endpoint, region, credentials }, path, folder: `${folder}/journal`, partBytes };
    const child = startProgram('upload-user', { args: [JSON.stringify(told)] });
    let printed = '';
    let said = '';
    child.stderr.on('data', (chunk: Uint8Array) => (said += String(chunk)));
    await new Promise<void>((resolve) => {
      child.once('close', () => resolve());
      child.stdout.on('data', (chunk: Uint8Array) => {
        printed += String(chunk);
        if (printed.includes('parts 5')) child.kill('SIGKILL');
      });
    });
    ok(printed.includes('parts 5') && !printed.includes('done'), printed + said);
    await place.server!.log();
    await place.server!.update({ faults: [], clearLog: true });

    // what a process held that shows no life for ten seconds is free: they have passed
    const lock = fs.readdirSync(`${folder}/journal`).find((name) => name.endsWith('.lock'))!;
    for (const entry of fs.readdirSync(`${folder}/journal/${lock}`)) fs.utimesSync(`${folder}/journal/${lock}/${entry}`, 1, 1);
    const journal = openUploadJournal({ folder: `${folder}/journal` });
    const [pending] = await journal.list();
    const job = await journal.resume(pending!.id, undefined, { store: place.store });
    equal((await job.done).sizeBytes, bytes.length);
    const { requests } = await place.server!.log();
    equal(requests.filter(({ operation }) => operation === 'UploadPart').length, 7, 'five of twelve were there');
    const got = (await place.store.get('a'))!;
    equal(got.contentType, 'text/x-a');
    sameBytes(await got.bytes(), bytes);
    equal([await journal.list(), await openUploads(place.store, 'a')], [[], []]);
    await place.close();
  }));

test('upload: while one process is at it another is refused', () =>
  within(async (folder) => {
    const place = await openPlace('fixture', [{ match: { operation: 'UploadPart', nth: 2, times: 9 }, fault: { type: 'headStall' } }]);
    const path = `${folder}/file.bin`;
    fs.writeFileSync(path, noise(3 * partBytes));
    const journal = openUploadJournal({ folder });
    const job = start(place, path, journal);
    for await (const { parts } of job.progress) if (parts === 1) break;
    const records = openFolderRecords((await openDisk())!, folder, 300);
    await rejects(openUploadJournal({ records }).resume(job.id, undefined, { store: place.store }), 'PreconditionFailed');
    await job.abort();
    await rejects(job.done, paused);
    equal(await journal.list(), []);
    await place.close();
  }));
