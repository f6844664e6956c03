import { CloudError } from '../../../src/errors.ts';
import { openHandle } from '../../../src/handle/file-handle.ts';
import { withHandle } from '../../../src/handle/with-handle.ts';
import { asyncDispose } from '../../../src/util/dispose.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';
import { createRig } from './rig.ts';

test('handle: what each mode begins with, reads and writes', async () => {
  const rows: [mode: string, read: string | undefined, after: string][] = [
    ['r', 'OLD', 'OLD'],
    ['r+', 'OLD', 'OLDNEW'],
    ['w', undefined, 'NEW'],
    ['w+', '', 'NEW'],
    ['a', undefined, 'OLDNEW'],
    ['a+', '', 'OLDNEW'],
    ['x+', 'OLD', 'OLDNEW'],
  ];
  for (const [mode, read, after] of rows) {
    for (const kind of ['', 't', 'b']) {
      const rig = await createRig('OLD');
      const file = await rig.open(mode + kind);
      const new_ = kind === 'b' ? new Uint8Array([78, 69, 87]) : 'NEW';
      if (read !== undefined) equal(await (kind === 'b' ? file.readText() : file.read()), read, mode);
      if (mode !== 'r') equal(await file.write(new_), 3, mode);
      equal(await rig.raw(), 'OLD', 'nobody sees it yet');
      await file.close();
      equal(await rig.raw(), after, mode + kind);
    }
  }
});

test('handle: what a mode does not allow', async () => {
  const rig = await createRig('abc');
  const reader = await rig.open('r');
  await rejects(reader.write('x'), 'NotSupported');
  await rejects(reader.truncate(0), 'NotSupported');
  equal(await reader.read(), 'abc', 'reading goes on');
  await reader.close();
  for (const mode of ['w', 'a', 'x', 'wb'] as const) {
    const writer = await rig.open(mode);
    for (const call of [() => writer.read(), () => writer.readText(), () => writer.readLine(), () => writer.lines().next()])
      await rejects(call, 'NotSupported');
    await writer.abort();
  }
  const text = await rig.open('r+');
  for (const call of [
    () => text.write(new Uint8Array(1) as never),
    () => text.write(7 as never),
    () => text.seek(1, 'current'),
    () => text.seek(-1, 'end'),
    () => text.seek(-1),
    () => text.seek(0.5),
    () => text.seek(0, 3 as never),
    () => text.seek(0, 'toString' as never),
    () => text.truncate(-1),
    () => text.truncate(1.5),
    () => text.read(1.5),
    () => text.read('1' as never),
  ]) {
    await rejects(call, 'InvalidArgument');
  }
  await text.abort();
  const binary = await rig.open('rb+');
  await rejects(binary.write('text' as never), 'InvalidArgument');
  await rejects(binary.write([1] as never), 'InvalidArgument');
  await rejects(binary.seek(-4, 'end'), 'InvalidArgument');
  await binary.abort();
  await rejects(rig.open('r', { newline: '\n\n' }), 'InvalidArgument');
  await rejects(rig.open('rb', { newline: '\n' }), 'InvalidArgument');
  await rejects(rig.open('w', { encoding: 'windows-1252' }), 'NotSupported');
  const file = (await rig.disk.open('/folder/file'))!;
  await rejects(() => openHandle({ file }, { mode: 'w' }), 'InvalidArgument');
});

test('handle: places', async () => {
  const rig = await createRig('0123456789');
  const file = await rig.open('rb+');
  equal([await file.seek(-3, 'end'), await file.readText(), await file.tell()], [7, '789', 10]);
  equal([await file.seek(2), await file.seek(3, 1), await file.seek(-1, 'current'), await file.seek(0, 2)], [2, 5, 4, 10]);
  await file.seek(12, 0);
  equal((await file.read()).length, 0);
  await file.write(new Uint8Array([33]).buffer);
  await file.seek(8);
  equal([await file.truncate(), await file.tell(), await file.truncate(9)], [8, 8, 9]);
  sameBytes(await file.read(), new Uint8Array([0]));
  await file.seek(2);
  sameBytes(await file.read(3), new TextEncoder().encode('234'));
  sameBytes(await file.read(0), new Uint8Array());
  sameBytes(await file.read(-1), new TextEncoder().encode('567\0'));
  await file.close();
  equal(await rig.raw(), '01234567\0');
});

test('handle: append mode writes at the end, wherever it reads', async () => {
  const rig = await createRig('hello');
  const file = await rig.open('a+');
  equal([await file.tell(), await file.read()], [5, '']);
  await file.seek(0);
  equal(await file.read(2), 'he');
  await file.write('X');
  equal(await file.tell(), 6);
  await file.seek(0);
  equal(await file.read(), 'helloX');
  await file.truncate(3);
  await file.write('Y');
  await file.seek(0);
  equal(await file.read(), 'helY');
  await file.close();
  equal(await rig.raw(), 'helY');
});

