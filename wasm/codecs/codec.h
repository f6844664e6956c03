// What the shims over stream codecs share: the buffers, the answers and the exports of one ABI (../README.md).
// Each shim is one file, so that what is here may be static.
#ifndef CODEC_H
#define CODEC_H

#include <stddef.h>
#include <stdint.h>
#include "codec-answers.h"

enum {
  INPUT_BYTES = 0x20000,
  OUTPUT_BYTES = 0x40000,
};

static unsigned char in_bytes[INPUT_BYTES];
static unsigned char out_bytes[OUTPUT_BYTES];
static uint32_t taken;
static uint32_t given;

EXPORT(input) unsigned char *codec_input(void) { return in_bytes; }
EXPORT(output) unsigned char *codec_output(void) { return out_bytes; }
EXPORT(consumed) uint32_t codec_consumed(void) { return taken; }
EXPORT(produced) uint32_t codec_produced(void) { return given; }

// The size of the plain bytes as one number; all ones when it is not known.
static inline uint64_t hint_of(uint32_t low, uint32_t high) { return ((uint64_t)high << 32) | low; }
#define UNKNOWN_SIZE UINT64_MAX

#endif
