// zstd (RFC 8878) over the library's streams, both ways; zstd-decode.c is the same without the compressor.
// Frames that follow one another, skippable ones too, are one input. Besides the streams it takes whole buffers, which spares the copy
// through a window:
//   allocate(length) → address, 0 when there is none; release(address)
//   size(in, length) → size of the plain bytes if all frames tell it and it is below 2 GiB, else -1
//   decompress(in, length, out, room) → bytes written, < 0 an error
//   bound(length) → most bytes that compressing may give; compress(level, in, length, out, room) → bytes written, < 0 an error
#define ZSTD_STATIC_LINKING_ONLY
#include "codec.h"
#include "heap.h"
#include "zstd.h"
#include "zstd_errors.h"

// Window of the library's own limit, which `zstd -d` has too: what --ultra and --long=27 write. It is touched only as far as there is output.
enum { WINDOW_LOG_MAX = 27 };

static ZSTD_DCtx *decoder;
static int between_frames;

static int answer_of(size_t result) {
  switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_memory_allocation:
      return NO_MEMORY;
    case ZSTD_error_frameParameter_windowTooLarge:
      return TOO_DEEP;
    case ZSTD_error_dictionary_wrong:
    case ZSTD_error_frameParameter_unsupported:
    case ZSTD_error_version_unsupported:
      return UNSUPPORTED;
    default:
      return CORRUPT;
  }
}

static int start_decoder(void) {
  if (!decoder) decoder = ZSTD_createDCtx();
  if (!decoder) return NO_MEMORY;
  ZSTD_DCtx_reset(decoder, ZSTD_reset_session_and_parameters);
  between_frames = 0;
  return ZSTD_isError(ZSTD_DCtx_setParameter(decoder, ZSTD_d_windowLogMax, WINDOW_LOG_MAX)) ? BAD_ARGUMENT : 0;
}

static int decode(size_t length, int last) {
  ZSTD_inBuffer in = {in_bytes, length, 0};
  ZSTD_outBuffer out = {out_bytes, OUTPUT_BYTES, 0};
  int answer = GO_ON;
  // Between frames it is not asked without input: it would begin another one.
  while (in.pos < in.size || !between_frames) {
    size_t before = in.pos + out.pos;
    size_t left = ZSTD_decompressStream(decoder, &out, &in);
    if (ZSTD_isError(left)) {
      answer = answer_of(left);
      break;
    }
    between_frames = left == 0;
    if (out.pos == out.size || in.pos + out.pos == before) break;
  }
  taken = in.pos;
  given = out.pos;
  if (answer == GO_ON && last && in.pos == in.size) {
    if (between_frames) return AT_END;
    if (out.pos < out.size) return TRUNCATED;
  }
  return answer;
}


EXPORT(size) int codec_size(const void *in, uint32_t length) {
  unsigned long long size = ZSTD_findDecompressedSize(in, length);
  return size <= INT32_MAX ? (int)size : -1;
}

EXPORT(decompress) int codec_decompress(const void *in, uint32_t length, void *out, uint32_t room) {
  int error = start_decoder();
  if (error) return error;
  size_t written = ZSTD_decompressDCtx(decoder, out, room, in, length);
  return ZSTD_isError(written) ? answer_of(written) : (int)written;
}

#ifdef DECODE_ONLY

EXPORT(init) int codec_init(int decodes, int level, uint32_t low, uint32_t high) {
  (void)level, (void)low, (void)high;
  return decodes ? start_decoder() : BAD_ARGUMENT;
}

EXPORT(update) int codec_update(uint32_t length, int last) { return decode(length, last); }

#else

static ZSTD_CCtx *encoder;

static int start_encoder(int level, uint64_t size) {
  if (!encoder) encoder = ZSTD_createCCtx();
  if (!encoder) return NO_MEMORY;
  ZSTD_CCtx_reset(encoder, ZSTD_reset_session_and_parameters);
  if (level < ZSTD_minCLevel() || level > ZSTD_maxCLevel()) return BAD_ARGUMENT;
  // With its checksum a changed byte cannot pass for the content; readers of cloud-files want the content's size.
  if (ZSTD_isError(ZSTD_CCtx_setParameter(encoder, ZSTD_c_compressionLevel, level)) ||
      ZSTD_isError(ZSTD_CCtx_setParameter(encoder, ZSTD_c_checksumFlag, 1)) ||
      ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(encoder, size == UNKNOWN_SIZE ? ZSTD_CONTENTSIZE_UNKNOWN : size)))
    return BAD_ARGUMENT;
  return 0;
}

EXPORT(init) int codec_init(int decodes, int level, uint32_t low, uint32_t high) {
  return decodes ? start_decoder() : start_encoder(level, hint_of(low, high));
}

EXPORT(bound) uint32_t codec_bound(uint32_t length) { return ZSTD_compressBound(length); }

EXPORT(compress) int codec_compress(int level, const void *in, uint32_t length, void *out, uint32_t room) {
  int error = start_encoder(level, length);
  if (error) return error;
  size_t written = ZSTD_compress2(encoder, out, room, in, length);
  if (!ZSTD_isError(written)) return (int)written;
  return ZSTD_getErrorCode(written) == ZSTD_error_memory_allocation ? NO_MEMORY : BAD_ARGUMENT;
}

static int encode(size_t length, int last) {
  ZSTD_inBuffer in = {in_bytes, length, 0};
  ZSTD_outBuffer out = {out_bytes, OUTPUT_BYTES, 0};
  size_t left = ZSTD_compressStream2(encoder, &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
  taken = in.pos;
  given = out.pos;
  if (ZSTD_isError(left)) return ZSTD_getErrorCode(left) == ZSTD_error_memory_allocation ? NO_MEMORY : BAD_ARGUMENT;
  return last && left == 0 ? AT_END : GO_ON;
}

EXPORT(update) int codec_update(uint32_t length, int last) { return encoder ? encode(length, last) : decode(length, last); }

#endif
