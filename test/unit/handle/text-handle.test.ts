import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';
import { createRig } from './rig.ts';

const all = async <T>(lines: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const line of lines) found.push(line);
  return found;
};

// What Python 3.11 gives for these bytes.
test('text handle: line ends as they are read', async () => {
  const rig = await createRig('a\r\nb\rc\n\r\nd');
  const want: [string | null, string[]][] = [
    [null, ['a\n', 'b\n', 'c\n', '\n', 'd']],
    ['', ['a\r\n', 'b\r', 'c\n', '\r\n', 'd']],
    ['\n', ['a\r\n', 'b\rc\n', '\r\n', 'd']],
    ['\r', ['a\r', '\nb\r', 'c\n\r', '\nd']],
    ['\r\n', ['a\r\n', 'b\rc\n\r\n', 'd']],
  ];
  for (const [newline, lines] of want) {
    const file = await rig.open('r', { newline });
    equal(await all(file), lines, JSON.stringify(newline));
    equal([await file.readLine(), await file.read()], ['', '']);
    await file.seek(0);
    equal([await file.readLine(), await all(file.lines())], [lines[0], lines.slice(1)]);
    await file.close();
  }
  const binary = await rig.open('rb');
  equal(
    (await all(binary)).map((line) => String.fromCharCode(...line)),
    ['a\r\n', 'b\rc\n', '\r\n', 'd'],
  );
  await binary.seek(1);
  equal([await binary.readText(), await binary.tell()], ['\r\nb\rc\n\r\nd', 10]);
});

test('text handle: line ends as they are written', async () => {
  for (const [newline, want] of [
    [null, 'x\ny\r\nz\rw'],
    ['', 'x\ny\r\nz\rw'],
    ['\n', 'x\ny\r\nz\rw'],
    ['\r', 'x\ry\r\rz\rw'],
    ['\r\n', 'x\r\ny\r\r\nz\rw'],
  ] as const) {
    const rig = await createRig();
    const file = await rig.open('w', { newline });
    equal([await file.write('x\ny\r\nz\rw'), await file.tell()], [8, want.length]);
    await file.close();
    equal(await rig.raw(), want, JSON.stringify(newline));
  }
});

test('text handle: marks of encodings', async () => {
  const u16 = (text: string): string => [...text].map((char) => `${char}\0`).join('');
  for (const [encoding, mark, of] of [
    ['utf-16', '\xff\xfe', u16],
    ['utf-8-sig', '\xef\xbb\xbf', String],
    ['utf-16-le', '', u16],
  ] as const) {
    const rig = await createRig();
    const write = async (mode: string, text: string): Promise<string | null> => {
      const file = await rig.open(mode, { encoding });
      await file.write(text);
      await file.close();
      return rig.raw();
    };
    equal(await write('a', ''), '', 'nothing for no text');
    equal(await write('a', 'a'), mark + of('a'));
    equal(await write('a', 'b'), mark + of('ab'), 'one mark alone');
    equal(await write('r+', 'z'), mark + of('zb'));
    const file = await rig.open('r+', { encoding });
    equal([await file.tell(), await file.read(), await file.write('c'), await file.seek(0), await file.read(2)], [0, 'zb', 1, 0, 'zb']);
    const place = await file.tell();
    equal([place, await file.read(), await file.seek(place), await file.read()], [(mark + of('zb')).length, 'c', place, 'c']);
    await file.close();
    equal(await rig.raw(), mark + of('zbc'));
    const again = await rig.open('w+', { encoding });
    await again.write('abc');
    await again.seek(0);
    equal(await again.read(), 'abc');
    await again.truncate(0);
    await again.seek(0);
    await again.write('q');
    await again.close();
    equal(await rig.raw(), mark + of('q'));
  }
});

test('text handle: big endian stays so', async () => {
  const rig = await createRig(new Uint8Array([0xfe, 0xff, 0, 0x61]));
  const file = await rig.open('a+', { encoding: 'utf-16' });
  await file.write('b');
  await file.seek(0);
  equal(await file.read(), 'ab');
  await file.seek(0);
  await file.close();
  sameBytes(await rig.bytes(), new Uint8Array([0xfe, 0xff, 0, 0x61, 0, 0x62]));
});

test('text handle: places in a large text, with every kind of character and line end', async () => {
  const line = 'aü€😀\r\n';
  const text = line.repeat(20_000);
  const rig = await createRig(text);
  for (const newline of [null, ''] as const) {
    const file = await rig.open('r', { newline });
    const places: number[] = [];
    for (let i = 0; i < 20_000; i++) {
      if (i % 997 === 0) places.push(await file.tell());
      equal(await file.readLine(), newline === null ? 'aü€😀\n' : line);
    }
    equal(places.slice(0, 3), [0, 12 * 997, 12 * 1994]);
    for (const place of places.toReversed()) {
      equal([await file.seek(place), await file.read(3), await file.tell()], [place, 'aü€', place + 6]);
      equal([await file.read(1), await file.tell(), await file.read(1)], ['😀', place + 10, newline === null ? '\n' : '\r']);
      equal(await file.tell(), place + (newline === null ? 12 : 11));
    }
    await file.seek(0);
    equal((await file.readText()).length, text.length - (newline === null ? 20_000 : 0));
    await file.close();
  }
});

test('text handle: text is written where it was read up to', async () => {
  const rig = await createRig('ünö\nzwei\ndrei\n');
  const file = await rig.open('r+');
  equal(await file.readLine(), 'ünö\n');
  await file.write('ZWEI');
  equal(await file.readLine(), '\n');
  await file.truncate();
  await file.close();
  equal(new TextDecoder().decode(await rig.bytes()), 'ünö\nZWEI\n');
});

test('text handle: text that is none', async () => {
  const long = new Uint8Array(100_000).fill(97);
  long[99_990] = 0xff;
  const rig = await createRig(long);
  const file = await rig.open('r');
  equal((await file.read(60_000)).length, 60_000);
  const error = await rejects(file.read(), 'InvalidArgument');
  ok(error.message.includes('99990'), error.message);
  await file.close();
  const ascii = await rig.open('r', { encoding: 'latin-1' });
  equal((await ascii.read()).charCodeAt(99_990), 0xff);
  const writer = await rig.open('w', { encoding: 'ascii', newline: '\r\n' });
  ok((await rejects(writer.write('a\n\né'), 'InvalidArgument')).message.startsWith('character 3 '), 'counted in what was given');
  await writer.abort();
});

test('text handle: an unfinished character at the end', async () => {
  const rig = await createRig(new Uint8Array([0x61, 0xe2, 0x82]));
  const file = await rig.open('r');
  ok((await rejects(file.read(), 'InvalidArgument')).message.includes('byte at 1 '), 'its beginning is told');
});
