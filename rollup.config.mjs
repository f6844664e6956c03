// Five builds of one source: dist/node with dist/cli, dist/browser, dist/cdn, and in dist-demo the page and its worker. `#platform` is resolved in
// each by its own conditions; what the entries share goes into chunks; `import()` stays, so that drivers load on use.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { transform } from 'esbuild';

const packageJson = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const dependencies = Object.keys({ ...packageJson.dependencies, ...packageJson.optionalDependencies });
const isExternal = (id) => id.startsWith('node:') || dependencies.some((name) => id === name || id.startsWith(`${name}/`));

/** The leaf entries, from the package's exports; an entry that is not written yet is left out, and a test of test/meta says so. */
const entries = Object.fromEntries(
  Object.values(packageJson.exports)
    .filter((target) => typeof target === 'object')
    .map(({ default: path }) => path.replace('./dist/browser/', '').replace(/\.js$/, ''))
    .filter((name) => existsSync(`src/${name}.ts`))
    .map((name) => [name, `src/${name}.ts`]),
);

/** Takes the types out; what is newer than ES2022 is written in its terms. */
const typescript = {
  name: 'typescript',
  async transform(code, id) {
    if (!id.endsWith('.ts')) return null;
    const { code: out, map } = await transform(code, { loader: 'ts', target: 'es2022', sourcefile: id, sourcemap: 'external' });
    return { code: out, map };
  },
};

/** Without comments and indents the core is imported a twentieth faster; names stay, for traces. */
const tight = {
  name: 'tight',
  async renderChunk(code) {
    const { code: out } = await transform(code, { target: 'es2022', format: 'esm', minifyWhitespace: true, legalComments: 'inline' });
    return { code: out, map: null };
  },
};

/** A WebAssembly module becomes base64 text: it stays one file with what loads it, and no page's policy has to allow a fetch. */
const wasmText = {
  name: 'wasm-text',
  load: (id) => (id.endsWith('.wasm') ? `export default '${readFileSync(id, 'base64')}';` : null),
  // brotli-wasm's own way to its file, which nobody takes: webpack ends with an error where such a file is missing, Vite warns.
  transform(code, id) {
    if (!id.endsWith('/brotli_wasm.js')) return null;
    const without = code.replace("new URL('brotli_wasm_bg.wasm', import.meta.url)", 'undefined');
    if (without === code) throw new Error('brotli-wasm looks for its file in another way than it did');
    return { code: without, map: null };
  },
};

/** The modules themselves, for runtimes that take no text for code. */
const wasmFiles = {
  name: 'wasm-files',
  writeBundle() {
    mkdirSync('dist/wasm', { recursive: true });
    for (const name of readdirSync('wasm/built').filter((file) => file.endsWith('.wasm')))
      copyFileSync(`wasm/built/${name}`, `dist/wasm/${name}`);
    copyFileSync('node_modules/brotli-wasm/pkg.web/brotli_wasm_bg.wasm', 'dist/wasm/brotli.wasm');
  },
};

const clean = (...dirs) => ({
  name: 'clean',
  buildStart() {
    for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
  },
});

const executable = {
  name: 'executable',
  writeBundle({ dir }, bundle) {
    for (const name of Object.keys(bundle)) if (name.startsWith('cli/')) chmodSync(join(dir, name), 0o755);
  },
};

/** The manual page, as the program that was just built prints it. */
const manual = {
  name: 'manual',
  writeBundle({ dir }) {
    mkdirSync(join(dir, 'man'), { recursive: true });
    writeFileSync(join(dir, 'man', 'anyfile.1'), execFileSync(process.execPath, [join(dir, 'cli', 'main.js'), 'man']));
  },
};

/** What src/cli/charts/library.ts reads, at the same paths below the packages' folders. */
const chartFiles = {
  echarts: ['dist/echarts.min.js', 'dist/package.json', 'NOTICE', 'LICENSE', 'licenses/LICENSE-d3'],
  zrender: ['LICENSE'],
};
const charts = {
  name: 'charts',
  writeBundle() {
    for (const [name, files] of Object.entries(chartFiles))
      for (const file of files) {
        const target = join('dist/charts', name, file);
        mkdirSync(dirname(target), { recursive: true });
        copyFileSync(join('node_modules', name, file), target);
      }
  },
};

/** Copies the page's files that are not modules. */
const page = {
  name: 'page',
  writeBundle({ dir }) {
    for (const name of readdirSync('src/demo', { recursive: true })) {
      if (!/\.(html|css|svg|webmanifest)$/.test(name)) continue;
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      copyFileSync(join('src/demo', name), join(dir, name));
    }
  },
};

