// The server of the adapters' files: those of test/tools/adapters by ranges, counted, as a public copy, and their way to an S3 server.
import { existsSync } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { filesDir } from '../tools/adapters/install.mjs';
import { serveRanges } from './ranges.mjs';
import { s3Request } from './s3-request.mjs';

/**
 * Starts it, when the files are there.
 *
 * @param s3 gives the S3 server to which files can be sent, if there is one
 */
export async function startAdapters(s3) {
  const dir = filesDir();
  if (!existsSync(dir)) throw new Error('not installed');
  const sent = new Map();

  const send = async (name) => {
    const server = s3();
    if (!server) throw new Error('no S3 server');
    const isFolder = (await stat(join(dir, name))).isDirectory();
    const entries = isFolder ? await readdir(join(dir, name), { recursive: true, withFileTypes: true }) : [];
    const paths = isFolder
      ? entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
      : [join(dir, name)];
    for (const path of paths) {
      const key = `adapters-files/${path.slice(dir.length + 1)}`;
      const response = await s3Request(server, 'PUT', `${server.bucket}/${key}`, '', await readFile(path));
      if (!response.ok) throw new Error(`PUT ${key}: ${response.status} ${(await response.text()).slice(0, 200)}`);
    }
    return { key: `adapters-files/${name}` };
  };
  // Each is sent once, whoever asks.
  const toS3 = (name) => {
    if (!sent.has(name)) sent.set(name, send(name));
    return sent.get(name);
  };
  const { base, stop } = await serveRanges([['', dir]], { toS3 });
  return { info: { base }, stop };
}
