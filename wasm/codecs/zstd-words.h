// Included before every file of zstd: sizes of 64 bits. It takes the size of a size for that of a register, which in wasm32 is half of what there
// is: with 64 bits its containers of bits are refilled half as often, and it decodes four streams of literals side by side.
#ifndef ZSTD_WORDS_H
#define ZSTD_WORDS_H

// The headers that it includes, as they are.
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// No size may lose its upper half on the way to who gives memory.
static inline void *malloc_words(uint64_t length) { return length > SIZE_MAX ? NULL : malloc((size_t)length); }
static inline void *calloc_words(uint64_t count, uint64_t length) {
  return count > SIZE_MAX || length > SIZE_MAX ? NULL : calloc((size_t)count, (size_t)length);
}
#define malloc malloc_words
#define calloc calloc_words

#define size_t uint64_t

#endif
