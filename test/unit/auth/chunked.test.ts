import fc from 'fast-check';
import { chunkedLength, signChunked, type ChunkTrailer } from '../../../src/auth/aws/chunked.ts';
import { createAwsSigner } from '../../../src/auth/aws/sigv4.ts';
import { crc32c } from '../../../src/util/crc.ts';
import type { HttpRequest, StreamBody } from '../../../src/types.ts';
import { toBase64 } from '../../../src/util/base64.ts';
import { sha256Hex } from '../../../src/util/sha256.ts';
import { env, need, uniqueName, type S3Server } from '../../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';

const crcTrailer: ChunkTrailer = {
  name: 'x-amz-checksum-crc32c',
  valueLength: 8,
  create() {
    let crc = 0;
    return {
      update: (bytes) => void (crc = crc32c(bytes, crc)),
      digest: () => toBase64(Uint8Array.of(crc >>> 24, crc >>> 16, crc >>> 8, crc)),
    };
  },
};

const pattern = (size: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length: size }, (_, i) => i * 31 + (i >> 8) * 7);

/** The bytes in pieces of these sizes, the last one over and over. */
function stream(bytes: Uint8Array, sizes: number[]): StreamBody {
  return {
    replayable: true,
    async *open() {
      for (let at = 0, i = 0; at < bytes.length; i++) yield bytes.subarray(at, (at += sizes[Math.min(i, sizes.length - 1)] ?? 1));
    },
  };
}

async function gather(body: StreamBody): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body.open()) {
    pieces.push(piece.slice());
    size += piece.length;
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

const keys = { accessKeyId: 'AK', secretAccessKey: crypto.randomUUID() };
const date = new Date('2024-05-06T07:08:09Z');
const signer = createAwsSigner(keys, { region: 'us-east-1' });
const put = (body: StreamBody, headers: Record<string, string> = {}): HttpRequest & { body: StreamBody } => ({
  method: 'PUT',
  url: 'https://h.example/b/k',
  headers,
  body,
});

test('chunked: the length that is promised is the length that comes, however the body is cut', async () => {
  const sizes = fc.oneof(fc.nat(40_000), fc.constantFrom(0, 1, 8191, 8192, 8193, 16_384, 24_576, 65_536, 65_537));
  const property = fc.asyncProperty(
    sizes,
    fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 5 }),
    fc.constantFrom(8192, 9000, 65_536),
    fc.boolean(),
    async (size, cuts, chunkBytes, withTrailer) => {
      const bytes = pattern(size);
      const trailer = withTrailer ? crcTrailer : undefined;
      const { body } = signChunked(put(stream(bytes, cuts)), { signer, date, sizeBytes: size, chunkBytes, trailer });
      const encoded = await gather(body);
      equal(encoded.length, body.sizeBytes);
      equal(encoded.length, chunkedLength(size, chunkBytes, trailer));
      sameBytes(encoded, await gather(body), 'the same bytes again');
      // Take the frames off: what is left is the body.
      const text = new TextDecoder('latin1').decode(encoded);
      const plain: Uint8Array[] = [];
      let at = 0;
      for (;;) {
        const line = text.slice(at, text.indexOf('\r\n', at));
        ok(/^[\da-f]+;chunk-signature=[\da-f]{64}$/.test(line), 'a chunk line');
        const length = parseInt(line, 16);
        at += line.length + 2;
        if (!length) break;
        ok(length === chunkBytes || length === size % chunkBytes, 'full chunks but for the last');
        plain.push(encoded.subarray(at, at + length));
        equal(text.slice(at + length, (at += length + 2)), '\r\n');
      }
      sameBytes(Uint8Array.from(plain.flatMap((piece) => [...piece])), bytes);
    },
  );
  await fc.assert(property, { seed: env().seed, numRuns: 40 });
});

