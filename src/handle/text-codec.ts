/**
 * Text and its bytes, piece by piece, in the encodings that Python's programs use. Nothing is replaced: what cannot be read or written is
 * an error that says where.
 *
 * Sources: https://docs.python.org/3/library/codecs.html#standard-encodings, https://encoding.spec.whatwg.org/
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { encodeUtf8 } from '../util/utf8.ts';
import { countChars } from './newlines.ts';

/** One way to write characters, without marks in front. */
export interface TextCodec {
  /**
   * The text of bytes that begin with a whole character; an unfinished one at the end is left over.
   *
   * @param at where the bytes are in the file, for the error
   * @param last whether nothing comes after them: then nothing may be left over
   * @throws CloudError `InvalidArgument`
   */
  decode(bytes: Uint8Array, at: number, last: boolean): { text: string; usedBytes: number };
  /** How many bytes a text has that was decoded from the beginning of `bytes`. */
  sizeOf(text: string, bytes: () => Uint8Array): number;
  /** Absent where it can only be read. Throws `InvalidArgument` with the character's number, from 0. */
  encode?(text: string): Uint8Array<ArrayBuffer>;
}

/** An encoding by its name. */
export interface TextEncoding {
  /** As Python calls it, or the runtime's decoder. */
  name: string;
  writable: boolean;
  /** Whether a file's beginning says how it is written. */
  marked: boolean;
  /** How a file is written that begins with these bytes: the codec and the bytes of its mark. For no bytes, how a new one is. */
  of(head: Uint8Array): { codec: TextCodec; mark: Uint8Array };
}

/** Bytes of a file's beginning that {@link TextEncoding.of} wants. */
export const HEAD_BYTES = 3;

const NO_MARK = new Uint8Array();
const UTF8_MARK = new Uint8Array([0xef, 0xbb, 0xbf]);
const LE_MARK = new Uint8Array([0xff, 0xfe]);
const BE_MARK = new Uint8Array([0xfe, 0xff]);

/** Python's names, lower case, with `-` for `_` and blanks. */
const ALIASES: Record<string, string> = {
  ...named('utf-8', 'utf8 u8 utf cp65001'),
  ...named('utf-8-sig', 'utf-8-sig'),
  ...named(
    'ascii',
    '646 ansi-x3.4-1968 ansi-x3-4-1968 ansi-x3.4-1986 cp367 csascii ibm367 iso646-us iso-646.irv-1991 iso-ir-6 us us-ascii',
  ),
  ...named('latin-1', '8859 cp819 csisolatin1 ibm819 iso8859 iso8859-1 iso-8859-1 iso-8859-1-1987 iso-ir-100 l1 latin latin1'),
  ...named('utf-16', 'u16 utf16'),
  ...named('utf-16-le', 'unicodelittleunmarked utf-16le utf16le'),
  ...named('utf-16-be', 'unicodebigunmarked utf-16be utf16be'),
};

function named(name: string, aliases: string): Record<string, string> {
  return Object.fromEntries([name, ...aliases.split(' ')].map((alias) => [alias, name]));
}

/**
 * Find an encoding. `utf-8`, `utf-8-sig`, `ascii`, `latin-1` (bytes are code points), `utf-16`, `utf-16-le` and `utf-16-be`, by any of
 * Python's names, are read and written; what else the runtime's TextDecoder knows is read alone.
 *
 * @throws CloudError `NotSupported` for a name that nobody knows
 * @example findEncoding('UTF8').name // 'utf-8'
 */
export function findEncoding(name: string): TextEncoding {
  if (typeof name !== 'string') throw new CloudError('an encoding is named by text', { code: 'InvalidArgument', operation: 'open' });
  const plain = name.trim().toLowerCase().replace(/[_ ]/g, '-');
  const known = Object.hasOwn(ALIASES, plain) ? ALIASES[plain] : undefined;
  const fixed =
    (codec: TextCodec): TextEncoding['of'] =>
    () => ({ codec, mark: NO_MARK });
  const own: Record<string, () => TextEncoding['of']> = {
    'utf-8': () => fixed(utf8()),
    'utf-8-sig': () => {
      const codec = utf8();
      return (head) => ({ codec, mark: !head.length || startsWith(head, UTF8_MARK) ? UTF8_MARK : NO_MARK });
    },
    ascii: () => fixed(singleByte(0x7f, 'ASCII')),
    'latin-1': () => fixed(singleByte(0xff, 'Latin-1')),
    'utf-16': () => {
      const [le, be] = [utf16(true), utf16(false)];
      return (head) => {
        if (startsWith(head, BE_MARK)) return { codec: be, mark: BE_MARK };
        return { codec: le, mark: !head.length || startsWith(head, LE_MARK) ? LE_MARK : NO_MARK };
      };
    },
    'utf-16-le': () => fixed(utf16(true)),
    'utf-16-be': () => fixed(utf16(false)),
  };
  const make = known === undefined ? undefined : own[known];
  if (known !== undefined && make) return { name: known, writable: true, marked: /^utf-(8-sig|16)$/.test(known), of: make() };
  const decoder = decoderOf(name, plain);
  return { name: decoder.encoding, writable: false, marked: false, of: fixed(foreign(decoder)) };
}

