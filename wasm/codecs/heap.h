// For codecs that take whole buffers: memory of the host's choice, and what one call writes or answers.
#ifndef HEAP_H
#define HEAP_H

#include <stdint.h>
#include <stdlib.h>
#include "codec-answers.h"

// The address of that much memory, 0 when there is none.
EXPORT(allocate) void *heap_allocate(uint32_t length) { return malloc(length); }
EXPORT(release) void heap_release(void *address) { free(address); }

#endif
