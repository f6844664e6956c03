// Whether all has arrived: names, sizes, and of buckets every MD5, which the server made of what it was sent; of folders that of a sample.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Of a folder every so many files are read again. */
const sampled = 20;

const md5Of = (bytes) => createHash('md5').update(bytes).digest('hex');

/** Of an object, which may be large. */
async function md5OfObject(url) {
  const hash = createHash('md5');
  for await (const chunk of (await fetch(url)).body) hash.update(chunk);
  return hash.digest('hex');
}
/** The last two parts of a name: commands differ in what they put in front. */
const shortName = (name) => name.split(/[\\/]/).slice(-2).join('/');

/** What a bucket holds, by name: `{ sizeBytes, etag }`. */
async function listBucket(endpoint, bucket) {
  const found = new Map();
  let token = '';
  do {
    const query = `list-type=2&prefix=${token && `&continuation-token=${encodeURIComponent(token)}`}`;
    const text = await (await fetch(`${endpoint}/${bucket}?${query}`)).text();
    for (const [, key, etag, size] of text.matchAll(/<Key>(.*?)<\/Key>.*?<ETag>&quot;(.*?)&quot;<\/ETag><Size>(\d+)<\/Size>/g))
      found.set(key, { sizeBytes: Number(size), etag });
    token = /<NextContinuationToken>(.*?)<\/NextContinuationToken>/.exec(text)?.[1] ?? '';
  } while (token);
  return found;
}

/** @throws Error the bucket does not hold the files, and nothing else */
export async function checkBucket(endpoint, bucket, files) {
  const listed = await listBucket(endpoint, bucket);
  if (listed.size !== files.length) throw new Error(`${listed.size} of ${files.length} objects are there`);
  const found = new Map([...listed].map(([key, object]) => [shortName(key), { key, ...object }]));
  for (const { name, sizeBytes, md5 } of files) {
    const object = found.get(shortName(name));
    if (object?.sizeBytes !== sizeBytes) throw new Error(`${name} has ${object?.sizeBytes} bytes instead of ${sizeBytes}`);
    // one that came in parts has no MD5 of the whole
    const digest = object.etag.includes('-') ? await md5OfObject(`${endpoint}/${bucket}/${object.key}`) : object.etag;
    if (digest !== md5) throw new Error(`${name} is not what it was`);
  }
}

/** @throws Error the folder does not hold the files, and nothing else */
export function checkFolder(dir, files) {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  if (entries.length !== files.length) throw new Error(`${entries.length} of ${files.length} files are there`);
  const paths = new Map(entries.map(({ parentPath, path, name }) => join(parentPath ?? path, name)).map((path) => [shortName(path), path]));
  for (const [i, { name, sizeBytes, md5 }] of files.entries()) {
    const path = paths.get(shortName(name));
    const size = path && statSync(path).size;
    if (size !== sizeBytes) throw new Error(`${name} has ${size} bytes instead of ${sizeBytes}`);
    if (i % sampled === 0 && md5Of(readFileSync(path)) !== md5) throw new Error(`${name} is not what it was`);
  }
}
