// The page, built by esbuild in a second or two, for tests that click through it. `npm run build` makes the one that is published.
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../bundle.mjs';

/** Builds the page into a folder. */
export async function buildPage(outdir) {
  const { build } = await import('esbuild');
  const from = join(root, 'src/demo');
  await build({
    absWorkingDir: root,
    entryPoints: ['main.ts', 'worker/hdf5.ts'].map((path) => join(from, path)),
    outbase: from,
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions: ['browser'],
    logLevel: 'silent',
    chunkNames: 'chunks/[name]-[hash]',
    loader: { '.wasm': 'base64' },
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  for (const name of readdirSync(from, { recursive: true })) {
    if (!/\.(html|css|svg|webmanifest)$/.test(name)) continue;
    mkdirSync(dirname(join(outdir, name)), { recursive: true });
    copyFileSync(join(from, name), join(outdir, name));
  }
}
