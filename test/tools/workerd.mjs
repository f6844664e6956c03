// The smoke test in workerd: bundles workerd-smoke.mjs as a user's bundler would and runs it under `workerd serve`.
// node test/tools/workerd.mjs PROGRAM [FOLDER]; the package must have been built.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { freePort, startProcess } from '../servers/process.mjs';
import { root } from './bundle.mjs';

const [program, outdir = join(root, 'build', 'test', 'workerd')] = process.argv.slice(2);
mkdirSync(outdir, { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: [join(root, 'test/tools/workerd-smoke.mjs')],
  outdir,
  entryNames: 'smoke',
  bundle: true,
  // A module of its own, which workerd compiles.
  loader: { '.wasm': 'copy' },
  assetNames: '[name]',
  splitting: true,
  format: 'esm',
  target: 'es2022',
  conditions: ['workerd'],
  platform: 'neutral',
  logLevel: 'warning',
});
const port = await freePort();
// The first module is the worker's entry.
const modules = readdirSync(outdir)
  .filter((name) => /\.(js|wasm)$/.test(name))
  .sort((a, b) => Number(b === 'smoke.js') - Number(a === 'smoke.js'));
const config = join(outdir, 'config.capnp');
writeFileSync(
  config,
  `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .smoke)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const smoke :Workerd.Worker = (
  compatibilityDate = "2026-11-01",
  modules = [
${modules.map((name) => `    (name = "${name}", ${name.endsWith('.wasm') ? 'wasm' : 'esModule'} = embed "${name}"),`).join('\n')}
  ],
);
`,
);
const { stop } = await startProcess(program, ['serve', config], { ready: `http://127.0.0.1:${port}/ready` });
try {
  const response = await fetch(`http://127.0.0.1:${port}/`);
  const text = await response.text();
  console.log(text);
  process.exitCode = /^[1-9]\d* passed, 0 failed$/m.test(text) ? 0 : 1;
} finally {
  await stop();
}
