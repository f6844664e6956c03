// docs/datasets.md, docs/caching.md and docs/hdf5.md in Node: their programs, saved as files without a change, with the built package.
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import caching from '../../docs/caching.md';
import hdf5 from '../../docs/hdf5.md';
import { openGuide, put } from '../guide-page.ts';
import { equal, test } from '../harness.ts';
import { startGateway } from '../servers/gateway/server.mjs';
import { fileBlock, programs } from '../unit/data/guide.ts';
import { root } from './project.ts';

/** Runs a file; the package finds itself by its own name, as it lies within it. */
function run(cwd: string, file: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [file], { cwd, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${file}: ${stderr}`));
      else resolve(stdout + stderr);
    });
  });
}

test(
  'the programs of the guide run in Node as they stand',
  async () => {
    const dir = join(root, 'build', `guide-${process.pid}`);
    mkdirSync(dir, { recursive: true });
    try {
      writeFileSync(join(dir, 'place.js'), fileBlock('place.js'));
      const printed = new Map(programs.map(({ name, prints }) => [name, prints]));
      for (const { name, text, after, needs, prints } of programs) {
        writeFileSync(join(dir, `${name}.js`), text);
        // memory signs no URLs
        if (needs === 'signing') continue;
        const names = after === undefined ? [name] : [after, name];
        writeFileSync(join(dir, 'run.js'), names.map((one) => `await import('./${one}.js');\n`).join(''));
        equal(await run(dir, 'run.js'), after === undefined ? prints : `${printed.get(after)}${prints}`, name);
      }
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
  { timeoutMs: 60_000 },
);

test(
  'the programs of the guide of the cache run in Node as they stand, but for the place',
  async () => {
    const page = openGuide(caching);
    const dir = join(root, 'build', `guide-cache-${process.pid}`);
    const keys = { accessKeyId: 'LOCAL', secretAccessKey: 'for-this-test' };
    const region = 'us-east-1';
    const gateway = await startGateway({ accounts: [keys], region, buckets: ['my-bucket'] });
    mkdirSync(dir, { recursive: true });
    try {
      const options = { endpoint: gateway.endpoint, region, credentials: keys };
      let place = put(page.block('file', 'place.js'), `{ region: 'eu-central-1' }`, JSON.stringify(options));
      place = put(place, `'/tmp/anyfile-guide'`, JSON.stringify(join(dir, 'cache')));
      writeFileSync(join(dir, 'place.js'), place);
      // One after the other in one folder and bucket, as a reader would.
      for (const { name, text, prints } of page.programs) {
        writeFileSync(join(dir, `${name}.js`), text);
        equal(await run(dir, `${name}.js`), prints, name);
      }
    } finally {
      await gateway.close();
      rmSync(dir, { recursive: true, force: true });
    }
  },
  { timeoutMs: 60_000 },
);

test(
  'the programs of the guide of HDF5 run in Node as they stand, but for the place',
  async () => {
    const page = openGuide(hdf5);
    const dir = join(root, 'build', `guide-hdf5-${process.pid}`);
    const keys = { accessKeyId: 'LOCAL', secretAccessKey: 'for-this-test' };
    const region = 'us-east-1';
    const gateway = await startGateway({ accounts: [keys], region, buckets: ['my-bucket'] });
    mkdirSync(dir, { recursive: true });
    try {
      const options = { endpoint: gateway.endpoint, region, credentials: keys };
      writeFileSync(join(dir, 'place.js'), put(page.block('file', 'place.js'), `{ region: 'eu-central-1' }`, JSON.stringify(options)));
      for (const { name, text, needs, prints } of page.programs) {
        if (needs === 'page') continue;
        writeFileSync(join(dir, `${name}.js`), text);
        equal(await run(dir, `${name}.js`), prints, name);
      }
    } finally {
      await gateway.close();
      rmSync(dir, { recursive: true, force: true });
    }
  },
  { timeoutMs: 60_000 },
);
