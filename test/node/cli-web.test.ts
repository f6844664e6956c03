/** more.json: files of the web copied to a disk. What cloud-files was recorded to do wrong there ("WART") is mended. */
import { join } from 'node:path';
import { equal, ok, test } from '../harness.ts';
import table from '../parity/cloudfiles/more.json' with { type: 'json' };
import { withScenario } from '../servers/fixture/client.ts';
import { cli, inFolder, plant, textOf, tree } from './cli/run-cli.ts';

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
