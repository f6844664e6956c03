// xz (the .xz file format, version 1.2.1) over liblzma's streams, both ways. Streams that follow one another and the padding between
// and behind them are one input.
#include "codec.h"
#include "lzma.h"

// A dictionary of 64 MiB, which `xz -9` writes, and some room. It is touched only as far as there is output.
#define MEMORY_LIMIT (80u << 20)

static lzma_stream stream = LZMA_STREAM_INIT;
static int decodes;

static int answer_of(lzma_ret result) {
  switch (result) {
    case LZMA_OK:
      return GO_ON;
    case LZMA_STREAM_END:
      return AT_END;
    case LZMA_MEM_ERROR:
      return NO_MEMORY;
    case LZMA_MEMLIMIT_ERROR:
      return TOO_DEEP;
    case LZMA_BUF_ERROR:
      return TRUNCATED;
    case LZMA_OPTIONS_ERROR:
    case LZMA_UNSUPPORTED_CHECK:
      return UNSUPPORTED;
    case LZMA_PROG_ERROR:
      return BAD_ARGUMENT;
    default:
      return CORRUPT;
  }
}

static int start_encoder(int level, uint64_t size) {
  lzma_options_lzma options;
  if (level < 0 || level > 9 || lzma_lzma_preset(&options, level)) return BAD_ARGUMENT;
  // A dictionary larger than what there is to compress only costs memory: up to 674 MiB at level 9.
  if (size < options.dict_size) options.dict_size = size < LZMA_DICT_SIZE_MIN ? LZMA_DICT_SIZE_MIN : (uint32_t)size;
  lzma_filter filters[] = {{.id = LZMA_FILTER_LZMA2, .options = &options}, {.id = LZMA_VLI_UNKNOWN, .options = NULL}};
  return answer_of(lzma_stream_encoder(&stream, filters, LZMA_CHECK_CRC64));
}

EXPORT(init) int codec_init(int decode, int level, uint32_t low, uint32_t high) {
  decodes = decode;
  if (!decode) return start_encoder(level, hint_of(low, high));
  return answer_of(lzma_stream_decoder(&stream, MEMORY_LIMIT, LZMA_CONCATENATED | LZMA_TELL_UNSUPPORTED_CHECK));
}


EXPORT(update) int codec_update(size_t length, int last) {
  stream.next_in = in_bytes;
  stream.avail_in = length;
  stream.next_out = out_bytes;
  stream.avail_out = OUTPUT_BYTES;
  lzma_ret result = lzma_code(&stream, last ? LZMA_FINISH : LZMA_RUN);
  // Nothing to do for want of input is no fault while more may come.
  if (result == LZMA_BUF_ERROR && !last) result = LZMA_OK;
  taken = length - stream.avail_in;
  given = OUTPUT_BYTES - stream.avail_out;
  // At the end of the input it says so only when asked a second time.
  if (decodes && last && result == LZMA_OK && !stream.avail_in && stream.avail_out) return TRUNCATED;
  return answer_of(result);
}