test('handle: calls that nobody waits for run in their order', async () => {
  const rig = await createRig();
  const file = await rig.open('w+');
  const calls = [file.write('one\n'), file.write('twö\n'), file.seek(4), file.readLine(), file.truncate(4), file.write('!'), file.tell()];
  const closed = file.close();
  equal(file.closed, true);
  equal(await Promise.all(calls), [4, 4, 4, 'twö\n', 4, 1, 10]);
  await closed;
  equal(await rig.raw(), 'one\n\0\0\0\0\0!');
});

test('handle: after the end there is nothing but an error', async () => {
  const rig = await createRig('a');
  for (const mode of ['r', 'r+'] as const) {
    const file = await rig.open(mode);
    await Promise.all([file.close(), file.close()]);
    await file.abort();
    for (const call of [() => file.read(), () => file.write('x'), () => file.tell(), () => file.seek(0), () => file.flush()])
      await rejects(call, 'InvalidArgument');
    await file.close();
  }
  equal(await rig.raw(), 'a');
});

test('handle: how it ended is told once, after the saving', async () => {
  const rig = await createRig('old');
  const told: string[] = [];
  const about = {
    name: 'n',
    onClose: async (outcome: string) => void told.push(outcome),
    save: async (edit: { commit(): Promise<unknown> }) => {
      told.push('save');
      await edit.commit();
    },
  };
  const saved = await rig.open('w', about);
  equal([saved.name, saved.mode, saved.closed], ['n', 'w', false]);
  await saved.write('new');
  await saved.close();
  await saved.close();
  const dropped = await rig.open('w', about);
  await dropped.write('newer');
  await dropped.abort();
  const read = await rig.open('r', about);
  await read.close();
  equal([told, await rig.raw()], [['save', 'saved', 'discarded', 'saved'], 'new']);
  told.length = 0;
  const save = async (): Promise<void> => {
    throw new CloudError('no room', { code: 'QuotaExceeded' });
  };
  const failed = await rig.open('w', { ...about, save });
  await failed.write('x');
  await rejects(failed.close(), 'QuotaExceeded');
  await failed.close();
  equal([told, await rig.raw()], [['discarded'], 'new']);
});

test('handle: nothing is saved after a failed call, and close says so', async () => {
  const rig = await createRig('old');
  for (const mode of ['w+', 'r+', 'a+'] as const) {
    const file = await rig.open(mode);
    await file.write('good');
    const failure = await rejects(file.write(1 as never), 'InvalidArgument');
    const error = await rejects(file.close(), 'InvalidArgument');
    equal(error.cause === failure, true);
    await file.close();
  }
  const unheard = await rig.open('w');
  // Nobody waits for it: close is the only one to tell.
  void unheard.write('\ud800');
  await rejects(unheard.close(), 'InvalidArgument');
  const disposed = await rig.open('w');
  await rejects(disposed.read(), 'NotSupported');
  await disposed[asyncDispose]();
  equal(await rig.raw(), 'old');
  const fine = await rig.open('w');
  await fine.write('new');
  await fine[asyncDispose]();
  await fine[asyncDispose]();
  equal(await rig.raw(), 'new');
});

test('handle: a block is saved when it returns, and not when it throws', async () => {
  const rig = await createRig('old');
  equal(
    await withHandle(await rig.open('a'), async (file) => {
      await file.write('!');
      return 7;
    }),
    7,
  );
  const reason = new Error('no');
  await rejects(
    withHandle(await rig.open('w'), async (file) => {
      await file.write('lost');
      throw reason;
    }),
    (error) => error === reason,
  );
  await rejects(
    withHandle(await rig.open('w'), async (file) => void (await file.write(1 as never).catch(() => {}))),
    'InvalidArgument',
  );
  equal(await rig.raw(), 'old!');
});

test('handle: small reads and writes are few calls of the disk, and lines of a large file do not load it', async () => {
  const rig = await createRig('line\n'.repeat(100_000));
  const source = (await rig.disk.open('/folder/file'))!;
  const read: number[] = [];
  const file = openHandle(
    {
      file: {
        ...source,
        read: (start, end, o) => {
          read.push(end - start);
          return source.read(start, end, o);
        },
        close: async () => {},
      },
    },
    { mode: 'r' },
  );
  for (let i = 0; i < 10_000; i++) equal(await file.readLine(), 'line\n');
  ok(read.length === 1 && read[0]! <= 0x10000, `${read.join()} bytes read`);
  const edit = await rig.disk.edit('/folder/new', { from: 'empty' });
  const written: number[] = [];
  const counted = {
    ...edit,
    get sizeBytes() {
      return edit.sizeBytes;
    },
    write: (at: number, bytes: Uint8Array) => {
      written.push(bytes.length);
      return edit.write(at, bytes);
    },
  };
  const writer = openHandle({ edit: counted }, { mode: 'wb' });
  for (let i = 0; i < 30_000; i++) await writer.write(new Uint8Array(5));
  await writer.write(new Uint8Array(200_000));
  await writer.close();
  ok(written.length === 4, `written ${written.join()}`);
  equal((await rig.disk.stat('/folder/new'))!.sizeBytes, 350_000);
});
