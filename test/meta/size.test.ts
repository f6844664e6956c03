import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { equal, ok, test } from '../harness.ts';
import { entries, none, root } from './project.ts';

/** Budgets in bytes, minified and gzipped: the entry and what it imports statically; and what must not be among it. */
const budgets: Record<string, { maxBytes: number; without: RegExp }> = {
  'signed-get': { maxBytes: 3000, without: /^src\/(store|auth\/gcs|files|transport|platform|encoding|integrity|wasm)\b/ },
  s3: { maxBytes: 8000, without: /^src\/(store\/(gcs|http|file\.ts|opfs|memory)|auth\/gcs|files|encoding\/gzip|wasm)\b/ },
  // `anyfile/hash` is synchronous, so it holds the kernels of the hashes that are imported, and no other.
  's3-gcs-checksums': {
    maxBytes: 16_000,
    without: /^src\/(store\/(http|file\.ts|opfs|memory)|files|encoding\/gzip)\b|^wasm\/built\/(?!crc32c|md5)/,
  },
  // The library, drivers and all that reads HDF5 are the worker's.
  'hdf5-worker': {
    maxBytes: 8000,
    without:
      /^src\/(store|auth|transport|open|encoding|integrity|wasm|files|hdf5\/(layout|library|source|write|engine|open-hdf5|file\/(?!blocks|paths|foreign-references|unreadable)))\b/,
  },
  // A worker that serves mounts of S3: what it may not load later is in it.
  'service-worker': {
    maxBytes: 8000,
    without:
      /^src\/(store|transport|platform|open|files|encoding|integrity|wasm|service-worker\/(mounts|place|register))\b|^src\/auth\/(aws|gcs)/,
  },
  // One that signs nothing itself: the app's own server does.
  'service-worker-signer': {
    maxBytes: 8000,
    without:
      /^src\/(store|transport\/(?!retry)|platform|open|files|encoding|integrity|wasm|auth|service-worker\/(mounts|place|register)|signer\/(?!address|remote-signer))\b/,
  },
  // Requests, signatures, checksums and the cache are the worker's; CloudFiles is here.
  'client-worker': {
    maxBytes: 20_700,
    without:
      /^src\/(auth|transport|integrity|wasm|hdf5|data|cloudpath|diagnose|cache\/(?!object\/errors)|store\/(s3|gcs|http|xml-api|wire|file\.ts|opfs|memory))\b/,
  },
  cloudfiles: { maxBytes: 24_000, without: /^src\/(store\/(s3|gcs|http|file\.ts|opfs|memory)|encoding\/gzip|wasm)\b/ },
};

/** What is loaded on use stays outside: the one output is the entry and what it imports statically. */
const onUse: Plugin = {
  name: 'on-use',
  setup({ onResolve }) {
    onResolve({ filter: /^/ }, ({ kind, path }) => (kind === 'dynamic-import' ? { path, external: true } : undefined));
  },
};

async function bundle(
  scenario: string,
  alias: Record<string, string> = {},
  plugins: Plugin[] = [onUse],
): Promise<{ bytes: number; inputs: string[]; code: string }> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(root, 'test/meta/size', `${scenario}.ts`)],
    outfile: 'out.js',
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['browser'],
    loader: { '.wasm': 'base64' },
    alias,
    plugins,
    logLevel: 'silent',
  });
  const code = outputFiles[0]?.text ?? '';
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  return {
    bytes: gzipSync(code, { level: 9 }).length,
    inputs: inputs.filter(([, { bytesInOutput }]) => bytesInOutput).map(([path]) => path),
    code,
  };
}

/** The same against the sources, where esbuild names each module. */
const sources = Object.fromEntries(entries().map(({ subpath, name }) => [join('anyfile', subpath), join(root, 'src', `${name}.ts`)]));

test('every scenario has a budget', () => {
  equal(
    readdirSync(join(root, 'test/meta/size'))
      .map((name) => name.replace(/\.ts$/, ''))
      .sort(),
    Object.keys(budgets).sort(),
  );
});

for (const [scenario, { maxBytes, without }] of Object.entries(budgets)) {
  test(`${scenario} is at most ${maxBytes} bytes of the built package`, async () => {
    const { bytes, code } = await bundle(scenario);
    const whole = await bundle(scenario, {}, []);
    console.log(`size - ${scenario}: ${bytes} of ${maxBytes} bytes; with all that is loaded on use ${whole.bytes}`);
    ok(bytes <= maxBytes, `at most ${maxBytes} bytes instead of ${bytes}`);
    const odd = scenario === 's3-gcs-checksums' ? /DecompressionStream|fflate/g : /WebAssembly|\.wasm\b|DecompressionStream|fflate/g;
    none(code.match(odd) ?? [], 'what was not asked for');
    if (scenario === 's3') none(code.match(/GOOG4|x-goog-|storage\/v1|googleapis/gi) ?? [], 'the other provider');
  });

  test(`${scenario} takes in only the modules it needs`, async () => {
    const { inputs } = await bundle(scenario, sources);
    ok(
      inputs.some((path) => path.startsWith('src/')),
      'modules of src',
    );
    none(
      inputs.filter((path) => without.test(path)),
      'modules that do not belong',
    );
    none(
      inputs.filter((path) => path.includes('node_modules')),
      'packages',
    );
  });
}

test('S3 loads no other driver, not even on use', async () => {
  const { inputs } = await bundle('s3', sources, []);
  ok(inputs.includes('src/store/s3/store.ts'), 'the S3 driver, on use');
  none(
    inputs.filter((path) => /^src\/(store\/(gcs|http|file\.ts|opfs\.ts|memory)|files)/.test(path)),
    'modules that do not belong',
  );
});
