/**
 * Files for the page's views, made by the writers of their own communities; the same in each run.
 *
 * @module
 */
import { parquetWriteBuffer } from 'hyparquet-writer';
import * as zarr from 'zarrita';

const encoder = new TextEncoder();

/** zlib's format. */
async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'))).arrayBuffer());
}

/** CSV of three megabytes: numbers, quoted texts with separators and line ends, letters beyond ASCII. */
export function largeCsv(rows = 40_000): Uint8Array {
  const lines = ['id,name,value,note'];
  for (let i = 0; i < rows; i++)
    lines.push(
      `${i},"Ort ${i}, Zürich",${((i * 7919) % 10_007) / 8},"a ""quoted"" text${i % 5 === 0 ? '\nof two lines' : ''} that is long enough"`,
    );
  return encoder.encode(`${lines.join('\r\n')}\r\n`);
}

/** Parquet in row groups of 10,000. `gzip` packs its pages, which hyparquet does not unpack by itself. */
export function largeParquet({ rows = 60_000, gzip }: { rows?: number; gzip?: (bytes: Uint8Array) => Uint8Array } = {}): Uint8Array {
  const numbers = Array.from({ length: rows }, (_, i) => i);
  const noise = (i: number, seed: number): number => ((i * 2_654_435_761 + seed * 40_503) % 4_294_967_296) / 4_294_967_296;
  const columnData = [
    { name: 'id', data: numbers, type: 'INT32' as const },
    { name: 'when', data: numbers.map((i) => new Date(Date.UTC(2024, 0, 1) + i * 60_000)), type: 'TIMESTAMP' as const },
    { name: 'station', data: numbers.map((i) => `Station ${i % 50}`), type: 'STRING' as const },
    ...Array.from({ length: 7 }, (_, k) => ({ name: `channel_${k}`, data: numbers.map((i) => noise(i, k)), type: 'DOUBLE' as const })),
  ];
  const packing = gzip && { codec: 'GZIP' as const, compressors: { GZIP: gzip } };
  return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 10_000, pageSize: 65_536, ...packing }));
}

const crcTable = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

/** A chunk of a PNG. Source: Portable Network Graphics, section 5.3. */
function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(encoder.encode(type), 4);
  bytes.set(data, 8);
  let crc = 0xffffffff;
  for (const byte of bytes.subarray(4, -4)) crc = crcTable[(crc ^ byte) & 255]! ^ (crc >>> 8);
  view.setUint32(data.length + 8, (crc ^ 0xffffffff) >>> 0);
  return bytes;
}

/** A picture of some colours. */
export async function png(width: number, height: number): Promise<Uint8Array> {
  const head = new Uint8Array(13);
  new DataView(head.buffer).setUint32(0, width);
  new DataView(head.buffer).setUint32(4, height);
  head.set([8, 2], 8);
  const line = 1 + 3 * width;
  const pixels = new Uint8Array(height * line);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) pixels.set([(255 * x) / width, (255 * y) / height, 120], y * line + 1 + 3 * x);
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const parts = [signature, pngChunk('IHDR', head), pngChunk('IDAT', await deflate(pixels)), pngChunk('IEND', new Uint8Array())];
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

/** Zarr 3, written by zarrita: a cube of 16 chunks, a short and a long line. Names below the hierarchy's folder. */
export async function zarr3(): Promise<Map<string, Uint8Array>> {
  const store = new Map<string, Uint8Array>();
  const root = zarr.root(store as never);
  await zarr.create(root, { attributes: { title: 'Cube', sizes: [4, 256, 256] } });
  const cube = await zarr.create(root.resolve('/cube'), {
    dtype: 'float32',
    shape: [4, 256, 256],
    chunkShape: [1, 128, 128],
    attributes: { units: 'K' },
  });
  const values = Float32Array.from(
    { length: 4 * 256 * 256 },
    (_, i) => Math.floor(i / 65_536) * 100 + Math.sin(((i >> 8) & 255) / 40) * Math.cos((i & 255) / 40),
  );
  await zarr.set(cube, null, { data: values, shape: [4, 256, 256], stride: [65_536, 256, 1] });
  const line = async (path: `/${string}`, length: number): Promise<void> => {
    const array = await zarr.create(root.resolve(path), { dtype: 'float64', shape: [length], chunkShape: [length] });
    await zarr.set(array, null, { data: Float64Array.from({ length }, (_, i) => Math.sin(i / 30)), shape: [length], stride: [1] });
  };
  await zarr.create(root.resolve('/lines'), { attributes: {} });
  await line('/lines/short', 300);
  await line('/lines/long', 20_000);
  return new Map([...store].map(([key, bytes]) => [key.slice(1), bytes]));
}

/** Zarr 2 by hand: consolidated metadata, and an array packed by zlib. Source: the Zarr storage specification, version 2. */
export async function zarr2(): Promise<Map<string, Uint8Array>> {
  const json = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));
  const array = {
    zarr_format: 2,
    shape: [20, 30],
    chunks: [10, 30],
    dtype: '<i4',
    compressor: { id: 'zlib', level: 5 },
    fill_value: 0,
    order: 'C',
    filters: null,
  };
  const parts = { '.zgroup': { zarr_format: 2 }, '.zattrs': { title: 'Old' }, 'grid/.zarray': array, 'grid/.zattrs': { units: 'm' } };
  const files = new Map(Object.entries(parts).map(([name, value]) => [name, json(value)]));
  files.set('.zmetadata', json({ zarr_consolidated_format: 1, metadata: parts }));
  for (const row of [0, 1]) {
    const values = Int32Array.from({ length: 300 }, (_, i) => row * 300 + i);
    files.set(`grid/${row}.0`, await deflate(new Uint8Array(values.buffer)));
  }
  return files;
}
