/** What calls over files tell a monitor. */
import { dl, TransferMonitor, type IoRow } from '../../../src/index.ts';
import { equal, ok, rejects } from '../../harness.ts';
import { all, everywhere } from '../../parity/cloudfiles-places.ts';

const told = (monitor: TransferMonitor): string[] =>
  monitor
    .rows()
    .map(({ path, direction, sizeBytes, error }: IoRow) => `${direction} ${path} ${error ?? sizeBytes}`)
    .sort();

everywhere('reads, writes and transfers tell of each file, with its stored bytes', async ({ cf, client, url }) => {
  const monitor = new TransferMonitor();
  await cf.puts(
    [
      ['a', 'xyz'],
      ['b/c', 'x'.repeat(1000)],
    ],
    { monitor },
  );
  await cf.put('d', '', { monitor });
  equal(told(monitor), ['upload a 3', 'upload b/c 1000', 'upload d 0']);

  const reads = new TransferMonitor();
  await cf.get('a', { monitor: reads });
  await cf.get(['b/c', { path: 'a', start: 1, end: 2 }, 'none'], { monitor: reads });
  await all(cf.getStream(['d'], { monitor: reads }));
  await dl([`${url}/a`], { client, monitor: reads });
  equal(told(reads), ['download a 1', 'download a 3', 'download a 3', 'download b/c 1000', 'download d 0', 'download none 0']);
  equal([reads.totalBytes(), reads.inFlightCount, reads.totalErrors()], [1007, 0, 0]);

  const moves = new TransferMonitor();
  equal(await cf.transferTo(`${url}/to`, { monitor: moves, paths: ['a', 'b/c'] }), 2);
  await cf.transferFrom('mem://monitored/elsewhere', { monitor: moves, paths: ['not there'] }).then(
    () => ok(false, 'nothing is there'),
    () => undefined,
  );
  await cf.move('d', 'e', { monitor: moves });
  const direction = /^(file|opfs|mem):/.test(url) ? 'transfer' : 'upload';
  equal(told(moves), [`${direction} not there NotFound`, 'transfer a 3', 'transfer b/c 1000', 'transfer d 0'].sort());
  equal([moves.totalFiles(), moves.totalErrors()], [3, 1]);
});

everywhere('files that fail or are broken off are told as such', async ({ cf }) => {
  await cf.put('a', 'xyz');
  const monitor = new TransferMonitor();
  await rejects(
    cf.get('a', { monitor, signal: AbortSignal.abort(new TypeError('enough')) }),
    (error: unknown) => error instanceof TypeError,
  );
  await rejects(cf.put('b', 'x', { monitor, compress: 'gzip', compressionLevel: 99 }), (error: unknown) => error instanceof Error);
  const [first, second] = monitor.rows();
  equal([first?.path, first?.error, second?.path, second?.sizeBytes], ['a', 'TypeError', 'b', 0]);
  ok(second?.error);
  equal([monitor.inFlightCount, monitor.totalBytes(), monitor.totalErrors()], [0, 0, 2]);
});
