/**
 * Packed pages of Parquet files, unpacked by anyfile's own codecs. hyparquet asks for each page without waiting and these codecs are loaded on use:
 * so a read that needs a page that is not unpacked yet is broken off, the page is unpacked, and the read is done again, over bytes that are here.
 *
 * @module
 */
import type { Compressors } from 'hyparquet';
import { CloudError } from '../../index.ts';

/** What unpacks. */
const encodings = { GZIP: 'gzip', BROTLI: 'br', ZSTD: 'zstd' } as const;
/** Unpacked; writers make pages of about a megabyte. */
const mostPageBytes = 256_000_000;
/** Bytes of unpacked pages that are kept. */
const mostBytes = 64_000_000;

/** A page that is not unpacked yet. */
class PageMissing extends Error {
  readonly packed: Uint8Array;
  readonly encoding: keyof typeof encodings;
  readonly length: number;
  constructor(packed: Uint8Array, encoding: keyof typeof encodings, length: number) {
    super('a page is not unpacked yet');
    this.packed = packed;
    this.encoding = encoding;
    this.length = length;
  }
}

interface Page {
  readonly packed: Uint8Array;
  readonly bytes: Uint8Array;
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** What finds a page: its length and some of its bytes. Pages that have the same are compared. */
const keyOf = (packed: Uint8Array): string =>
  `${packed.length}:${[0.2, 0.4, 0.6, 0.8, 1].map((part) => packed[Math.floor((packed.length - 1) * part)]).join()}`;

/** Unpacked pages. */
export class Pages {
  /** For hyparquet. */
  readonly compressors: Compressors;
  #kept = new Map<string, Page[]>();
  #bytes = 0;

  constructor() {
    const from =
      (encoding: keyof typeof encodings) =>
      (packed: Uint8Array, length: number): Uint8Array => {
        const page = this.#kept.get(keyOf(packed))?.find((one) => isSame(one.packed, packed));
        if (!page) throw new PageMissing(packed.slice(), encoding, length);
        // the reader may keep views of it
        return page.bytes;
      };
    this.compressors = { GZIP: from('GZIP'), BROTLI: from('BROTLI'), ZSTD: from('ZSTD') };
  }

  /** Do a read, as often as pages are missing. */
  async with<T>(read: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await read();
      } catch (error) {
        if (!(error instanceof PageMissing)) throw error;
        await this.#unpack(error);
      }
    }
  }

  async #unpack({ packed, encoding, length }: PageMissing): Promise<void> {
    if (length > mostPageBytes) throw new CloudError('a page is larger than this page should hold', { code: 'NotSupported' });
    const { decompress } = await import('../../codecs.ts');
    const bytes = await decompress(packed, encodings[encoding], { maxOutputBytes: length });
    if (bytes.length !== length) throw new CloudError('a page is not as long as it says', { code: 'DecompressionError' });
    if (this.#bytes > mostBytes) {
      this.#kept.clear();
      this.#bytes = 0;
    }
    const key = keyOf(packed);
    const pages = this.#kept.get(key);
    if (pages) pages.push({ packed, bytes });
    else this.#kept.set(key, [{ packed, bytes }]);
    this.#bytes += packed.length + bytes.length;
  }
}
