/** The program itself, bundled and run by Node: pipes, signals, environment. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { env, need, uniqueName } from '../env.ts';
import { equal, ok, skip, test } from '../harness.ts';
import { withScenario } from '../servers/fixture/client.ts';
import { nodeBuild } from '../tools/node-build.mjs';
import { inFolder, plant, tree } from './cli/run-cli.ts';

/** The project's folder: packages are found from there. */
function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return folder;
}

let built: string | undefined;

async function program(): Promise<string> {
  if (!env().engine.startsWith('node')) skip('the bundler of this test runs in Node');
  if (built) return built;
  const { build } = await import('esbuild');
  const root = projectFolder();
  // as deep as dist/cli, so that package.json is where the program looks for it
  const folder = join(root, 'build', `cli-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await build({
    ...nodeBuild,
    absWorkingDir: root,
    entryPoints: ['src/cli/main.ts'],
    outfile: join(folder, 'main.js'),
  });
  return (built = join(folder, 'main.js'));
}

interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

async function start(
  argv: readonly string[],
  options: { env?: Record<string, string>; stdin?: string } = {},
): Promise<{ child: ReturnType<typeof spawn>; ended: Promise<Ended> }> {
  const child = spawn(process.execPath, [await program(), ...argv], {
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nowhere', ...options.env },
    stdio: 'pipe',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  if (options.stdin !== undefined) child.stdin.end(options.stdin);
  const ended = new Promise<Ended>((resolve) => child.once('close', (status) => resolve({ status, stdout, stderr })));
  return { child, ended };
}

const run = async (argv: readonly string[], options: Parameters<typeof start>[1] = {}): Promise<Ended> =>
  (await start(argv, { stdin: '', ...options })).ended;

test('the program: version, help, usage, licence', async () => {
  const version = await run(['--version']);
  equal([version.status, version.stderr, /^\d+\.\d+\.\d+\n$/.test(version.stdout)], [0, '', true]);
  equal((await run([])).status, 2);
  ok((await run(['--help'])).stdout.includes('sign'));
  equal(await run(['license']), { status: 0, stdout: readFileSync(join(projectFolder(), 'LICENSE'), 'utf8'), stderr: '' });
});

test(
  'the program finds keys in the environment, and leaves by itself',
  async () => {
    const server = need('versitygw');
    await inFolder(async (root) => {
      plant(root, { 'a.txt': 'hello', 'b.txt': 'there' });
      const variables = {
        AWS_ACCESS_KEY_ID: server.accessKeyId,
        AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
        AWS_REGION: server.region,
        AWS_ENDPOINT_URL: server.endpoint,
      };
      const url = `s3://${server.bucket}/${uniqueName('bin')}`;
      const names = `${root}/a.txt\n${root}/b.txt\n`;
      equal((await run(['cp', '-', `${url}/`], { env: variables, stdin: names })).stderr, '');
      equal((await run(['cat', `${url}/*.txt`], { env: variables })).stdout, 'hellothere');
      equal((await run(['rm', '-r', `${url}/`], { env: variables })).status, 0);
      equal((await run(['ls', `${url}/`], { env: { ...variables, AWS_SECRET_ACCESS_KEY: 'wrong' } })).status, 3);
    });
  },
  { timeoutMs: 60_000 },
);

test('SIGINT ends the program with 130, also while it waits for names', () =>
  inFolder(async (root) => {
    plant(root, { a: 'hello' });
    const { child, ended } = await start(['cat', '-']);
    child.stdin?.write(`${root}/a\n`);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    child.kill('SIGINT');
    const { status, stdout, stderr } = await ended;
    equal([status, stdout, stderr], [130, 'hello', 'anyfile cat: interrupted\n']);
  }));

test(
  'SIGTERM in the middle of a copy leaves no half of a file',
  () =>
    withScenario(
      'http',
      { files: { '/a': { pattern: { sizeBytes: 100_000 } } }, faults: [{ fault: { type: 'stall', bytes: 5000 } }] },
      (web) =>
        inFolder(async (root) => {
          const { child, ended } = await start(['cp', `${web.endpoint}/a`, `${root}/dst/`]);
          for (let i = 0; i < 400 && (await web.log({ settled: false })).requests.length === 0; i++)
            await new Promise((resolve) => setTimeout(resolve, 50));
          child.kill('SIGTERM');
          equal([(await ended).status, tree(join(root, 'dst')) ?? []], [143, []]);
        }),
    ),
  { timeoutMs: 40_000 },
);

test('hundreds of small files, which another thread writes, are all there when the program leaves', () =>
  inFolder(async (root) => {
    const files = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`src/d${i % 3}/${i}`, String(i).repeat(i % 50)]));
    plant(root, files);
    const { status, stdout, stderr } = await run(['cp', '-r', `${root}/src/`, `${root}/dst`]);
    equal([status, stderr, stdout.split('\n').length], [0, '', 301]);
    const written = Object.keys(files).map((name) => readFileSync(join(root, name.replace('src', 'dst')), 'utf8'));
    equal(written, Object.values(files));
    equal(tree(join(root, 'dst'))?.length, 300);
  }));

test('a closed pipe ends the program silently', () =>
  inFolder(async (root) => {
    plant(root, Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`${'long'.repeat(50)}-${i}`, ''])));
    const child = spawn('sh', ['-c', `"$0" "$1" ls "$2" | head -n 1; echo done >&2`, process.execPath, await program(), root], {
      stdio: 'pipe',
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdout.resume();
    await new Promise((resolve) => child.once('close', resolve));
    equal(stderr, 'done\n');
  }));
