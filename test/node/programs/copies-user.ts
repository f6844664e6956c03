/**
 * Reads and appends to objects by copies in one folder until its input ends: copies-user OPTIONS, a JSON of {@link CopiesUse}. Prints a line
 * `ok KEY LINE` for every line that is in the cloud, a line `wrong …` for everything that must not be, and its counts at the end.
 */
import process from 'node:process';
import { createCopies } from '../../../src/cloudpath/copies/copies.ts';
import type { CloudObject } from '../../../src/cloudpath/copies/types.ts';
import { withHandle } from '../../../src/handle/with-handle.ts';
import { Client } from '../../../src/index.ts';
import { editedKeys, lineOf, sharedObjects, tornLine, type CopiesUse } from '../copies-shared.ts';

const { folder, url, options, id } = JSON.parse(process.argv[2] ?? '') as CopiesUse;
const client = new Client(options);
const store = client.store(url);
const copies = createCopies({ cache: { mode: 'persistent', dir: folder }, env: () => undefined });
const namespace = async (): Promise<string> => '0123456789abcdef';
const object = (key: string): CloudObject => ({ url: `${url}/${key}`, bucket: 'bkt', key, store, namespace });

const count: Record<string, number> = {};
const seen = (what: string): void => void (count[what] = (count[what] ?? 0) + 1);
const pick = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)]!;
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : String(error));

async function read(key: string, force = false): Promise<void> {
  const text = await withHandle(await copies.open(object(key), 'r', { forceOverwriteFromCloud: force }), (file) => file.readText());
  const torn = tornLine(text);
  if (torn !== undefined) console.log(`wrong torn ${key} ${torn.slice(0, 99)}`);
  seen('reads');
}

let lines = 0;
async function append(key: string): Promise<void> {
  const line = lineOf(id, ++lines);
  await withHandle(await copies.open(object(key), Math.random() < 0.5 ? 'a' : 'r+'), async (file) => {
    await file.seek(0, 'end');
    await file.write(line);
  });
  console.log(`ok ${key} ${line.trim()}`);
  seen('appends');
}

async function step(): Promise<void> {
  const chance = Math.random();
  if (chance < 0.05) {
    await copies.clear({ prefix: `${url}/${pick([...sharedObjects, ...editedKeys])}` });
    return seen('clears');
  }
  if (chance < 0.15) {
    await copies.open(object(pick(editedKeys)), pick(['r', 'a', 'w', 'r+'] as const)).then(
      async (file) => {
        console.log('wrong an edited copy was opened');
        await file.abort();
      },
      (error: unknown) => {
        if (nameOf(error) !== 'OverwriteNewerLocalError') throw error;
      },
    );
    return seen('refusals');
  }
  const key = pick(sharedObjects);
  const own = object(key);
  try {
    await (chance < 0.6 ? read(key) : append(key));
  } catch (error) {
    const name = nameOf(error);
    if (!name.startsWith('Overwrite')) throw error;
    seen(name);
    // One's own line was refused, or somebody died with one.
    if (name === 'OverwriteNewerCloudError' || Math.random() < 0.1) await read(key, true);
  }
  await copies.release(own);
}

let over = false;
process.stdin.once('end', () => (over = true)).resume();
console.log('begun');
while (!over) {
  try {
    await step();
  } catch (error) {
    const { code = '', stack = '' } = error as { code?: string; stack?: string };
    if (!nameOf(error).startsWith('Overwrite')) console.log(`wrong ${nameOf(error)} ${code} ${stack.replace(/\s+/g, ' ')}`);
  }
  await new Promise((resolve) => void setImmediate(resolve));
}
await copies.close();
await client.close();
console.log(JSON.stringify(count));
