// The cases in this process: node node.mjs JOB, with the job as JSON; one line of JSON comes out.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { runCases } from './engine.mjs';
import { slicing16 } from './slicing16.mjs';

const job = JSON.parse(process.argv[2]);
const { load: from } = await import(pathToFileURL(join(job.packages, 'load.mjs')).href);

async function load(name) {
  if (name.startsWith('node:')) return import(name);
  if (name === 'anyfile:slicing16') return slicing16(readFileSync(job.slicing));
  if (name.startsWith('anyfile:')) return import(pathToFileURL(join(job.inner, `${name.slice('anyfile:'.length)}.js`)).href);
  if (name.startsWith('anyfile/')) return import(pathToFileURL(join(job.dist, 'node', `${name.slice('anyfile/'.length)}.js`)).href);
  return from(name);
}

try {
  const measured = await runCases({ ...job, load, engine: 'node', log: (text) => process.stderr.write(`node: ${text}\n`) });
  process.stdout.write(`${JSON.stringify({ measured })}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: String(error?.stack ?? error) })}\n`);
}
process.exit();
