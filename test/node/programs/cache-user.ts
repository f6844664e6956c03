/**
 * Reads and writes one folder of the cache until its input ends: cache-user FOLDER BUDGET_BYTES. Prints a line for everything that is wrong,
 * and `{ puts, hits, misses }` at the end.
 */
import process from 'node:process';
import { openDiskContainer } from '../../../src/cache/container/disk-container.ts';
import { bytesFor, isRight } from '../../conformance/cache-rig.ts';
import { sharedKeys } from '../cache-shared-keys.ts';

const [folder = '', budgetBytes = ''] = process.argv.slice(2);
const container = (await openDiskContainer({ folder, budgetBytes: Number(budgetBytes) }))!;
container.onTrouble = ({ code, name }) => console.log(`trouble ${code} ${name}`);
const count = { puts: 0, hits: 0, misses: 0 };
let over = false;
process.stdin.once('end', () => (over = true)).resume();
console.log('begun');

const pick = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)]!;
while (!over) {
  const key = pick(Math.random() < 0.1 ? sharedKeys.large : sharedKeys.small);
  const bytes = bytesFor(key);
  if (Math.random() < 0.3) {
    if ((await container.putMany([{ ...key, bytes }])) !== 1) console.log('not kept');
    count.puts++;
  } else {
    const [entry] = await container.getMany([key]);
    if (entry && !isRight(entry.bytes, bytes)) console.log('WRONG BYTES');
    count[entry ? 'hits' : 'misses']++;
  }
  // So that the end of the input is seen though everything was at once.
  await new Promise((resolve) => void setImmediate(resolve));
}
await container.close();
console.log(JSON.stringify(count));