function decoderOf(...names: string[]): TextDecoder {
  for (const name of names) {
    try {
      const decoder = new TextDecoder(name, { fatal: true, ignoreBOM: true });
      // Its bytes mean nothing without those before them: there would be no place to go on from. The other is no encoding.
      if (!/^(iso-2022-jp|replacement)$/.test(decoder.encoding)) return decoder;
    } catch {
      // Perhaps under the other name.
    }
  }
  throw new CloudError(`the encoding ${JSON.stringify(names[0])} is not known here`, { code: 'NotSupported', operation: 'open' });
}

const startsWith = (bytes: Uint8Array, start: Uint8Array): boolean => start.every((byte, i) => bytes[i] === byte);

function utf8(): TextCodec {
  return {
    decode: decodeWith(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })),
    sizeOf(text) {
      let size = text.length;
      for (let i = 0; i < text.length; i++) {
        const unit = text.charCodeAt(i);
        // Each half of a pair is two of its four bytes.
        if (unit > 0x7f) size += unit > 0x7ff && unit >> 11 !== 0x1b ? 2 : 1;
      }
      return size;
    },
    encode(text) {
      refuse(text, LONE, 'UTF-8');
      return encodeUtf8(text);
    },
  };
}

function utf16(little: boolean): TextCodec {
  return {
    decode: decodeWith(new TextDecoder(little ? 'utf-16le' : 'utf-16be', { fatal: true, ignoreBOM: true })),
    sizeOf: (text) => text.length * 2,
    encode(text) {
      refuse(text, LONE, 'UTF-16');
      const view = new DataView(new ArrayBuffer(text.length * 2));
      for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), little);
      return new Uint8Array(view.buffer);
    },
  };
}

function singleByte(max: number, name: string): TextCodec {
  return {
    decode(bytes, at) {
      const bad = max < 0xff ? bytes.findIndex((byte) => byte > max) : -1;
      if (bad >= 0) throw undecodable(at + bad, name);
      let text = '';
      for (let i = 0; i < bytes.length; i += 0x2000) text += String.fromCharCode(...bytes.subarray(i, i + 0x2000));
      return { text, usedBytes: bytes.length };
    },
    sizeOf: (text) => text.length,
    encode(text) {
      refuse(text, max < 0xff ? /[^\x00-\x7f]/u : /[^\x00-\xff]/u, name);
      const bytes = new Uint8Array(text.length);
      for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
      return bytes;
    },
  };
}

function foreign(decoder: TextDecoder): TextCodec {
  return {
    decode: decodeWith(decoder),
    sizeOf(text, bytes) {
      const all = bytes();
      const { encoding } = decoder;
      const steps = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
      let size = 0;
      for (let units = 0; units < text.length && size < all.length; size++) {
        units += steps.decode(all.subarray(size, size + 1), { stream: true }).length;
      }
      return size;
    },
  };
}

/** No character of any encoding here has more bytes: an unfinished one has fewer. */
const MAX_CHAR_BYTES = 4;

function decodeWith(decoder: TextDecoder): TextCodec['decode'] {
  return (bytes, at, last) => {
    for (let left = 0; left < (last ? 1 : MAX_CHAR_BYTES); left++) {
      const usedBytes = Math.max(bytes.length - left, 0);
      try {
        return { text: decoder.decode(bytes.subarray(0, usedBytes)), usedBytes };
      } catch {
        // Wrong, or unfinished.
      }
    }
    throw undecodable(at + firstBad(decoder.encoding, bytes), decoder.encoding);
  };
}

/** Where the first character begins that is none: the decoder is asked byte by byte, once it is known that there is one. */
function firstBad(encoding: string, bytes: Uint8Array): number {
  const steps = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  let good = 0;
  try {
    for (let i = 0; i < bytes.length; i++) if (steps.decode(bytes.subarray(i, i + 1), { stream: true })) good = i + 1;
  } catch {
    // There it is.
  }
  return good;
}

const LONE = /\p{Surrogate}/u;

function refuse(text: string, unfit: RegExp, encoding: string): void {
  const at = text.search(unfit);
  if (at < 0) return;
  const number = countChars(text.slice(0, at));
  const code = (text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  throw new CloudError(`character ${number} (U+${code}) cannot be written in ${encoding}`, { code: 'InvalidArgument' });
}

const undecodable = (at: number, encoding: string): CloudError =>
  new CloudError(`the byte at ${at} is not ${encoding}`, { code: 'InvalidArgument' });
