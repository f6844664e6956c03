/**
 * Bodies in chunks that are signed while they are sent. Source: "Signature Calculations for the Authorization Header: Transferring Payload in
 * Multiple Chunks" of the Amazon S3 API reference, with and without trailers.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { S3Error } from './errors.ts';
import { sameSignature, signatureMismatch, type Verified } from './verify.ts';

const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const longestLine = 16_384;

/** For a body that ends too early, or not where it should. */
export const incompleteBody = (): S3Error => new S3Error(400, 'IncompleteBody', 'The body is not what its headers say');
const malformedTrailer = (): S3Error => new S3Error(400, 'MalformedTrailerError', 'The trailer is not what x-amz-trailer says');

/** Bytes and lines from one body. */
class Reader {
  #left: Uint8Array = new Uint8Array();
  readonly #source: AsyncIterator<Uint8Array>;

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#source = body[Symbol.asyncIterator]();
  }

  async #more(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done) return false;
    this.#left = this.#left.length > 0 ? Buffer.concat([this.#left, next.value]) : next.value;
    return true;
  }

  /** Give the rest up. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  /** A line without its end; undefined at the end of the body. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = Buffer.from(this.#left.buffer, this.#left.byteOffset, this.#left.length).indexOf('\n');
      if (end >= 0) {
        const text = Buffer.from(this.#left.subarray(0, end)).toString('latin1').replace(/\r$/, '');
        this.#left = this.#left.subarray(end + 1);
        return text;
      }
      if (this.#left.length > longestLine) throw incompleteBody();
      if (!(await this.#more())) {
        if (this.#left.length > 0) throw incompleteBody();
        return undefined;
      }
    }
  }

  /** So many bytes, as they come. */
  async *take(count: number): AsyncGenerator<Uint8Array, void, undefined> {
    for (let left = count; left > 0;) {
      if (this.#left.length === 0 && !(await this.#more())) throw incompleteBody();
      const part = this.#left.subarray(0, left);
      this.#left = this.#left.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }
}

/** Signatures of chunks, each going on from the one before. */
function chain({ signer, date, signature }: Verified): (kind: string, hashes: string, given: string | undefined) => void {
  const place = `${date.toISOString().replace(/[-:]|\.\d+/g, '')}\n${signer.scope(date)}`;
  let previous = signature;
  return (kind, hashes, given) => {
    previous = signer.signText(`AWS4-HMAC-SHA256-${kind}\n${place}\n${previous}\n${hashes}`, date);
    if (given === undefined || !sameSignature(previous, given)) throw signatureMismatch();
  };
}

/**
 * The bytes inside of a chunked body. Each chunk is handed out before its signature is checked, so nothing may be kept before the end.
 *
 * @param onTrailer told of the fields behind the body, once they hold
 */
export async function* readChunks(
  body: AsyncIterable<Uint8Array>,
  verified: Verified,
  headers: Readonly<Record<string, string>>,
  onTrailer: (name: string, value: string) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const signed = !verified.payloadHash.startsWith('STREAMING-UNSIGNED');
  const trails = verified.payloadHash.endsWith('-TRAILER');
  const declared = Number(headers['x-amz-decoded-content-length'] ?? NaN);
  if (!Number.isSafeInteger(declared)) throw new S3Error(411, 'MissingContentLength', 'x-amz-decoded-content-length is missing');
  const check = chain(verified);
  const reader = new Reader(body);
  try {
    for (let total = 0; ;) {
      const match = /^([\da-f]{1,12})(?:;chunk-signature=([\da-f]{64}))?$/i.exec((await reader.line()) ?? '');
      if (!match) throw incompleteBody();
      const size = parseInt(match[1] ?? '', 16);
      if ((total += size) > declared) throw incompleteBody();
      const hash = createHash('sha256');
      for await (const part of reader.take(size)) {
        hash.update(part);
        yield part;
      }
      if (signed) check('PAYLOAD', `${EMPTY_HASH}\n${hash.digest('hex')}`, match[2]);
      if (size === 0) {
        if (total !== declared) throw incompleteBody();
        break;
      }
      if ((await reader.line()) !== '') throw incompleteBody();
    }

    const fields = new Map<string, string>();
    let given: string | undefined;
    for (let line = await reader.line(); line !== undefined; line = await reader.line()) {
      if (line === '') continue;
      const [, name = '', value = ''] = /^([^:\s]+):(.*)$/.exec(line) ?? [];
      if (!name || !trails) throw malformedTrailer();
      if (name.toLowerCase() === 'x-amz-trailer-signature') given = value.trim();
      else fields.set(name.toLowerCase(), value.trim());
    }
    if (!trails) return;
    const wanted = (headers['x-amz-trailer'] ?? '').split(',').map((name) => name.trim().toLowerCase());
    if (wanted.filter(Boolean).sort().join() !== [...fields.keys()].sort().join()) throw malformedTrailer();
    const text = [...fields].map(([name, value]) => `${name}:${value}\n`).join('');
    if (signed) check('TRAILER', createHash('sha256').update(text).digest('hex'), given);
    for (const [name, value] of fields) onTrailer(name, value);
  } finally {
    await reader.close();
  }
}
