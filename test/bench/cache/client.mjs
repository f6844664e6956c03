// One of several processes that share a folder: node client.mjs JOB; says `ready`, works from the first line of its input on, then prints its count.
import { createHash, randomFillSync } from 'node:crypto';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const { inner, folder, sizeBytes, values, ms } = JSON.parse(process.argv[2]);
const { openDiskContainer } = await import(pathToFileURL(join(inner, 'disk.js')).href);
const disk = await openDiskContainer({ folder, budgetBytes: 24 * 2 ** 20 });
const entries = Array.from({ length: values }, (_, i) => ({
  namespace: '0123456789abcdef',
  object: createHash('sha1').update(`${i}`).digest('hex'),
  part: 0,
  sizeBytes,
  // The same in all processes, and what does not compress.
  bytes: new Uint8Array(createHash('shake256', { outputLength: sizeBytes }).update(`${i}`).digest()),
}));
const random = randomFillSync(new Uint32Array(65_536));
process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
let operations = 0;
let wrong = 0;
const end = performance.now() + ms;
for (let i = 0; performance.now() < end; i = (i + 2) % random.length) {
  const entry = entries[random[i + 1] % values];
  if (random[i] % 10 < 3) await disk.putMany([entry]);
  else {
    const [found] = await disk.getMany([entry]);
    if (found && found.bytes[sizeBytes >> 1] !== entry.bytes[sizeBytes >> 1]) wrong++;
  }
  operations++;
}
await disk.close();
process.stdout.write(`${JSON.stringify({ operations, wrong })}\n`);
process.exit();
