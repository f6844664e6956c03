// What a package weighs: bytes of a bundle for browsers, and the time that Node takes to import it.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { median } from './numbers.mjs';

const s3Work = `
  export const work = async (client, body) => [await client.put('a', body), await (await client.get('a')).bytes(), client.list()];`;
const commands = 'GetObjectCommand, PutObjectCommand, ListObjectsV2Command';

/** A line of the table: what is bundled, and what is imported in Node. */
const lines = {
  'anyfile/sign, a signed GET': {
    code: "import { signAws } from 'anyfile/sign'; export const get = (url, o) => fetch(url, { headers: signAws({ url }, o) });",
    node: 'anyfile/sign',
  },
  'aws4fetch, a signed GET': {
    code: "import { AwsClient } from 'aws4fetch'; export const get = (url, o) => new AwsClient(o).fetch(url);",
    node: 'aws4fetch',
  },
  'anyfile/s3, get, put and list': {
    code: `import { openS3Store } from 'anyfile/s3'; export const open = (o) => openS3Store(o);${s3Work}`,
    node: 'anyfile/s3',
  },
  's3mini, get, put and list': {
    code: `import { S3mini } from 's3mini';
      export const work = async (o) => { const c = new S3mini(o); return [await c.putObject('a', 'b'), await c.getObject('a'), await c.listObjects()]; };`,
    node: 's3mini',
  },
  '@aws-sdk/client-s3, get, put and list': {
    code: `import { S3Client, ${commands} } from '@aws-sdk/client-s3';
      export const work = (o) => [new S3Client(o), ${commands}];`,
    node: '@aws-sdk/client-s3',
  },
  'anyfile, everything (drivers on use)': { code: "export * from 'anyfile';", node: 'anyfile' },
};

/** Bytes of the entry and what it imports statically, minified and gzipped, and of that with all that may be loaded on use. */
async function bundleBytes(code, { dist, packages }) {
  const { build } = await import('esbuild');
  const alias = { anyfile: join(dist, 'browser/index.js') };
  for (const name of ['sign', 's3']) alias[`anyfile/${name}`] = join(dist, `browser/${name}.js`);
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: packages, sourcefile: 'entry.js' },
    outdir: '/out',
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    alias,
    logLevel: 'silent',
  });
  const entry = Object.keys(metafile.outputs).find((path) => metafile.outputs[path].entryPoint?.endsWith('entry.js'));
  const first = new Set([entry]);
  for (const path of first)
    for (const { path: next, kind } of metafile.outputs[path].imports) if (kind === 'import-statement') first.add(next);
  const bytes = { min: 0, gzip: 0, gzipOnUse: 0 };
  for (const path of Object.keys(metafile.outputs)) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const { contents } = outputFiles.find((file) => file.path.endsWith(`/${name}`));
    const gzip = gzipSync(contents, { level: 9 }).length;
    bytes.gzipOnUse += gzip;
    if (!first.has(path)) continue;
    bytes.min += contents.length;
    bytes.gzip += gzip;
  }
  return bytes;
}

/** Milliseconds that a fresh process takes to import a module. */
function importMs(url, cwd) {
  const script = `const start = performance.now(); await import(${JSON.stringify(url)}); console.log(performance.now() - start); process.exit()`;
  return Number(execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], { cwd, encoding: 'utf8' }));
}

/** @returns one row per package: `{ name, min, gzip, gzipOnUse, importMs }`, times less those of an empty module */
export async function weigh({ dist, packages, rounds }) {
  const names = Object.keys(lines);
  const urlOf = (name) =>
    name.startsWith('anyfile') ? pathToFileURL(join(dist, 'node', `${name.slice('anyfile/'.length) || 'index'}.js`)).href : name;
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const nothing = importMs('data:text/javascript,', packages);
    for (const name of names) times[name].push(importMs(urlOf(lines[name].node), packages) - nothing);
  }
  const rows = [];
  for (const name of names)
    rows.push({ name, ...(await bundleBytes(lines[name].code, { dist, packages })), importMs: median(times[name]) });
  return rows;
}
