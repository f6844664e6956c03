/** The view of progress: what the line says, where it is shown, and where not. */
import { clock, figuresOf, formatLine, startLive, type Figures } from '../../src/cli/live.ts';
import type { Task } from '../../src/cli/io.ts';
import { globalOptions, addGlobalOptions, type GlobalOptions } from '../../src/cli/options.ts';
import { createOutput } from '../../src/cli/output.ts';
import { Client, TransferMonitor } from '../../src/index.ts';
import { Command } from 'commander';
import { equal, ok, test } from '../harness.ts';
import { Kept } from './cli/run-cli.ts';

/** A command at work, as far as the view looks at it. */
function taskOf(flags: readonly string[], isTTY: boolean, columns = 100): { task: Task; stderr: Kept; text: () => string } {
  const stderr = new Kept();
  stderr.isTTY = isTTY;
  stderr.columns = columns;
  const command = addGlobalOptions(new Command('cp')).parse([...flags], { from: 'user' });
  const options: GlobalOptions = globalOptions(command);
  const { json, quiet } = options;
  const out = createOutput({ name: 'anyfile cp', stdout: new Kept(), stderr, json, quiet, color: false, redact: (text) => text });
  const task = { name: 'cp', options, out, client: new Client(), io: { stderr, isTTY } } as unknown as Task;
  return { task, stderr, text: () => new TextDecoder().decode(stderr.bytes) };
}

const until = async (check: () => boolean): Promise<void> => {
  while (!check()) await new Promise((resolve) => setTimeout(resolve, 2));
};

test('the line: as much as fits, the most telling first', () => {
  const texts = ['3/9 files', '1.00 MiB of 3.00 MiB', '1.00 MiB/s', 'ETA 0:02', '1 failed', '2 in flight', 'dir/name'];
  const wide = formatLine(1 / 3, texts, 200);
  equal(wide, ` ${'#'.repeat(13)}${'.'.repeat(27)}  33% | ${texts.join(' | ')}`);
  for (let columns = 10; columns < 160; columns++) {
    const line = formatLine(0.5, texts, columns);
    ok(line.length < columns && line.includes('50%'), `${columns}: ${line}`);
  }
  equal([clock(0), clock(61), clock(3661), clock(-1)], ['0:00', '1:01', '1:01:01', '0:00']);
});

test('on a terminal: files, sizes, failures, what is in flight; and the cursor is back', async () => {
  const monitor = new TransferMonitor();
  const { task, text } = taskOf([], true, 160);
  const live = await startLive(task, { totalFiles: 4, totalBytes: 4000, figures: () => figuresOf(monitor) });
  const [a, b] = ['a', 'b', 'bad\u001b[2Jname'].map((path) => monitor.startIo({ path, direction: 'upload' }));
  monitor.endIo(a!, 1000);
  monitor.endError(b!, new Error('x'));
  await until(() => {
    live.show();
    return /25% \| 2\/4 files \| 1000 bytes of 3\.91 KiB \| .*1 failed \| 1 in flight \| bad\?\[2Jname/.test(text());
  });
  live.stop();
  ok(!text().includes('\u001b[2J'), 'a name is shown, not obeyed');
  ok(!/\u001b\[\d*;?3\dm/.test(text()), 'no colours');
  ok(text().includes('\u001b[?25h'), 'the cursor');
});

test('without a terminal: a line now and then, where it was asked for, as a record with --json', async () => {
  const figures: Figures = { doneFiles: 1, doneBytes: 2048, failedFiles: 1, inFlight: 2 };
  const options = { totalFiles: 3, totalBytes: 4096, figures: () => figures, everyMs: 1 };
  const plain = taskOf(['--progress'], false);
  const live = await startLive(plain.task, options);
  await until(() => plain.text().split('\n').length > 2);
  live.stop();
  ok(/^anyfile cp: 1\/3 files, 2\.00 KiB of 4\.00 KiB, \d.*\/s, 1 failed, 2 in flight\n/.test(plain.text()), plain.text());
  const json = taskOf(['--progress', '--json'], false);
  const records = await startLive(json.task, options);
  await until(() => json.text().includes('\n'));
  records.stop();
  const { operation, progress } = JSON.parse(json.text().split('\n')[0]!) as { operation: string; progress: Record<string, number> };
  equal([operation, progress['doneFiles'], progress['totalBytes'], progress['inFlight']], ['cp', 1, 4096, 2]);
});

test('shown nowhere else', async () => {
  const figures = (): Figures => ({ doneFiles: 0, doneBytes: 0, failedFiles: 0 });
  for (const [flags, isTTY, totalFiles] of [
    [[], false, 3],
    [['--no-progress'], true, 3],
    [['--quiet'], true, 3],
    [['--quiet', '--progress'], false, 3],
    [[], true, 0],
  ] as const) {
    const { task, text } = taskOf(flags, isTTY);
    const live = await startLive(task, { totalFiles, totalBytes: 1, figures, everyMs: 1 });
    live.show();
    await new Promise((resolve) => setTimeout(resolve, 20));
    live.stop();
    equal(text(), '', `${flags.join()} ${isTTY} ${totalFiles}`);
  }
});
