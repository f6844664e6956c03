// gzip (RFC 1952) over libdeflate, whole buffers only, both ways:
//   allocate(length) → address of that much memory, 0 when there is none; release(address)
//   bound(level, length) → most bytes that compressing may give, 0 when there is no memory
//   compress(level, in, length, out, room) → bytes written, < 0 an error
//   decompress(in, length, out, room) → status of one member: 1 decoded, 0 the room does not suffice, < 0 an error
//   consumed(), produced() → of the last member
// A part of this file, since what a level means stands in a structure that is its own.
#include "lib/deflate_compress.c"
#include "heap.h"

// Of the level that was asked for last, and of the first.
static struct libdeflate_compressor *compressor;
static int compressor_level = -1;
static struct libdeflate_compressor *fastest;
static struct libdeflate_decompressor *decompressor;
static size_t taken;
static size_t given;

// Levels that content themselves with a match of 65 to 150 bytes look on for the longest: it takes no longer, but where long runs follow one
// another, as in images of labels, the result is up to a fifth smaller at 7, and at 10 no more half as large again as at 9.
//
// Level 6 tries 28 places for a match instead of 35: a tenth faster, and what it makes of JSON is still a fiftieth smaller than zlib's.
static void tune(struct libdeflate_compressor *with, int level) {
  if (level == 6 || level == 7 || level == 10 || level == 11) with->nice_match_length = DEFLATE_MAX_MATCH_LEN;
  if (level == 6) with->max_search_depth = 28;
}

static struct libdeflate_compressor *compressor_of(int level) {
  if (compressor && compressor_level == level) return compressor;
  libdeflate_free_compressor(compressor);
  compressor_level = level;
  compressor = libdeflate_alloc_compressor(level);
  if (compressor) tune(compressor, level);
  return compressor;
}

EXPORT(bound) size_t gzip_bound(int level, size_t length) {
  struct libdeflate_compressor *with = compressor_of(level);
  return with ? libdeflate_gzip_compress_bound(with, length) : 0;
}

// In noisy numbers, as detectors and simulations make them, there is next to nothing to be found, however long one looks: there the first level
// takes half the time, and what it makes is as small, or less than a hundredth larger. Whether that is so is tried in a 32nd of the data, a part
// of each MiB of the length of the window, and given up at the first one in which looking pays. Who asks for more than level 9 wants it small.
#define PROBE_EACH 0x100000
#define PROBE_BYTES 0x8000
#define MOST_PROBED_LEVEL 9

static int is_searched_in_vain(struct libdeflate_compressor *with, const uint8_t *in, size_t length, void *out, size_t room) {
  if (!fastest) fastest = libdeflate_alloc_compressor(1);
  if (!fastest) return 0;
  for (size_t at = (PROBE_EACH - PROBE_BYTES) / 2; at + PROBE_BYTES <= length; at += PROBE_EACH) {
    size_t fast = libdeflate_deflate_compress(fastest, in + at, PROBE_BYTES, out, room);
    size_t slow = libdeflate_deflate_compress(with, in + at, PROBE_BYTES, out, room);
    if (!fast || !slow || fast - fast / 128 > slow) return 0;
  }
  return 1;
}

EXPORT(compress) int gzip_compress(int level, const void *in, size_t length, void *out, size_t room) {
  struct libdeflate_compressor *with = compressor_of(level);
  if (!with) return NO_MEMORY;
  if (level > 1 && level <= MOST_PROBED_LEVEL && length >= PROBE_EACH && is_searched_in_vain(with, in, length, out, room)) with = fastest;
  size_t written = libdeflate_gzip_compress(with, in, length, out, room);
  return written ? (int)written : BAD_ARGUMENT;
}

EXPORT(decompress) int gzip_decompress(const void *in, size_t length, void *out, size_t room) {
  if (!decompressor) decompressor = libdeflate_alloc_decompressor();
  if (!decompressor) return NO_MEMORY;
  taken = given = 0;
  switch (libdeflate_gzip_decompress_ex(decompressor, in, length, out, room, &taken, &given)) {
    case LIBDEFLATE_SUCCESS:
      return AT_END;
    case LIBDEFLATE_INSUFFICIENT_SPACE:
      return GO_ON;
    default:
      return CORRUPT;
  }
}

EXPORT(consumed) size_t gzip_consumed(void) { return taken; }
EXPORT(produced) size_t gzip_produced(void) { return given; }
