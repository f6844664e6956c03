/** Names from standard input, of which there may be any number. */
import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Task } from '../../src/cli/io.ts';
import { stdinLines } from '../../src/cli/stdin.ts';
import { equal, ok, rejects, skip, test } from '../harness.ts';
import { withScenario } from '../servers/fixture/client.ts';
import { cli, inFolder, plant } from './cli/run-cli.ts';

const task = (stdin: AsyncIterable<Uint8Array | string>, signal = new AbortController().signal): Task =>
  ({ io: { stdin }, signal }) as Partial<Task> as Task;

test('names that were read are let go', async () => {
  if ('Bun' in globalThis || 'Deno' in globalThis) skip('there is no asking for a collection');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const chunks: WeakRef<Uint8Array>[] = [];
  async function* stdin(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 500; i++) {
      // a turn, so that what is weakly held may go
      await new Promise((resolve) => setTimeout(resolve, 0));
      const chunk = new TextEncoder().encode(`${i}\n`.repeat(1000));
      chunks.push(new WeakRef(chunk));
      yield chunk;
    }
  }
  let lines = 0;
  let held = 0;
  for await (const line of stdinLines(task(stdin()))) {
    lines++;
    if (line !== '499' || held) continue;
    collect();
    held = chunks.filter((chunk) => chunk.deref()).length;
  }
  equal(lines, 500_000);
  ok(held > 0 && held < 5, `${held} of ${chunks.length} chunks are still held`);
});

test('a wait for names ends with the signal, and leaves nothing on it', async () => {
  const stop = new AbortController();
  const { signal } = stop;
  async function* stdin(): AsyncGenerator<string> {
    yield 'a\r\nb\n\n';
    yield 'c';
    stop.abort(new Error('enough'));
    await new Promise(() => {});
  }
  const found: string[] = [];
  await rejects(
    async () => {
      for await (const line of stdinLines(task(stdin(), signal))) found.push(line);
    },
    ({ message }) => message === 'enough',
  );
  equal([found, getEventListeners(signal, 'abort').length], [['a', 'b'], 0]);
});

test('a name with a line break is told, and printed as a record alone', () =>
  withScenario('s3', {}, ({ endpoint, region, credentials, bucket }) =>
    inFolder(async (root) => {
      const clientOptions = { endpoint, region, credentials };
      const run = (argv: string[], stdin?: string): ReturnType<typeof cli> => cli(argv, { clientOptions, stdin });
      plant(root, { precious: 'x' });
      for (const name of ['precious', 'tail\r', 'tail', 'old\nprecious'])
        equal((await run(['cp', `${root}/precious`, `s3://${bucket}/${name}`])).stderr, '');
      const listed = await run(['ls', `s3://${bucket}/`]);
      equal([listed.status, listed.lines.sort()], [1, [`s3://${bucket}/precious`, `s3://${bucket}/tail`]]);
      equal(listed.errors.filter((line) => line.includes('line break')).length, 2, listed.stderr);
      const records = (await run(['ls', '--json', `s3://${bucket}/`])).lines.map((line) => (JSON.parse(line) as { path: string }).path);
      equal(records.sort(), ['old\nprecious', 'precious', 'tail', 'tail\r'].map((name) => `s3://${bucket}/${name}`).sort());
    }),
  ));
