// A CRC by folding with sparse multiples of its polynomial, without tables and without a carry-less multiply; the idea is "Chorba"
// ("Chorba: a novel CRC32 implementation", 2024), also in zlib-ng for CRC-32. Reflected CRCs only.
//
// If P divides 1 + x^a + … + x^n, squaring three times says that it divides 1 + x^8a + … + x^8n: one byte can be dropped when it is added to
// the bytes n-…, n-a and n places behind it. Written as a pull, byte i takes in the bytes that are `delays` before it; zeros stand before the
// first. What is left at the end, as many bytes as the longest delay, goes through the next stage or through tables of sixteen bytes a step
// (M. Kounavis, F. Berry, 2008). test/meta/wasm.test.ts checks that the delays are multiples.
//
// What pieces leave behind need not go through the slower stages: `fold` keeps the folded bytes before the buffer, where zeros stand before the
// first piece, and as many that are not folded yet in front of the next one, so that there is always something for the end to begin with.
//
// Of 32 bits the first of the far delays is above a thousand: what was stored shortly before is read across two vectors, and so has to reach
// the cache first.
//
// Who includes this defines WORD, POLY, FAR and NEAR (delays), FAR_FROM and NEAR_FROM (lengths from which a stage pays); NO_EXPORTS where it is
// a part of something else.
#include "kernel.h"

#define COUNT(list) (sizeof(list) / sizeof(list[0]))

static const uint16_t far[] = {FAR};
static const uint16_t near[] = {NEAR};

// What stands before bytes: the longest delay, in whole vectors.
#define LEAD 5440
static struct {
  // Zeros, or what was folded last.
  uint8_t before[LEAD];
  uint8_t bytes[BUFFER_BYTES + 16];
} data __attribute__((aligned(64)));
// What a stage leaves.
static struct {
  uint8_t zeros[LEAD];
  uint8_t bytes[LEAD + 32];
} rest __attribute__((aligned(64)));
static uint8_t last[1024 + 32] __attribute__((aligned(64)));
static WORD table[16][256];

ALWAYS v128_t pull(const uint8_t *at, const uint16_t *delays, unsigned count) {
  v128_t v = wasm_v128_load(at);
#pragma clang loop unroll(full)
  for (unsigned k = 0; k < count; k++) v = wasm_v128_xor(v, wasm_v128_load(at - delays[k]));
  return v;
}

// Folds `length` bytes, whole vectors, in their place; returns their end.
ALWAYS uint8_t *fold_in_place(uint8_t *at, uint32_t length, const uint16_t *delays, unsigned count) {
  for (uint8_t *end = at + length; at < end; at += 16) wasm_v128_store(at, pull(at, delays, count));
  return at;
}

// Folds `length` bytes into the few that are left, at `to`; returns how many. Overwrites all of `from`.
ALWAYS uint32_t fold_to(uint8_t *from, uint32_t length, uint8_t *to, const uint16_t *delays, unsigned count) {
  uint32_t limit = (length - delays[count - 1]) & ~15u;
  uint8_t *at = fold_in_place(from, limit, delays, count);
  // From here on nothing may be pulled but what was folded: a byte that is taken out becomes a zero.
  uint8_t *out = to;
  for (uint8_t *end = from + length; at < end; at += 16, out += 16) {
    wasm_v128_store(out, pull(at, delays, count));
    wasm_v128_store(at, wasm_i32x4_const(0, 0, 0, 0));
  }
  return length - limit;
}

static void make_table(void) {
  for (uint32_t i = 0; i < 256; i++) {
    WORD crc = i;
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (crc & 1 ? POLY : 0);
    table[0][i] = crc;
  }
  for (uint32_t i = 256; i < 4096; i++) {
    WORD before = table[0][i - 256];
    table[0][i] = (before >> 8) ^ table[0][before & 255];
  }
}

ALWAYS uint64_t load64(const uint8_t *at) {
  uint64_t value;
  __builtin_memcpy(&value, at, 8);
  return value;
}

ALWAYS WORD eight(uint64_t v, int from) {
  return table[from + 7][v & 255] ^ table[from + 6][v >> 8 & 255] ^ table[from + 5][v >> 16 & 255] ^ table[from + 4][v >> 24 & 255] ^
         table[from + 3][v >> 32 & 255] ^ table[from + 2][v >> 40 & 255] ^ table[from + 1][v >> 48 & 255] ^ table[from][v >> 56];
}

static WORD slice(WORD crc, const uint8_t *at, uint32_t length) {
  for (; length >= 16; length -= 16, at += 16) crc = eight(load64(at) ^ crc, 8) ^ eight(load64(at + 8), 0);
  for (; length; length--) crc = (crc >> 8) ^ table[0][(crc ^ *at++) & 255];
  return crc;
}

static void begin(void) {
  if (!table[0][1]) make_table();
}

// The state is what the first bytes are added to.
ALWAYS void add_state(WORD crc) {
  for (unsigned i = 0; i < sizeof(WORD); i++, crc >>= 7, crc >>= 1) data.bytes[i] ^= (uint8_t)crc;
}

// The state behind the first `length` bytes of the buffer, which it may destroy; `follows`: pieces were folded before.
ALWAYS WORD take(WORD crc, uint32_t length, int follows) {
  uint8_t *at = data.bytes;
  if (follows || length >= NEAR_FROM) {
    add_state(crc);
    crc = 0;
    if (follows || length >= FAR_FROM) {
      length = fold_to(at, length, rest.bytes, far, COUNT(far));
      at = rest.bytes;
    }
    length = fold_to(at, length, last, near, COUNT(near));
    at = last;
  }
  return slice(crc, at, length);
}

#ifndef NO_EXPORTS
static WORD crc_state;
// Whether pieces were folded whose end is still to come.
static int is_open;

uint8_t *EXPORT(buffer)(void) { return data.bytes; }

WORD *EXPORT(state)(void) { return &crc_state; }

static void forget(void) {
  if (!is_open) return;
  for (uint32_t i = 0; i < LEAD; i += 16) wasm_v128_store(data.before + i, wasm_i32x4_const(0, 0, 0, 0));
  is_open = 0;
}

void EXPORT(init)(void) {
  begin();
  forget();
  crc_state = ~(WORD)0;
}

// Takes LEAD bytes or more that are not the last ones, and returns how many of them lie at the beginning of the buffer again, to be the first of
// the next call: LEAD, and up to 15 more. Until `update` has taken the end there is no state: it is zero, which changes nothing when it is added.
uint32_t EXPORT(fold)(uint32_t length) {
  add_state(crc_state);
  crc_state = 0;
  uint32_t limit = (length - LEAD) & ~15u;
  uint8_t *from = fold_in_place(data.bytes, limit, far, COUNT(far)) - LEAD;
  uint32_t kept = length - limit;
  // Upwards, since they may overlap.
  for (uint32_t i = 0; i < LEAD + kept; i += 16) wasm_v128_store(data.before + i, wasm_v128_load(from + i));
  is_open = 1;
  return kept;
}

void EXPORT(update)(uint32_t length) {
  crc_state = is_open ? take(crc_state, length, 1) : take(crc_state, length, 0);
  forget();
}

void EXPORT(final)(void) {
  WORD crc = ~crc_state;
  crc_state = sizeof(WORD) == 8 ? __builtin_bswap64(crc) : __builtin_bswap32(crc);
}
#endif
