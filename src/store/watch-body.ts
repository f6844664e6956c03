/**
 * Bodies whose length or encoding cannot be relied on while they come in: a page's `fetch` undoes Content-Encoding, keeps the stored
 * Content-Length and may hide the header that says so. The count and the checksum tell at the end which of them it was.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { createChecker, type Expectation } from '../integrity/expectation.ts';
import { notThose } from '../integrity/verify.ts';
import type { ByteSource } from '../types.ts';

/** What is known of such a body beforehand. */
export interface WatchInit {
  key: string;
  url: string;
  length: number | undefined;
  encoding: string | null | undefined;
  expected: Expectation | undefined;
  mayDecode: boolean;
}

/** A zstd frame begins so (RFC 8878, 3.1.1). */
const zstdMagic = [0x28, 0xb5, 0x2f, 0xfd];

/** Count and hash a body; at its end decide whether these were the stored bytes. Rejects with Truncated or IntegrityError. */
export function watchBody(body: ByteSource, init: WatchInit): { source: ByteSource; verified: () => boolean; decoded: () => boolean } {
  const { key, url, length, expected } = init;
  const checker = expected && createChecker(expected);
  // these are undone everywhere; zstd by some, which its first bytes tell; others, such as bz2, by nobody
  const coding = /^(x-gzip|gzip|deflate|br|zstd)$/i.exec(init.encoding ?? '')?.[1]?.toLowerCase();
  let shown = init.mayDecode && coding !== undefined;
  let decoded = shown;
  let verified = false;
  let size = 0;
  const finish = (): void => {
    const matches = checker?.finish();
    if (shown) {
      // WebKit hands out as they are the bytes that it cannot decode
      verified = matches === true && size === length;
      decoded = !verified;
      return;
    }
    const whole = length === undefined ? matches !== false || !init.mayDecode : size === length;
    if (whole) {
      if (matches === false) throw notThose(expected!, { key, url });
      verified = matches === true;
    } else if (length !== undefined && size < length) {
      const message = `the body of ${key} ended ${length - size} bytes early, or it is encoded and Content-Encoding is not exposed`;
      throw new CloudError(message, { code: 'Truncated', operation: 'get', key, url, retryable: true });
    } else decoded = true;
  };
  let done = false;
  const source: ByteSource = {
    cancel: (reason) => body.cancel(reason),
    async read() {
      if (done) return undefined;
      const chunk = await body.read();
      if (chunk) {
        if (size === 0 && coding === 'zstd' && zstdMagic.every((byte, i) => byte === chunk[i])) shown = decoded = false;
        size += chunk.length;
        checker?.update(chunk);
      } else {
        done = true;
        finish();
      }
      return chunk;
    },
  };
  return { source, verified: () => verified, decoded: () => decoded };
}
