// bzip2 over libbz2's streams, both ways. Streams that follow one another (as pbzip2 writes them) are one input.
#include "codec.h"
#include "bzlib.h"

static bz_stream stream;
static int decodes;
static int between_streams;

// The library calls it where it finds itself in an impossible state; the host drops the instance.
void bz_internal_error(int code) {
  (void)code;
  __builtin_trap();
}

static int answer_of(int result) {
  switch (result) {
    case BZ_MEM_ERROR:
      return NO_MEMORY;
    case BZ_PARAM_ERROR:
    case BZ_SEQUENCE_ERROR:
      return BAD_ARGUMENT;
    default:
      return CORRUPT;
  }
}

EXPORT(init) int codec_init(int decode, int level, uint32_t low, uint32_t high) {
  (void)low, (void)high;
  // What an earlier input left.
  if (stream.state && decodes) BZ2_bzDecompressEnd(&stream);
  else if (stream.state) BZ2_bzCompressEnd(&stream);
  stream = (bz_stream){0};
  decodes = decode;
  between_streams = 0;
  int result = decode ? BZ2_bzDecompressInit(&stream, 0, 0) : BZ2_bzCompressInit(&stream, level, 0, 0);
  return result == BZ_OK ? 0 : answer_of(result);
}


static int decode(int last) {
  for (;;) {
    if (between_streams) {
      if (!stream.avail_in) return last ? AT_END : GO_ON;
      bz_stream next = {.next_in = stream.next_in, .avail_in = stream.avail_in, .next_out = stream.next_out, .avail_out = stream.avail_out};
      BZ2_bzDecompressEnd(&stream);
      stream = next;
      between_streams = 0;
      int begun = BZ2_bzDecompressInit(&stream, 0, 0);
      if (begun != BZ_OK) return answer_of(begun);
    }
    int result = BZ2_bzDecompress(&stream);
    if (result == BZ_STREAM_END) between_streams = 1;
    else if (result != BZ_OK) return answer_of(result);
    else if (!stream.avail_out) return GO_ON;
    // It stops only where input or output ends.
    else return last ? TRUNCATED : GO_ON;
  }
}

static int encode(int last) {
  if (!last && !stream.avail_in) return GO_ON;
  int result = BZ2_bzCompress(&stream, last ? BZ_FINISH : BZ_RUN);
  if (result == BZ_STREAM_END) return AT_END;
  return result == BZ_RUN_OK || result == BZ_FINISH_OK ? GO_ON : answer_of(result);
}

EXPORT(update) int codec_update(size_t length, int last) {
  stream.next_in = (char *)in_bytes;
  stream.avail_in = length;
  stream.next_out = (char *)out_bytes;
  stream.avail_out = OUTPUT_BYTES;
  int answer = decodes ? decode(last) : encode(last);
  taken = length - stream.avail_in;
  given = OUTPUT_BYTES - stream.avail_out;
  return answer;
}
