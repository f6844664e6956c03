// A page that a bundler builds. What it found is in its text, and in `report` for the test.
import { openHdf5 } from 'anyfile/hdf5';
import { connectHdf5 } from 'anyfile/worker';
import { readHdf5 } from './read-hdf5.js';
import { readObjects } from './read.js';

async function run() {
  const settings = await (await fetch('settings.json')).json();
  const found = await readObjects(settings);
  found.hdf5 = await readHdf5(openHdf5, settings);
  const remote = connectHdf5(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }));
  found.worker = await readHdf5((...args) => remote.openHdf5(...args), settings);
  await remote.close();
  return found;
}

void run()
  .catch((error) => ({ error: String(error?.stack ?? error), cause: String(error?.cause ?? '') }))
  .then((report) => {
    document.body.textContent = JSON.stringify(report);
    globalThis.report = report;
  });
