// SHA-256 (FIPS 180-4).
#pragma once
#include "kernel.h"

// What can be saved: the running value, how many bytes went in, and those that do not fill a block yet.
typedef struct {
  uint32_t h[8];
  uint64_t length;
  uint8_t tail[64];
} sha256;

void sha256_begin(sha256 *s);
void sha256_update(sha256 *s, const uint8_t *at, uint32_t length);
// The digest stands in `h` then, in the byte order in which it is printed.
void sha256_end(sha256 *s);
