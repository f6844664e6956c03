// The same in Node, Deno and Bun: prints what it found as one line.
import { readFileSync } from 'node:fs';
import { openHdf5 } from 'anyfile/hdf5';
import { readHdf5 } from './read-hdf5.js';
import { readObjects } from './read.js';

const settings = JSON.parse(readFileSync(new URL('settings.json', import.meta.url), 'utf8'));
console.log(JSON.stringify({ ...(await readObjects(settings)), hdf5: await readHdf5(openHdf5, settings) }));
