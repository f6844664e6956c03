// Files with metadata for the datasets that are measured, and what must be found of them: written and checked without anyfile's code, so that
// neither side is measured while it does nothing.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const sizeBytes = 4096;
const nameOf = (i) => `file_${String(i).padStart(6, '0')}.csv`;

/** Bytes that are others for each file. */
function contentOf(i, size = sizeBytes) {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 32) createHash('sha256').update(`${i} ${at}`).digest().copy(bytes, at);
  return bytes;
}

/** A record as Octue's SDK writes it in `.octue` files. */
export const recordOf = (i) => ({
  id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
  timestamp: { _type: 'datetime', value: `2026-05-04T17:${String(i % 60).padStart(2, '0')}:57.136739` },
  tags: { n: i, even: i % 2 === 0, group: `g${i % 10}` },
  labels: { _type: 'set', items: ['bench', i % 2 === 0 ? 'even' : 'odd'] },
  sdk_version: '0.69.0',
});

/** One line for each file as the peers tell it: what a dataset that was opened must know. */
export const lineOf = ({ name, id, n, group, labels, timestamp, size }) => [name, id, n, group, labels, timestamp, size].join(' ');

/** The lines of the first so many files, as one digest. */
export function digestOf(count, size = sizeBytes) {
  const lines = Array.from({ length: count }, (_, i) => {
    const { id, tags, labels, timestamp } = recordOf(i);
    return lineOf({ name: nameOf(i), id, n: tags.n, group: tags.group, labels: labels.items.join(), timestamp: timestamp.value, size });
  });
  return digest(lines);
}

/** The digest of texts in their order. */
export const digest = (texts) => createHash('sha256').update(texts.join('\n')).digest('hex');

/** The digest of the names for which a test of the record holds. */
export const namesWhere = (count, holds) =>
  digest(
    Array.from({ length: count }, (_, i) => i)
      .filter((i) => holds(recordOf(i)))
      .map(nameOf),
  );

/** Makes a folder of files with their metadata. */
export async function makeFolder(folder, count, size = sizeBytes) {
  await mkdir(folder, { recursive: true });
  const datafiles = {};
  for (let i = 0; i < count; i++) {
    datafiles[nameOf(i)] = recordOf(i);
    await writeFile(join(folder, nameOf(i)), contentOf(i, size));
  }
  const dataset = { id: '00000000-0000-4000-9000-000000000000', name: 'bench', tags: { kind: 'bench' }, labels: ['bench'], path: folder };
  await writeFile(join(folder, '.octue'), `${JSON.stringify({ dataset, datafiles }, undefined, 4)}\n`);
  return folder;
}

/** Whether a folder that was downloaded to has all files, each with its bytes. */
export async function checkDownloaded(folder, count) {
  const names = (await readdir(folder)).filter((name) => name !== '.octue').sort();
  if (names.length !== count) throw new Error(`${names.length} files were downloaded instead of ${count}`);
  for (const [i, name] of names.entries()) {
    if (name !== nameOf(i) || !(await readFile(join(folder, name))).equals(contentOf(i)))
      throw new Error(`${name} was not downloaded well`);
  }
}

/** Whether a bucket of the server has all objects of a dataset, each with its bytes and metadata, and the dataset's own record. */
export async function checkUploaded(endpoint, bucket, count) {
  const prefix = 'data';
  const found = new Map();
  for (let token = ''; token !== undefined;) {
    const query = new URLSearchParams({ prefix: `${prefix}/`, ...(token && { pageToken: token }) });
    const response = await fetch(`${endpoint}/storage/v1/b/${bucket}/o?${query}`);
    if (!response.ok) throw new Error(`the server lists nothing: ${response.status}`);
    const { items = [], nextPageToken } = await response.json();
    for (const item of items) found.set(item.name.slice(prefix.length + 1), item);
    token = nextPageToken;
  }
  if (found.size !== count + 1 || !found.has('.octue')) throw new Error(`${found.size} objects instead of ${count} and a record`);
  for (let i = 0; i < count; i++) {
    const { md5Hash, metadata } = found.get(nameOf(i)) ?? {};
    const { id, tags } = recordOf(i);
    const md5 = createHash('md5').update(contentOf(i)).digest('base64');
    const same = metadata && JSON.parse(metadata.octue__id) === id && JSON.parse(metadata.octue__tags).n === tags.n;
    if (md5Hash !== md5 || !same) throw new Error(`${nameOf(i)} was not uploaded well`);
  }
}
