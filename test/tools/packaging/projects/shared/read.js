// What every project of this folder does, written as a user would: reads of an S3 bucket with keys, in ranges and decoded.
import { Client } from 'anyfile';

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * Reads sixteen bytes of an object, and three objects that are stored encoded.
 *
 * @param settings where they are, and the keys
 */
export async function readObjects({ url, endpoint, region, credentials, start }) {
  const client = new Client({ endpoint, region, credentials });
  try {
    const files = client.files(url);
    const found = { range: hex(await files.get({ path: 'range.bin', start, end: start + 16 })) };
    for (const encoding of ['gzip', 'br', 'zstd']) found[encoding] = new TextDecoder().decode(await files.get(`text-${encoding}.txt`));
    return found;
  } finally {
    await client.close();
  }
}
