/**
 * Uploads a file with a journal, until it is killed: upload-user { url, client, path, folder, partBytes }. Prints a line for each part that the store
 * has, and `done`.
 */
import process from 'node:process';
import { Client, openUploadJournal, type ClientOptions } from '../../../src/index.ts';
import { startJob } from '../../../src/uploads/job.ts';
import { openSource } from '../../../src/uploads/source.ts';

const told = JSON.parse(process.argv[2] ?? '{}') as { url: string; client: ClientOptions; path: string; folder: string; partBytes: number };
const client = new Client(told.client);
const job = startJob({
  id: 'ab'.repeat(16),
  store: client.store(told.url),
  key: 'a',
  options: { contentType: 'text/x-a' },
  partBytes: told.partBytes,
  concurrency: 2,
  records: openUploadJournal({ folder: told.folder }).records,
  source: (signal) => openSource(told.path, { signal }),
});
for await (const { parts } of job.progress) console.log(`parts ${parts}`);
await job.done;
console.log('done');
await client.close();
