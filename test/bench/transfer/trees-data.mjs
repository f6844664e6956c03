// Trees for trees.mjs: made so that every file tells whose it is, at both ends and in between, though most of a large one is a hole.
import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** Bytes that only this file has here. */
const mark = (name, at) => createHash('sha512').update(`${name} ${at}`).digest();

/** Files of 100 to 1,099 bytes, a thousand in a folder. */
export function makeSmall(dir, count) {
  for (let i = 0; i < count; i++) {
    const folder = join(dir, `folder-${Math.floor(i / 1000)}`);
    if (i % 1000 === 0) mkdirSync(folder, { recursive: true });
    const name = `file-${i}.bin`;
    const bytes = Buffer.alloc(100 + (i % 1000), mark(name, 0));
    writeFileSync(join(folder, name), bytes);
  }
}

/** Files of one size, the last one smaller, with a mark in each MiB. @returns how many */
export function makeLarge(dir, { totalBytes, each, name }) {
  mkdirSync(dir, { recursive: true });
  for (let i = 0, left = totalBytes; left > 0; i++, left -= each) {
    const size = Math.min(each, left);
    const own = `${name}-${i}.bin`;
    const fd = openSync(join(dir, own), 'w');
    ftruncateSync(fd, size);
    for (let at = 0; at + 64 <= size; at += 2 ** 20) writeSync(fd, mark(own, at), 0, 64, at);
    closeSync(fd);
  }
  return Math.ceil(totalBytes / each);
}

async function digestOf(path, size) {
  const hash = createHash('sha1');
  if (size < 2 ** 20) return hash.update(readFileSync(path)).digest('hex');
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk);
  return hash.digest('hex');
}

/** What a program that is killed leaves: hidden from listings, and swept away after a day. */
const temporary = /^\.anyfile-[0-9a-f]{24}$/;

/** All files below a folder, by their names, with their sizes. */
function filesOf(dir) {
  const files = new Map();
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true }))
    if (entry.isFile() && !temporary.test(entry.name)) {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      files.set(path.slice(dir.length + 1), statSync(path).size);
    }
  return files;
}

/** Hold two trees to be equal in names, sizes and checksums of all bytes. @returns how many files and bytes */
export async function checkEqual(source, copy) {
  const [wanted, got] = [filesOf(source), filesOf(copy)];
  const missing = [...wanted.keys()].filter((name) => !got.has(name));
  const more = [...got.keys()].filter((name) => !wanted.has(name));
  if (missing.length || more.length)
    throw new Error(`${missing.length} files are missing (${missing.slice(0, 3)}), ${more.length} are too many (${more.slice(0, 3)})`);
  let bytes = 0;
  for (const [name, size] of wanted) {
    if (got.get(name) !== size) throw new Error(`${name} has ${got.get(name)} bytes instead of ${size}`);
    const [one, other] = [await digestOf(join(source, name), size), await digestOf(join(copy, name), size)];
    if (one !== other) throw new Error(`${name} has other bytes`);
    bytes += size;
  }
  return { files: wanted.size, bytes };
}
