/** Names, levels and errors of encodings against what cloud-files 6.3.1 was recorded to do. */
import { compress, decompress, transcode, type EncodingOption } from '../../src/codecs.ts';
import { encodingOfHeader, encodingOfName, parseEncoding, suffixes, withoutSuffix, type Encoding } from '../../src/encoding/names.ts';
import { equal, ok, rejects, sameBytes, test } from '../harness.ts';
import { blob, utf8 } from './cloudfiles-places.ts';
import table from './cloudfiles/compression.json' with { type: 'json' };

/** Options as Python printed them. */
const option = (printed: string): EncodingOption =>
  ({ None: null, False: false, True: true, 0: 0, 1: 1 })[printed] !== undefined || printed === 'None'
    ? ({ None: null, False: false, True: true, 0: 0, 1: 1 } as Record<string, EncodingOption>)[printed]
    : (printed.slice(1, -1) as EncodingOption);

const code = (error: unknown): string | undefined => (error as { code?: string }).code;

test('compression.json: accepted names', async () => {
  for (const [printed, row] of Object.entries(table.accepted_values)) {
    const given = option(printed);
    // where a suffix is chosen names are taken as they are written
    if (typeof row.file_extension === 'string') {
      const encoding = parseEncoding(given);
      equal(encoding ? suffixes[encoding] : '', row.file_extension, printed);
    } else await rejects(() => parseEncoding(given), 'InvalidArgument');
    // where bytes are packed in any case of letters
    const got = await compress(utf8('x'), given).then(() => 'ok', code);
    equal(got, row.compress === 'ok' ? 'ok' : 'InvalidArgument', printed);
  }
  equal(await compress(utf8('x'), 'none'), utf8('x'));
  for (const wrong of ['constructor', '__proto__', 'toString', 'x-gzip', ' gzip', 7, {}])
    await rejects(() => parseEncoding(wrong as never), 'InvalidArgument');
});

test('compression.json: errors of decoding', async () => {
  for (const encoding of Object.keys(table.decompress_errors) as Encoding[]) {
    await rejects(decompress(new Uint8Array(), encoding), 'DecompressionError');
    await rejects(decompress(utf8('plain text'), encoding), 'DecompressionError');
  }
  await rejects(decompress(utf8('x'), 'snappy' as never), 'InvalidArgument');
  equal(await decompress(new Uint8Array(), 'none'), new Uint8Array());
});

test('compression.json: files of every encoding', async () => {
  for (const { content, encoding, file } of table.blobs) {
    const name = parseEncoding(encoding as EncodingOption)!;
    sameBytes(await decompress(blob(file), name), blob(`${content}.raw`), file);
    sameBytes(await decompress(await compress(blob(`${content}.raw`), name), name), blob(`${content}.raw`), `${file}, there and back`);
  }
});

test('compression.json: levels of every encoding', async () => {
  const plain = blob('binary.raw');
  for (const [encoding, sizes] of Object.entries(table.sizes_by_level_of_binary_blob)) {
    for (const [level, want] of Object.entries(sizes)) {
      const packing = compress(plain, encoding as Encoding, level === 'None' ? {} : { level: Number(level) });
      if (typeof want !== 'number') await rejects(packing, 'InvalidArgument');
      else {
        const packed = await packing;
        // other versions of the libraries, and a checksum with zstd: about the same size, stored where it is stored
        ok(packed.length <= want * 1.1 + 8, `${encoding} ${level}: ${packed.length} bytes, recorded ${want}`);
        equal(packed.length < plain.length, want < plain.length, `${encoding} ${level}`);
        sameBytes(await decompress(packed, encoding as Encoding), plain);
      }
    }
  }
});

test('compression.json: from one encoding to another', async () => {
  const plain = utf8('text that goes from one encoding to another '.repeat(9));
  for (const { from, to, raw, unchanged } of table.transcode) {
    // what is not raw there was decoded before: anyfile's takes stored bytes
    if (!raw) continue;
    const stored = await compress(plain, from as EncodingOption);
    const out = await transcode(stored, from as EncodingOption, to as EncodingOption);
    equal(out === stored, unchanged, `${from} to ${to}`);
    sameBytes(await decompress(out, to as EncodingOption), plain, `${from} to ${to}`);
  }
});

test('names: suffixes and headers', async () => {
  const list: [string, Encoding | null, string][] = [
    ['a.gz', 'gzip', 'a'],
    ['a.br', 'br', 'a'],
    ['a.zstd', 'zstd', 'a'],
    ['a.xz', 'xz', 'a'],
    ['a.bz2', 'bz2', 'a'],
    ['a.gz.br', 'br', 'a.gz'],
    ['a.zst', null, 'a.zst'],
    ['a.GZ', null, 'a.GZ'],
    ['gz', null, 'gz'],
    ['dir.gz/a', null, 'dir.gz/a'],
    ['a', null, 'a'],
  ];
  for (const [name, encoding, bare] of list) equal([encodingOfName(name), withoutSuffix(name)], [encoding, bare], name);
  const headers: [string | undefined, Encoding | null][] = [
    [undefined, null],
    ['', null],
    ['identity', null],
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    [' x-gzip ', 'gzip'],
    ['br', 'br'],
    ['zstd', 'zstd'],
    ['bz2', 'bz2'],
    ['bzip2', 'bz2'],
    ['xz', 'xz'],
  ];
  for (const [header, encoding] of headers) equal(encodingOfHeader(header), encoding, String(header));
  for (const wrong of ['snappy', 'constructor', 'gzip, br']) await rejects(() => encodingOfHeader(wrong), 'DecompressionError');
});
