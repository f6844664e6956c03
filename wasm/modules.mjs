// What is built, as data. `sources` are C files of this folder, or of a crate as `crate:path`; `*` stands for any name.

/** The compiler: one wheel of PyPI holds clang, wasm-ld and wasi-libc. */
export const compiler = { name: 'ziglang', version: '0.17.0' };

/** Flags of every module. */
export const common = ['-O3', '-msimd128', '-fno-exceptions', '-g0', '-Wall', '-Wextra', '-Werror'];

/** A library's own warnings are not ours to mend. */
const foreign = ['-w', '-DNDEBUG'];

const stack = ['-Wl,-z,stack-size=262144'];

/** Our own kernels have shallow stacks and the memory they name, no heap. */
const little = ['-Wl,-z,stack-size=4096'];

const zstdFlags = ['-include', 'codecs/zstd-words.h', '-DZSTD_DISABLE_ASM=1', '-DZSTD_LEGACY_SUPPORT=0', '-DZSTD_NO_TRACE=1'];

const zstd = {
  libc: true,
  // All of it with -O3 would be a fifth larger, beyond the budget.
  flags: [...foreign, ...stack, '-Os', ...zstdFlags],
  include: ['zstd-sys:zstd/lib'],
};

/** What liblzma is to have: every filter, check and search of the .xz format to read, LZMA2 alone to write. */
const xzFeatures = [
  'STDINT_H',
  'STDBOOL_H',
  'STRING_H',
  'CHECK_CRC32',
  'CHECK_CRC64',
  'CHECK_SHA256',
  'ENCODER_LZMA1',
  'ENCODER_LZMA2',
  ...['LZMA1', 'LZMA2', 'X86', 'ARM', 'ARMTHUMB', 'ARM64', 'IA64', 'POWERPC', 'RISCV', 'SPARC', 'DELTA'].map((name) => `DECODER_${name}`),
  ...['BT2', 'BT3', 'BT4', 'HC3', 'HC4'].map((name) => `MF_${name}`),
];

/**
 * Modules by name.
 *
 * - `libc`: whether it needs wasi-libc (else it is freestanding); nothing of it may import anything
 * - `flags`: further flags of the compiler; `-Wno-…` for libraries that are not ours
 * - `fast`: files that are compiled with -O3 where the others are not
 * - `include`: folders of headers, as `sources`
 * - `maxGzipBytes`: budget of the module itself, gzipped
 */
export const modules = {
  crc32c: { sources: ['crc32c.c'], flags: little, maxGzipBytes: 1200 },
  crc32: { sources: ['crc32.c'], flags: little, maxGzipBytes: 1200 },
  crc64nvme: { sources: ['crc64nvme.c'], flags: little, maxGzipBytes: 1300 },
  md5: { sources: ['md5.c'], flags: [...little, '-Os'], maxGzipBytes: 3200 },
  // Two users of one hash, which is most of it.
  sha256: { sources: ['sha256.c', 'sigv4.c'], flags: little, maxGzipBytes: 3000 },
  gzip: {
    libc: true,
    sources: ['codecs/gzip.c', 'gzip-crc32.c', 'libdeflate-sys:libdeflate/lib/*.c'],
    // the first is a part of codecs/gzip.c, gzip-crc32.c stands for the second, and nothing is asked of zlib's format
    without: ['deflate_compress.c', 'crc32.c', 'adler32.c', 'zlib_compress.c', 'zlib_decompress.c'],
    flags: [...foreign, ...stack, '-include', 'codecs/libdeflate-words.h'],
    include: ['libdeflate-sys:libdeflate'],
    maxGzipBytes: 23_000,
  },
  zstd: {
    ...zstd,
    // They take most of the time where little is found, as in noisy numbers: a fifth less so.
    fast: ['fse_compress.c', 'hist.c', 'huf_compress.c'],
    sources: ['codecs/zstd.c', 'zstd-sys:zstd/lib/common/*.c', 'zstd-sys:zstd/lib/compress/*.c', 'zstd-sys:zstd/lib/decompress/*.c'],
    maxGzipBytes: 120_000,
  },
  'zstd-decode': {
    ...zstd,
    sources: ['codecs/zstd-decode.c', 'zstd-sys:zstd/lib/common/*.c', 'zstd-sys:zstd/lib/decompress/*.c'],
    maxGzipBytes: 29_000,
  },
  bzip2: {
    libc: true,
    sources: [
      'codecs/bzip2.c',
      ...['blocksort', 'bzlib', 'compress', 'crctable', 'decompress', 'huffman', 'randtable'].map(
        (name) => `bzip2-sys:bzip2-1.0.8/${name}.c`,
      ),
    ],
    flags: [...foreign, ...stack, '-DBZ_NO_STDIO'],
    include: ['bzip2-sys:bzip2-1.0.8'],
    maxGzipBytes: 23_000,
  },
  xz: {
    libc: true,
    sources: [
      'codecs/xz.c',
      ...['common', 'lzma', 'lz', 'check', 'delta', 'rangecoder', 'simple'].map((name) => `liblzma-sys:xz/src/liblzma/${name}/*.c`),
    ],
    // those that make tables, need threads, or are for other formats
    without: [
      'crc32_small.c',
      'crc64_small.c',
      'crc32_tablegen.c',
      'crc64_tablegen.c',
      'crc_clmul_consts_gen.c',
      'fastpos_tablegen.c',
    ].concat([
      'price_tablegen.c',
      'stream_decoder_mt.c',
      'stream_encoder_mt.c',
      'outqueue.c',
      'hardware_cputhreads.c',
      'hardware_physmem.c',
    ]),
    flags: [...foreign, ...stack, ...xzFeatures.map((name) => `-DHAVE_${name}=1`)],
    include: [
      'liblzma-sys:xz/src/liblzma/api',
      ...['common', 'lzma', 'lz', 'check', 'delta', 'rangecoder', 'simple'].map((name) => `liblzma-sys:xz/src/liblzma/${name}`),
      'liblzma-sys:xz/src/common',
    ],
    maxGzipBytes: 53_000,
  },
};
