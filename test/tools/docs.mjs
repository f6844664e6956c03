// `npm run docs` builds the site of the docs in build/docs: pages of docs/, and the reference of the API from the comments of the sources.
// `npm run docs -- --serve [--port N]` shows it afterwards. The tools are installed into the cache.
import { parseArgs } from 'node:util';
import { buildSite, serveSite } from './docs/site.mjs';

const { values } = parseArgs({ options: { serve: { type: 'boolean' }, port: { type: 'string', default: '4173' } } });
const begin = performance.now();
const { out, pages, warnings } = await buildSite();
if (warnings) console.log(warnings);
console.log(`${pages} pages in ${out} (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
if (values.serve) await serveSite(out, Number(values.port));
