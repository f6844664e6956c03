// Runs in the browser: the cases in a page.
import { runCases } from './engine.mjs';
import { slicing16 } from './slicing16.mjs';

const bytesOf = async (url) => (await fetch(url)).arrayBuffer();
/** Some packages are CommonJS, whose names a bundler puts below `default`. */
const named = async (module) => ({ ...(await module).default, ...(await module) });
const modules = {
  'anyfile/hash': () => import('anyfile/hash'),
  'anyfile/codecs/gzip': () => import('anyfile/codecs/gzip'),
  'anyfile/codecs/zstd': () => import('anyfile/codecs/zstd'),
  'anyfile:plain': () => import('anyfile-inner/plain'),
  'anyfile:signers': () => import('anyfile-inner/signers'),
  'anyfile:slicing16': async () => slicing16(await bytesOf((await import('anyfile-inner/slicing.wasm')).default)),
  'hash-wasm': () => import('hash-wasm'),
  aws4fetch: () => named(import('aws4fetch')),
  fflate: () => import('fflate'),
  '@bokuweb/zstd-wasm': () => named(import('@bokuweb/zstd-wasm')),
};

const report = async (body) => void (await fetch('/result', { method: 'POST', body: JSON.stringify(body) }));
try {
  const job = await (await fetch('/job.json')).json();
  await report({ rounds: await runCases({ ...job, load: (name) => modules[name](), engine: 'page' }) });
} catch (error) {
  await report({ error: String(error?.stack ?? error) });
}
