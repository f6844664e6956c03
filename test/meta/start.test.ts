import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { get, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { equal, ok, test } from '../harness.ts';
import { root } from './project.ts';

const maxFirstViewBytes = 60_000;
const script = join(root, 'test/tools/start.mjs');
const load = (path: string): Promise<Record<string, unknown>> =>
  import(pathToFileURL(join(root, path)).href) as Promise<Record<string, unknown>>;

/** The main job with the built package, as it stands. */
function once(): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, '--once', '--no-build'], { encoding: 'utf8' }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
    });
  });
}

test(
  'the main job: all files come back equal and verified, also from the cache, and the server counted the same requests',
  async () => {
    const { code, output } = await once();
    equal(code, 0, output);
    const number = (pattern: RegExp): number => Number(pattern.exec(output)?.[1]?.replaceAll(',', ''));
    const files = number(/Dataset: (\d+) CSV and JSON files/);
    ok(files >= 60, `some files, ${files}`);
    ok(output.includes(`${files} of ${files} files equal byte for byte`), `files equal:\n${output}`);
    ok(new RegExp(`verified +${files} of ${files} `).test(output), `files verified:\n${output}`);
    ok(output.includes(`${3 * files} of ${3 * files} ranges equal`), `ranges equal:\n${output}`);
    ok(
      /packed +\S+, [\d,]+ kB: gzip [\d,]+ kB, br .* xz [\d,]+ kB; 5 of 5 came back equal and verified/.test(output),
      `packed:\n${output}`,
    );
    // One for each file and one for the dataset's own record; opening asks for a listing besides.
    const made = number(/dataset +s3:\/\/vega\/campaign: (\d+) files/);
    ok(made >= 30, `some files with metadata, ${made}`);
    const again = `uploaded in ${made + 1} requests, opened again in ${made + 2}, metadata of ${made} of ${made} as they were`;
    ok(output.includes(again), `a dataset ${again}:\n${output}`);
    ok(/filtered +labels__contains, .*: \d+ of \d+ in 0 requests: lidar\//.test(output), `filtered:\n${output}`);
    ok(/hash +[\w+/]{6}== on the disk, in the bucket/.test(output), `a hash:\n${output}`);
    const kept =
      `${files} files read cold: ${files} requests, [\\d.]+ MB; again by new clients: each asked for ${files} requests, 0 kB; by one listing 1 request, ` +
      `\\d+ kB; immutable 0 requests, 0 kB; ${files} of ${files} equal and verified`;
    ok(new RegExp(`cache +${kept}`).test(output), `the cache:\n${output}`);
    ok(/blocks +16 of 16 ranges .* equal: \d+ requests, .*; once more: 0 requests, 0 kB/.test(output), `blocks:\n${output}`);
    ok(/path +.* a late writer got OverwriteNewerCloudError and theirs stayed/.test(output), `a path:\n${output}`);
    const figure = String.raw`\d+ requests?, [\d.]+ [kM]B, \d+ rounds?`;
    ok(
      new RegExp(
        `HDF5 +s3://vega/hdf5/wind\\.h5, [\\d.]+ MB: opened and its names listed: ${figure}; an attribute of \\S+: ${figure}; 256 x 256 values of \\S+ .*: ${figure}; 1,000 values of \\S+: ${figure}`,
      ).test(output),
      `an HDF5 file:\n${output}`,
    );
    ok(/of the file +[\d.]+ % fetched; 4 of 4 equal/.test(output), `its values:\n${output}`);
    ok(/transfer +400 files, .*ended by another client; .*400 of 400 equal/.test(output), `files in bulk:\n${output}`);
    ok(
      /upload +26.2 MB in 6 parts: paused when [2-5] were there, .*read back equal and verified/.test(output),
      `an upload in parts:\n${output}`,
    );
    ok(/thread +(\d+) of \1 files through a client in a thread of its own: \1 requests/.test(output), `a client in a thread:\n${output}`);
    ok(
      /signer +(\d+) of \1 files by a client without a key, which asked a signer 1 time; .*: PermissionDenied/.test(output),
      `a client without a key:\n${output}`,
    );
    ok(/Zarr +10 x 10 of 64 x 64 values through zarrita: 4 requests, \d kB, equal/.test(output), `an array in Zarr:\n${output}`);
    ok(/wrong secret +refused: SignatureMismatch/.test(output), `a refusal:\n${output}`);
    equal(number(/client +([\d,]+) requests/) - number(/(\d+) requests? taken back unsent/), number(/server +([\d,]+) requests/));
  },
  { timeoutMs: 120_000 },
);

/** What {@link load} finds in the tools. */
interface Tools {
  startGateway(options: object): Promise<{ endpoint: string; stats(): object; close(): Promise<void> }>;
  readDataset(root: string): { files: { key: string; bytes: Uint8Array }[] };
  runMainJob(modules: object, server: object, files: object[]): Promise<{ wrong: string[] }>;
}
interface Files {
  get(items: unknown): Promise<{ path: string; content: Uint8Array; verified: boolean }[]>;
}

test('what `npm start` and `npm test` load at once needs no package: in a fresh clone there is none', async () => {
  const { build } = await import('esbuild');
  for (const name of ['start', 'test']) {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: [`test/tools/${name}.mjs`],
      outdir: 'out',
      bundle: true,
      splitting: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      loader: { '.wasm': 'empty' },
      logLevel: 'silent',
    });
    const { outputs } = metafile;
    const atOnce = new Set(Object.keys(outputs).filter((path) => outputs[path]!.entryPoint === `test/tools/${name}.mjs`));
    const packages: string[] = [];
    for (const path of atOnce)
      for (const { kind, path: wanted, external } of outputs[path]!.imports) {
        if (kind !== 'import-statement') continue;
        if (!external) atOnce.add(wanted);
        else if (!wanted.startsWith('node:')) packages.push(`${name}: ${wanted}`);
      }
    ok(atOnce.size > 0, 'there is something');
    equal(packages, [], 'packages');
  }
});

