// SHA-256, and a stream of it: what `anyfile/hash` uses where the runtime has no synchronous one.
#include "sha256.h"

static uint8_t bytes[BUFFER_BYTES] __attribute__((aligned(64)));
static sha256 hash __attribute__((aligned(16)));

ALWAYS uint32_t big32(uint32_t value) { return __builtin_bswap32(value); }
ALWAYS uint64_t big64(uint64_t value) { return __builtin_bswap64(value); }

void sha256_begin(sha256 *s) {
  static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  for (int i = 0; i < 8; i++) s->h[i] = start[i];
  s->length = 0;
}

static const uint32_t words[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

#define ROTATE(x, n) __builtin_rotateright32(x, n)

static void take(uint32_t *h, const uint8_t *at, uint32_t count) {
  for (; count; count--, at += 64) {
    uint32_t w[16], v[8];
    __builtin_memcpy(w, at, 64);
    for (int i = 0; i < 16; i++) w[i] = big32(w[i]);
    for (int i = 0; i < 8; i++) v[i] = h[i];
    // The variables stay where they are and change their names: after eight steps they are back.
    for (int from = 0; from < 64; from += 16) {
#pragma clang loop unroll(full)
      for (int i = 0; i < 16; i++) {
        if (from) {
          uint32_t x = w[(i + 1) & 15], y = w[(i + 14) & 15];
          w[i] += w[(i + 9) & 15] + (ROTATE(x, 7) ^ ROTATE(x, 18) ^ x >> 3) + (ROTATE(y, 17) ^ ROTATE(y, 19) ^ y >> 10);
        }
#define V(k) v[(k - i) & 7]
        uint32_t e = V(4), a = V(0), b = V(1);
        uint32_t t = V(7) + (ROTATE(e, 6) ^ ROTATE(e, 11) ^ ROTATE(e, 25)) + (V(6) ^ (e & (V(5) ^ V(6)))) + words[from + i] + w[i];
        V(3) += t;
        V(7) = t + (ROTATE(a, 2) ^ ROTATE(a, 13) ^ ROTATE(a, 22)) + ((a & b) | (V(2) & (a | b)));
#undef V
      }
    }
    for (int i = 0; i < 8; i++) h[i] += v[i];
  }
}

void sha256_update(sha256 *s, const uint8_t *at, uint32_t length) {
  uint32_t held = s->length & 63;
  s->length += length;
  if (held) {
    uint32_t room = 64 - held, some = length < room ? length : room;
    for (uint32_t i = 0; i < some; i++) s->tail[held + i] = at[i];
    if (length < room) return;
    take(s->h, s->tail, 1);
    at += some, length -= some;
  }
  take(s->h, at, length / 64);
  at += length & ~63u;
  for (uint32_t i = 0; i < (length & 63); i++) s->tail[i] = at[i];
}

void sha256_end(sha256 *s) {
  uint32_t held = s->length & 63;
  uint64_t bits = big64(s->length << 3);
  s->tail[held++] = 0x80;
  if (held > 56) {
    while (held < 64) s->tail[held++] = 0;
    take(s->h, s->tail, 1);
    held = 0;
  }
  while (held < 56) s->tail[held++] = 0;
  __builtin_memcpy(s->tail + 56, &bits, 8);
  take(s->h, s->tail, 1);
  for (int i = 0; i < 8; i++) s->h[i] = big32(s->h[i]);
}

uint8_t *EXPORT(buffer)(void) { return bytes; }
void *EXPORT(state)(void) { return &hash; }
void EXPORT(init)(void) { sha256_begin(&hash); }
void EXPORT(update)(uint32_t length) { sha256_update(&hash, bytes, length); }
void EXPORT(final)(void) { sha256_end(&hash); }
