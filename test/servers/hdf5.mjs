// The server of HDF5 files: those of test/tools/hdf5 by ranges, the plugins of their filters, and the way of a file to an S3 server.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { filesFolder, plugins, python } from '../tools/hdf5/places.mjs';
import { serveRanges } from './ranges.mjs';
import { s3Request } from './s3-request.mjs';

/**
 * Starts it, when the files are there.
 *
 * @param s3 gives the S3 server to which files can be sent, if there is one
 */
export async function startHdf5(s3) {
  const [small, large] = [filesFolder('small').dir, filesFolder('large').dir];
  if (!existsSync(small) || !existsSync(plugins.dir)) throw new Error('not installed');
  const sent = new Map();
  const send = async (name) => {
    const server = s3();
    if (!server) throw new Error('no S3 server');
    const file = [small, large].map((dir) => join(dir, basename(name))).find((path) => existsSync(path));
    const key = `hdf5-files/${basename(name)}`;
    const response = await s3Request(server, 'PUT', `${server.bucket}/${key}`, '', await readFile(file));
    if (!response.ok) throw new Error(`PUT ${key}: ${response.status} ${(await response.text()).slice(0, 200)}`);
    return { bucket: server.bucket, key };
  };
  const roots = [
    ['plugins/', join(plugins.dir, plugins.path)],
    ['', small],
    ['', large],
  ];
  // Each file is sent once, whoever asks.
  const toS3 = (name) => {
    if (!sent.has(name)) sent.set(name, send(name));
    return sent.get(name);
  };
  const { base, stop } = await serveRanges(roots, { toS3 });
  return { info: { base, python: python.program, dir: small, hasLarge: existsSync(large) }, stop };
}
