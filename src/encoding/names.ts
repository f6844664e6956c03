/**
 * The names of encodings: what users write, what headers say, what file names end in.
 *
 * @module
 */
import { CloudError } from '../errors.ts';

/** Encodings by their canonical names. */
export type Encoding = 'gzip' | 'br' | 'zstd' | 'bz2' | 'xz';

/** What an option may say. */
export type EncodingOption = Encoding | 'bzip2' | 'lzma' | 'none' | '' | boolean | 0 | 1 | null | undefined;

/** Suffixes of file names on stores without headers, in the order in which they are looked for. */
export const suffixes: Readonly<Record<Encoding, string>> = { gzip: '.gz', br: '.br', zstd: '.zstd', xz: '.xz', bz2: '.bz2' };

const synonyms: Readonly<Record<string, Encoding>> = {
  gzip: 'gzip',
  br: 'br',
  zstd: 'zstd',
  bz2: 'bz2',
  bzip2: 'bz2',
  xz: 'xz',
  lzma: 'xz',
};

/** An option → a canonical name, `null` for none. InvalidArgument for anything else, other cases of letters included. */
export function parseEncoding(option: EncodingOption): Encoding | null {
  if (!option || option === 'none') return null;
  if (option === true || option === 1) return 'gzip';
  const name = Object.hasOwn(synonyms, option) ? synonyms[option] : undefined;
  if (!name) throw new CloudError(`unknown encoding ${JSON.stringify(option)}`, { code: 'InvalidArgument' });
  return name;
}

/** A Content-Encoding header → a canonical name, `null` for none. DecompressionError for one that anyfile does not know. */
export function encodingOfHeader(header: string | undefined): Encoding | null {
  const value = header
    ?.trim()
    .toLowerCase()
    .replace(/^x-gzip$/, 'gzip');
  if (!value || value === 'identity') return null;
  if (!Object.hasOwn(synonyms, value)) throw new CloudError(`unknown Content-Encoding ${value}`, { code: 'DecompressionError' });
  return synonyms[value]!;
}

/** The suffix of a name, as an encoding. */
export function encodingOfName(name: string): Encoding | null {
  for (const [encoding, suffix] of Object.entries(suffixes)) if (name.endsWith(suffix)) return encoding as Encoding;
  return null;
}

/** A name without the suffix of an encoding. */
export function withoutSuffix(name: string): string {
  const encoding = encodingOfName(name);
  return encoding ? name.slice(0, -suffixes[encoding].length) : name;
}
