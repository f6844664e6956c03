// `npm run docs` builds the site of the docs in build/docs: pages of docs/, and the reference of the API from the comments of the sources.
// `npm run docs -- --serve [--port N]` shows it afterwards. The tools are installed into the cache.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './bundle.mjs';
import { buildSite, serveSite } from './docs/site.mjs';
import { installPackages } from './packages.mjs';

const { values } = parseArgs({ options: { serve: { type: 'boolean' }, port: { type: 'string', default: '4173' } } });
const begin = performance.now();
// The types of what the sources import; in a fresh clone there are none.
if (!existsSync(join(root, 'node_modules'))) await installPackages(root);
const { out, pages, warnings } = await buildSite();
if (warnings) console.log(warnings);
console.log(`${pages} pages in ${out} (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
if (values.serve) await serveSite(out, Number(values.port));
