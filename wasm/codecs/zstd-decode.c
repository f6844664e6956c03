// zstd without its compressor, for those who only read.
#define DECODE_ONLY
#include "zstd.c"
