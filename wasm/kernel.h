// What every kernel needs: types, SIMD, exports. Freestanding: there is no libc.
#pragma once
#include <stdint.h>
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name))) name
#define ALWAYS static inline __attribute__((always_inline))
#define BUFFER_BYTES 131072
