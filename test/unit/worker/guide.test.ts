// docs/workers.md: its programs run as they stand, and print what the page says. The worker is a port in this thread; real ones are tested by others.
import guide from '../../../docs/workers.md';
import * as anyfile from '../../../src/index.ts';
import type { ClientOptions } from '../../../src/index.ts';
import * as worker from '../../../src/worker.ts';
import { openGuide } from '../../guide-page.ts';
import { equal, ok, test } from '../../harness.ts';

const page = openGuide(guide, { anyfile, 'anyfile/worker': worker });

test('the guide says what its programs print', () => {
  ok(page.programs.length >= 4, `some programs, ${page.programs.length}`);
  for (const { name, prints } of page.programs) ok(prints, `what ${name} prints`);
  ok(page.block('file', 'worker.js').includes('serveClient();'), 'the script of the worker');
});

for (const { name, prints } of page.programs)
  test(`guide of workers: ${name}`, async () => {
    const { port1, port2 } = new MessageChannel();
    worker.serveClient(port2);
    const replace = [[`new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })`, 'OPTIONS.port']] as const;
    equal(await page.run([name], { options: { port: port1 } as ClientOptions, replace }), prints, name);
    port1.close();
    port2.close();
  });
