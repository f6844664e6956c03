// One of several that take a job's files and note them as done, without any work: node claim-side.mjs LIBRARY DATABASE. Begins when its standard
// input says so; prints how many it had.
import process from 'node:process';

const [library, path] = process.argv.slice(2);
const { createSqliteStore } = await import(library);
const store = createSqliteStore(path);
await store.open();
process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
process.stdin.pause();
let count = 0;
for (;;) {
  const lease = await store.claim(200);
  if (lease === 'done') break;
  if (lease === 'wait') await new Promise((resolve) => setTimeout(resolve, 5));
  else count += await store.finish(lease, { ok: lease.files.map(({ id }) => id), failed: [] });
}
await store.close();
process.stdout.write(`${count}\n`);