const minify = {
  name: 'minify',
  async renderChunk(code) {
    return await transform(code, { minify: true, target: 'es2022', format: 'esm', legalComments: 'none' });
  },
};

/** The licences of the packages whose code went into a build. */
const licenses = {
  name: 'licenses',
  generateBundle(_, bundle) {
    const used = Object.values(bundle).flatMap(({ modules = {} }) => Object.keys(modules));
    const folders = new Set(used.map((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replace(/^\0/, ''))?.[0]).filter(Boolean));
    const texts = [...folders].sort().map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
      return [`## ${name} ${version} (${license})`, ...files.map((file) => readFileSync(join(folder, file), 'utf8').trim())].join('\n\n');
    });
    const head = 'Packages whose code is part of this build. The modules in WebAssembly: ../../wasm/LICENSES.md';
    this.emitFile({ type: 'asset', fileName: 'LICENSES.md', source: `${[head, ...texts].join('\n\n')}\n` });
  },
};

const strict = (warning) => {
  // Helpers that a package's own compiler put into it; they ask whether `this` is something, and it is not.
  if (warning.code === 'THIS_IS_UNDEFINED' && warning.id?.includes('node_modules')) return;
  throw new Error(`${warning.code}: ${warning.message}`);
};

/** In Node each file costs time to find and open: what `anyfile` imports statically goes into one. A page loads what it needs. */
const oneCore = () => {
  let core;
  return (id, { getModuleInfo }) => {
    if (!core) {
      core = new Set([join(import.meta.dirname, 'src/index.ts')]);
      for (const module of core) for (const next of getModuleInfo(module)?.importedIds ?? []) if (next.endsWith('.ts')) core.add(next);
    }
    return core.has(id) && !id.endsWith('src/index.ts') ? 'core' : undefined;
  };
};

/** Where a module of the sources, of /wasm or of a package goes; npm packs no folder node_modules. */
const moduleFile = ({ name }) => `${name.replace(/^src\//, '').replace(/^.*node_modules\//, 'packages/')}.js`;

const builds = [
  {
    input: { ...entries, ...(existsSync('src/cli/main.ts') && { 'cli/main': 'src/cli/main.ts' }) },
    external: isExternal,
    plugins: [
      clean('dist/node', 'dist/cli', 'dist/wasm', 'dist/man', 'dist/charts'),
      nodeResolve({ exportConditions: ['node'] }),
      wasmText,
      typescript,
      tight,
      executable,
      wasmFiles,
      charts,
      manual,
    ],
    output: {
      dir: 'dist',
      entryFileNames: ({ name }) => (name.startsWith('cli/') ? '[name].js' : 'node/[name].js'),
      chunkFileNames: 'node/chunks/[name]-[hash].js',
      manualChunks: oneCore(),
      banner: ({ name, isEntry }) => (isEntry && name === 'cli/main' ? '#!/usr/bin/env node' : ''),
    },
    onwarn: strict,
  },
  // A file a module: a bundler then takes only what a page uses, where from shared chunks it took all that anything in them is used for.
  {
    input: entries,
    external: isExternal,
    plugins: [clean('dist/browser'), nodeResolve({ exportConditions: ['browser'] }), wasmText, typescript],
    output: { dir: 'dist/browser', preserveModules: true, preserveModulesRoot: import.meta.dirname, entryFileNames: moduleFile },
    onwarn: strict,
  },
  // For pages without a bundler: no bare names, which a page could only resolve by an import map, and strict policies forbid those.
  {
    input: entries,
    plugins: [clean('dist/cdn'), nodeResolve({ browser: true, exportConditions: ['browser'] }), wasmText, typescript, minify, licenses],
    output: { dir: 'dist/cdn', chunkFileNames: 'chunks/[name]-[hash].js' },
    onwarn: strict,
  },
];

if (existsSync('src/demo/main.ts')) {
  builds.push({
    input: { main: 'src/demo/main.ts' },
    plugins: [
      clean('dist-demo'),
      nodeResolve({ browser: true, exportConditions: ['browser'] }),
      wasmText,
      typescript,
      minify,
      licenses,
      page,
    ],
    output: { dir: 'dist-demo', chunkFileNames: 'chunks/[name]-[hash].js' },
    onwarn: strict,
  });
  // A build of its own: what both needed would be cut out of the page's first script, which would be more to load then.
  builds.push({
    input: { hdf5: 'src/demo/worker/hdf5.ts' },
    plugins: [nodeResolve({ browser: true, exportConditions: ['browser'] }), wasmText, typescript, minify, licenses],
    output: { dir: 'dist-demo/worker', chunkFileNames: 'chunks/[name]-[hash].js' },
    onwarn: strict,
  });
}

export default builds;