test('chunked: headers say what comes, and keep an encoding of the content', () => {
  const { headers } = signChunked(put(stream(pattern(9), [9]), { 'content-encoding': 'gzip', 'x-amz-meta-a': '1' }), {
    signer,
    date,
    sizeBytes: 9,
    trailer: crcTrailer,
  });
  equal(headers['content-encoding'], 'aws-chunked,gzip');
  equal(headers['x-amz-decoded-content-length'], '9');
  equal(headers['x-amz-content-sha256'], 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER');
  equal(headers['x-amz-trailer'], 'x-amz-checksum-crc32c');
  ok(headers['authorization']!.includes('x-amz-decoded-content-length;x-amz-meta-a;x-amz-trailer'), 'all of it signed');
});

test('chunked: a body that is longer or shorter than promised is an error', async () => {
  for (const sizeBytes of [9, 11, 0, 8192]) {
    await rejects(gather(signChunked(put(stream(pattern(10), [3])), { signer, date, sizeBytes }).body), 'Truncated');
  }
  for (const sizeBytes of [-1, NaN, 1.5, Infinity])
    await rejects(() => signChunked(put(stream(pattern(1), [1])), { signer, date, sizeBytes }), 'InvalidArgument');
  await rejects(() => signChunked(put(stream(pattern(1), [1])), { signer, date, sizeBytes: 1, chunkBytes: 100 }), 'InvalidArgument');
  await rejects(
    gather(signChunked(put(stream(pattern(1), [1])), { signer, date, sizeBytes: 1, trailer: { ...crcTrailer, valueLength: 9 } }).body),
    'InvalidArgument',
  );
  const broken: StreamBody = {
    replayable: false,
    async *open() {
      yield pattern(3);
      throw new Error('disk');
    },
  };
  await rejects(gather(signChunked(put(broken), { signer, date, sizeBytes: 10 }).body), (error) => error.message === 'disk');
});

interface Sent {
  url: string;
  status: number;
}

/** Puts a chunked body as one array: pages can send no stream. */
async function send(
  server: S3Server,
  bytes: Uint8Array,
  trailer: ChunkTrailer | undefined,
  spoil: (encoded: Uint8Array) => void = () => {},
): Promise<Sent> {
  const own = createAwsSigner(server, { region: server.region });
  const url = `${server.endpoint}/${server.bucket}/${uniqueName('chunked')}`;
  const request: HttpRequest & { body: StreamBody } = {
    method: 'PUT',
    url,
    headers: { 'content-type': 'application/octet-stream' },
    body: stream(bytes, [1000, 70_000]),
  };
  const signed = signChunked(request, { signer: own, date: new Date(), sizeBytes: bytes.length, chunkBytes: 16_384, trailer });
  const encoded = await gather(signed.body);
  spoil(encoded);
  const response = await fetch(url, { method: 'PUT', headers: signed.headers, body: encoded });
  await response.text();
  return { url, status: response.status };
}

async function stored(server: S3Server, url: string): Promise<Uint8Array> {
  const { headers } = createAwsSigner(server, { region: server.region }).signHeaders({ method: 'GET', url, headers: {} }, new Date());
  const response = await fetch(url, { headers });
  equal(response.status, 200);
  return new Uint8Array(await response.arrayBuffer());
}

for (const name of ['versitygw', 'minio'] as const) {
  test(`chunked: ${name} takes what is signed and refuses one flipped bit`, async () => {
    const server = need(name);
    for (const size of [0, 5, 16_384, 50_000]) {
      for (const trailer of [undefined, crcTrailer]) {
        const bytes = pattern(size);
        const sent = await send(server, bytes, trailer);
        equal(sent.status, 200, `${size} bytes${trailer ? ', trailer' : ''}`);
        equal(sha256Hex(await stored(server, sent.url)), sha256Hex(bytes));
      }
    }
    const flips: [string, (encoded: Uint8Array) => number][] = [
      ['the first chunk', () => 200],
      ['the last chunk', () => 49_000],
      ['a chunk signature', () => 30],
      ['the last signature', (encoded) => encoded.length - 10],
    ];
    for (const [what, at] of flips) {
      const { status } = await send(server, pattern(50_000), undefined, (encoded) => (encoded[at(encoded)]! ^= 1));
      ok(status >= 400 && status < 500, `${what}: refused, not ${status}`);
    }
    const { status } = await send(server, pattern(50_000), crcTrailer, (encoded) => (encoded[encoded.length - 20]! ^= 1));
    ok(status >= 400 && status < 500, `the trailer's signature: refused, not ${status}`);
    const wrong = await send({ ...server, secretAccessKey: 'wrong' }, pattern(10), undefined).catch(() => ({ status: 403 }));
    equal(wrong.status, 403, 'another secret');
  });
}
