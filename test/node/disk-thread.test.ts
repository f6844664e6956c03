/** Small files that are given away: where Node may have threads, one of its own writes them once many come one after another. */
import * as fs from 'node:fs';
import { createFileStore } from '../../src/store/file.ts';
import { once } from '../../src/util/streams.ts';
import { env } from '../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../harness.ts';
import { within } from './disk-folder.ts';

const given = { durable: false, giveAway: true } as const;
const hasThread = (): boolean => env().engine.startsWith('node');
const filled = (size: number, value: number): Uint8Array<ArrayBuffer> => new Uint8Array(size).fill(value);

test('files that are given away one after another are whole, as old as they say, and their versions are told', () =>
  within(async (root, disk) => {
    const sizes = [0, 1, 70_000, 0x100000, 0x300000];
    const files = Array.from({ length: 120 }, (_, i) => ({ path: `${root}/d${i % 7}/${i}`, bytes: filled(sizes[i % 5]!, i) }));
    const stats = await Promise.all(files.map(({ path, bytes }) => disk.write(path, once(bytes), given)));
    for (const [i, { path }] of files.entries()) {
      sameBytes(fs.readFileSync(path), filled(sizes[i % 5]!, i));
      const { kind, sizeBytes, mtimeMs, version } = (await disk.stat(path))!;
      const told = stats[i]!;
      equal([told.kind, told.sizeBytes, told.mtimeMs, told.version], [kind, sizeBytes, mtimeMs, version]);
      ok(Math.abs(mtimeMs - Date.now()) < 60_000);
    }
    equal(new Set(stats.map(({ version }) => version)).size, files.length);
    equal(files[119]!.bytes.length, hasThread() ? 0 : 0x300000, 'the last ones were given to another thread');
    equal(fs.readdirSync(`${root}/d0`).length, 18, 'nothing else stays');
  }));

test('another thread replaces with the permissions that were there, and tells what the system refuses', () =>
  within(async (root, disk) => {
    fs.mkdirSync(`${root}/folder`);
    fs.writeFileSync(`${root}/old`, 'old');
    fs.chmodSync(`${root}/old`, 0o640);
    const row = Array.from({ length: 80 }, (_, i) => disk.write(`${root}/row/${i}`, once(filled(9, i)), given));
    const refused = [`${root}/folder`, `${root}/old/below`].map((path) =>
      disk.write(path, once(filled(9, 1)), given).then(() => '', errorCode),
    );
    const replaced = disk.write(`${root}/old`, once(filled(3, 120)), given);
    await Promise.all(row);
    await replaced;
    equal(await Promise.all(refused), ['AlreadyExists', 'AlreadyExists']);
    equal([fs.readFileSync(`${root}/old`, 'utf8'), fs.statSync(`${root}/old`).mode & 0o777], ['xxx', 0o640]);
    equal(fs.readdirSync(root).sort(), ['folder', 'old', 'row']);
    equal(fs.readdirSync(`${root}/row`).length, 80);
  }));

const errorCode = (error: { code?: unknown }): unknown => error.code;

test('a view of a larger buffer is not given away, nor is what the caller keeps; a condition is asked as always', () =>
  within(async (root) => {
    const store = createFileStore({ root });
    const large = filled(100 * 16, 5);
    const kept = Array.from({ length: 100 }, () => filled(16, 6));
    await Promise.all(kept.map((bytes, i) => store.put(`kept/${i}`, bytes, { durable: false })));
    await Promise.all(kept.map((_, i) => store.put(`view/${i}`, large.subarray(i * 16, (i + 1) * 16), given)));
    equal([large.length, kept.every(({ length }) => length === 16)], [1600, true]);
    for (let i = 0; i < 100; i++) {
      sameBytes(fs.readFileSync(`${root}/kept/${i}`), filled(16, 6));
      sameBytes(fs.readFileSync(`${root}/view/${i}`), filled(16, 5));
    }
    await rejects(store.put('kept/7', filled(3, 1), { ...given, ifAbsent: true }), 'PreconditionFailed');
    await rejects(store.put('short', filled(3, 1), { ...given, sizeBytes: 4 }), 'InvalidArgument');
    const reason = new Error('enough');
    await rejects(store.put('late', filled(3, 1), { ...given, signal: AbortSignal.abort(reason) }), (error) => error === reason);
    sameBytes(fs.readFileSync(`${root}/kept/7`), filled(16, 6));
    equal(fs.readdirSync(root).sort(), ['kept', 'view']);
  }));

test('a buffer that is given away as a whole comes back when its file is there, and not when it was refused', () =>
  within(async (root, disk) => {
    fs.mkdirSync(`${root}/folder`);
    const bodies = Array.from({ length: 120 }, (_, i) => {
      const bytes = new Uint8Array(new ArrayBuffer(2000), 0, 1000 + i);
      return bytes.fill(i);
    });
    const spares: Uint8Array<ArrayBuffer>[] = [];
    const write = async (path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
      const giveAway = (spare: Uint8Array<ArrayBuffer>): void => {
        sameBytes(fs.readFileSync(path), spare);
        spares.push(spare);
      };
      await disk.write(path, once(bytes), { durable: false, giveAway });
    };
    await Promise.all(bodies.map((bytes, i) => write(`${root}/${i}`, bytes)));
    // the other thread gives all of them back; what is written elsewhere need not come back
    ok(spares.length <= 120 && spares.length >= (hasThread() ? 56 : 0), `${spares.length} came back`);
    equal(new Set(spares.map(({ buffer }) => buffer)).size, spares.length);
    ok(spares.every(({ length, buffer, byteOffset }) => buffer.byteLength === 2000 && byteOffset === 0 && length >= 1000));
    equal(bodies.at(-1)!.length, hasThread() ? 0 : 1119, 'the last ones were given to another thread');
    const before = spares.length;
    await rejects(write(`${root}/folder`, new Uint8Array(10)), 'AlreadyExists');
    equal(spares.length, before);
  }));

test('of many writes to one path one stays, whole, and its version was told', () =>
  within(async (root, disk) => {
    const writes = Array.from({ length: 200 }, (_, i) => disk.write(`${root}/${i % 2}`, once(filled(1000, i)), given));
    const stats = await Promise.all(writes);
    for (const n of [0, 1]) {
      const bytes = fs.readFileSync(`${root}/${n}`);
      const last = bytes[0]!;
      equal(last % 2, n);
      sameBytes(bytes, filled(1000, last));
      equal((await disk.stat(`${root}/${n}`))?.version, stats[last]!.version);
    }
    equal(fs.readdirSync(root).sort(), ['0', '1']);
  }));