test('the main job tells one flipped bit and one file that is not verified', async () => {
  const [gatewayModule, datasetModule, jobModule, anyfile, hdf5] = await Promise.all(
    [
      'test/servers/gateway/server.mjs',
      'test/tools/demo/dataset.mjs',
      'test/tools/demo/main-job.mjs',
      'dist/node/index.js',
      'dist/node/hdf5.js',
    ].map(load),
  );
  const { startGateway, readDataset, runMainJob } = { ...gatewayModule, ...datasetModule, ...jobModule } as unknown as Tools;
  const keys = { accessKeyId: 'LOCAL', secretAccessKey: 'for-this-test' };
  const gateway = await startGateway({ accounts: [keys], region: 'us-east-1', buckets: ['b'] });
  const Client = anyfile?.['Client'] as new (options: object) => { files(url: string): Files };
  /** A client that spoils what it gives. */
  class Spoiler extends Client {
    override files(url: string): Files {
      const files = super.files(url);
      const honest = files.get.bind(files);
      files.get = async (items) => {
        const records = await honest(items);
        if (Array.isArray(records) && records.length === 2) {
          records[0]!.content[5]! ^= 1;
          records[1]!.verified = false;
        }
        return records;
      };
      return files;
    }
  }
  try {
    const files = readDataset(root).files.slice(0, 2);
    const server = { ...keys, endpoint: gateway.endpoint, region: 'us-east-1', bucket: 'b', stats: gateway.stats };
    equal((await runMainJob({ anyfile: { ...anyfile }, hdf5 }, server, files)).wrong, [], 'of a run that nothing spoils');
    const { wrong } = await runMainJob({ anyfile: { ...anyfile, Client: Spoiler }, hdf5 }, server, files);
    ok(
      wrong.some((line) => line.includes('bytes differ') && line.includes(files[0]!.key)),
      `the flipped bit in ${wrong.join('; ')}`,
    );
    ok(
      wrong.some((line) => line.includes('not verified') && line.includes(files[1]!.key)),
      `the unverified file in ${wrong.join('; ')}`,
    );
  } finally {
    await gateway.close();
  }
});

/** A request with any path and host, which `fetch` would not send. */
function ask(
  address: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(address);
    get({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    }).once('error', reject);
  });
}

test(
  'the page is served under its policy, to names of this machine alone, and Ctrl-C ends all',
  async () => {
    const child = spawn(process.execPath, [script, '--no-build'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((resolve) => void child.once('close', resolve));
    try {
      let output = '';
      const address = await new Promise<string>((resolve, reject) => {
        child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
          output += chunk;
          const found = /The page: (\S+)/.exec(output)?.[1];
          if (found) resolve(found);
        });
        void ended.then(() => reject(new Error(`no page:\n${output}`)));
      });
      const page = await ask(address, '/');
      equal(page.status, 200);
      const policy = String(page.headers['content-security-policy']);
      const wanted = [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "worker-src 'self'",
      ];
      for (const rule of [...wanted, "connect-src 'self' http: https:"]) ok(policy.split('; ').includes(rule), `${rule} in ${policy}`);
      ok(!policy.includes('unsafe-inline'), 'nothing inline');
      equal([page.headers['x-content-type-options'], page.headers['referrer-policy']], ['nosniff', 'no-referrer']);
      ok(!/<script(?![^>]*src=)|<style|style=|\son\w+=/.test(page.text), 'no inline script or style');

      const offer = JSON.parse((await ask(address, '/demo.json')).text) as Record<string, string>;
      ok(offer['secretAccessKey'] && !output.includes(offer['secretAccessKey']), 'a secret for the page that is not printed');
      equal((await ask(address, '/demo.json', { host: 'elsewhere.example' })).status, 421);
      for (const path of ['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json', '//etc/passwd'])
        equal((await ask(address, path)).status, 404, path);
      equal((await ask(address, '/public/cars.json', { range: 'bytes=1-3' })).text.length, 3);

      child.kill('SIGINT');
      equal(await ended, 0, 'the exit code');
      const left = await ask(String(offer['endpoint']), '/').then(
        () => 'an answer',
        () => 'nothing',
      );
      equal(left, 'nothing', 'from the S3 endpoint');
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
  },
  { timeoutMs: 120_000 },
);

test(`the page's first view is at most ${maxFirstViewBytes} bytes of script and style`, () => {
  const seen = new Set(['main.js']);
  const read = (path: string): string => readFileSync(join(root, 'dist-demo', path), 'utf8');
  for (const path of seen) {
    for (const [, next = ''] of read(path).matchAll(/^(?:import|export)\b[^;]*?['"]\.\/([^'"]+)['"];/gm)) {
      seen.add(join(path, '..', next));
    }
  }
  const bytes = [...seen, 'styles.css', 'views/views.css'].reduce((sum, path) => sum + gzipSync(read(path), { level: 9 }).length, 0);
  console.log(`size - the page's first view: ${bytes} of ${maxFirstViewBytes} bytes in ${seen.size + 2} files`);
  ok(bytes <= maxFirstViewBytes, `at most ${maxFirstViewBytes} bytes instead of ${bytes}`);
});
