/** more.json: files of the web copied to a disk. What cloud-files was recorded to do wrong there ("WART") is mended. */
import { statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { equal, ok, test } from '../harness.ts';
import table from '../parity/cloudfiles/more.json' with { type: 'json' };
import { withScenario } from '../servers/fixture/client.ts';
import { cli, inFolder, Kept, plant, textOf, tree } from './cli/run-cli.ts';

const seen = table.observations;

test('more.json: a file of the web comes to the disk, once and again', () =>
  withScenario('http', { files: { '/a.txt': { text: 'hello world' } } }, ({ endpoint }) =>
    inFolder(async (root) => {
      const url = `${endpoint}/a.txt`;
      equal((await cli(['cp', url, `${root}/out/`])).stderr, '');
      equal(textOf(root, 'out/a.txt'), seen.http_to_file.result.value);
      // WART: there the second transfer is put behind the first
      equal((await cli(['cp', url, `${root}/out/a.txt`])).status, 0);
      equal([seen.http_to_file_again.result.value, textOf(root, 'out/a.txt')], ['hello worldhello world', 'hello world']);
      // WART: there the folder must be there already
      ok('error' in seen.http_to_file_new_directory && 'error' in seen.http_to_file_directory_missing, 'recorded');
      equal((await cli(['cp', url, `${root}/out3/sub/b.txt`])).status, 0);
      equal((await cli(['cp', url, `${root}/outx/`])).status, 0);
      equal(tree(root), ['out/a.txt', 'out3/sub/b.txt', 'outx/a.txt']);
      // a part whose version nobody knows is not gone on with
      plant(root, { 'again/a.txt.part': 'HELLO' });
      equal((await cli(['cp', '--resumable', url, `${root}/again/`])).status, 0);
      equal(textOf(root, 'again/a.txt'), seen.http_resumable.result.value[0]);
    }),
  ));

test('more.json: a file that the web does not have is told once, and nothing is left of it', () =>
  withScenario('http', { files: {} }, ({ endpoint, log }) =>
    inFolder(async (root) => {
      const got = await cli(['cp', `${endpoint}/none`, `${root}/out/x`]);
      ok(got.errors[0]?.includes('/none: does not exist'), got.stderr);
      equal([got.status, got.stdout, tree(join(root, 'out')) ?? []], [1, '', []]);
      // WART: there it is asked for seven times
      equal([seen.http_to_file_missing.retries, (await log()).counts.requests], [6, 1]);
    }),
  ));

test('a file whose length the web does not tell is passed on as it comes, not kept until its end', () =>
  inFolder(async (root) => {
    const half = new Uint8Array(0x40_0000).fill(7);
    // the second half is sent when something of the first was seen
    let arrived = (): boolean => false;
    const server = createServer((_, response) => {
      response.flushHeaders();
      response.write(half);
      const timer = setInterval(() => {
        if (!arrived()) return;
        clearInterval(timer);
        response.end(half);
      }, 10);
      response.once('close', () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/endless`;
    try {
      const signal = AbortSignal.timeout(20_000);
      const stdout = new Kept();
      arrived = () => stdout.chunks.length > 0;
      equal((await cli(['cat', url], { stdout, signal })).status, 0);
      equal(stdout.bytes.length, 2 * half.length);
      arrived = () => (tree(root) ?? []).some((name) => statSync(join(root, name)).size > 0);
      equal((await cli(['cp', url, `${root}/`], { signal })).stderr, '');
      equal([tree(root), statSync(join(root, 'endless')).size], [['endless'], 2 * half.length]);
      // one that is empty comes too
      plant(root, { empty: '' });
      equal((await cli(['cp', `${root}/empty`, `${root}/other`], { signal })).stderr, '');
      equal([(await cli(['cat', `${root}/other`])).bytes.length, tree(root)], [0, ['empty', 'endless', 'other']]);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }));
