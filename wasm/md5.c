// MD5 (RFC 1321): one message, or four at once, a message in each lane of a vector.
#include "kernel.h"

#define LANE_BYTES (BUFFER_BYTES / 4)

static uint8_t bytes[BUFFER_BYTES] __attribute__((aligned(64)));
// What can be saved: the running value, how many bytes went in, and those that do not fill a block yet.
static struct {
  uint32_t h[4];
  uint64_t length;
  uint8_t tail[64];
} hash __attribute__((aligned(16)));
// Word i of lane k stands at running[i][k].
static uint32_t running[4][4] __attribute__((aligned(16)));

// The words that are added are floor(2^32 · |sin(i)|), i from 1, in radians.
#define ROUNDS                                                                                                   \
  R(F, a, b, c, d, 0, 7, 0xd76aa478) R(F, d, a, b, c, 1, 12, 0xe8c7b756) R(F, c, d, a, b, 2, 17, 0x242070db)     \
  R(F, b, c, d, a, 3, 22, 0xc1bdceee) R(F, a, b, c, d, 4, 7, 0xf57c0faf) R(F, d, a, b, c, 5, 12, 0x4787c62a)     \
  R(F, c, d, a, b, 6, 17, 0xa8304613) R(F, b, c, d, a, 7, 22, 0xfd469501) R(F, a, b, c, d, 8, 7, 0x698098d8)     \
  R(F, d, a, b, c, 9, 12, 0x8b44f7af) R(F, c, d, a, b, 10, 17, 0xffff5bb1) R(F, b, c, d, a, 11, 22, 0x895cd7be)  \
  R(F, a, b, c, d, 12, 7, 0x6b901122) R(F, d, a, b, c, 13, 12, 0xfd987193) R(F, c, d, a, b, 14, 17, 0xa679438e)  \
  R(F, b, c, d, a, 15, 22, 0x49b40821) R(G, a, b, c, d, 1, 5, 0xf61e2562) R(G, d, a, b, c, 6, 9, 0xc040b340)     \
  R(G, c, d, a, b, 11, 14, 0x265e5a51) R(G, b, c, d, a, 0, 20, 0xe9b6c7aa) R(G, a, b, c, d, 5, 5, 0xd62f105d)    \
  R(G, d, a, b, c, 10, 9, 0x02441453) R(G, c, d, a, b, 15, 14, 0xd8a1e681) R(G, b, c, d, a, 4, 20, 0xe7d3fbc8)   \
  R(G, a, b, c, d, 9, 5, 0x21e1cde6) R(G, d, a, b, c, 14, 9, 0xc33707d6) R(G, c, d, a, b, 3, 14, 0xf4d50d87)     \
  R(G, b, c, d, a, 8, 20, 0x455a14ed) R(G, a, b, c, d, 13, 5, 0xa9e3e905) R(G, d, a, b, c, 2, 9, 0xfcefa3f8)     \
  R(G, c, d, a, b, 7, 14, 0x676f02d9) R(G, b, c, d, a, 12, 20, 0x8d2a4c8a) R(H, a, b, c, d, 5, 4, 0xfffa3942)    \
  R(H, d, a, b, c, 8, 11, 0x8771f681) R(H, c, d, a, b, 11, 16, 0x6d9d6122) R(H, b, c, d, a, 14, 23, 0xfde5380c)  \
  R(H, a, b, c, d, 1, 4, 0xa4beea44) R(H, d, a, b, c, 4, 11, 0x4bdecfa9) R(H, c, d, a, b, 7, 16, 0xf6bb4b60)     \
  R(H, b, c, d, a, 10, 23, 0xbebfbc70) R(H, a, b, c, d, 13, 4, 0x289b7ec6) R(H, d, a, b, c, 0, 11, 0xeaa127fa)   \
  R(H, c, d, a, b, 3, 16, 0xd4ef3085) R(H, b, c, d, a, 6, 23, 0x04881d05) R(H, a, b, c, d, 9, 4, 0xd9d4d039)     \
  R(H, d, a, b, c, 12, 11, 0xe6db99e5) R(H, c, d, a, b, 15, 16, 0x1fa27cf8) R(H, b, c, d, a, 2, 23, 0xc4ac5665)  \
  R(I, a, b, c, d, 0, 6, 0xf4292244) R(I, d, a, b, c, 7, 10, 0x432aff97) R(I, c, d, a, b, 14, 15, 0xab9423a7)    \
  R(I, b, c, d, a, 5, 21, 0xfc93a039) R(I, a, b, c, d, 12, 6, 0x655b59c3) R(I, d, a, b, c, 3, 10, 0x8f0ccc92)    \
  R(I, c, d, a, b, 10, 15, 0xffeff47d) R(I, b, c, d, a, 1, 21, 0x85845dd1) R(I, a, b, c, d, 8, 6, 0x6fa87e4f)    \
  R(I, d, a, b, c, 15, 10, 0xfe2ce6e0) R(I, c, d, a, b, 6, 15, 0xa3014314) R(I, b, c, d, a, 13, 21, 0x4e0811a1)  \
  R(I, a, b, c, d, 4, 6, 0xf7537e82) R(I, d, a, b, c, 11, 10, 0xbd3af235) R(I, c, d, a, b, 2, 15, 0x2ad7d2bb)    \
  R(I, b, c, d, a, 9, 21, 0xeb86d391)

// One step: the word k of the block and the constant t go into a, which is rotated by s and added to b.
#define R(f, a, b, c, d, k, s, t) a = f(a + w[k] + t, b, c, d), a = b + (a << s | a >> (32 - s));
#define F(x, b, c, d) x + (d ^ (b & (c ^ d)))
#define G(x, b, c, d) x + (c & ~d) + (d & b)
#define H(x, b, c, d) x + (b ^ (c ^ d))
#define I(x, b, c, d) x + (c ^ (b | ~d))

static void take(const uint8_t *at, uint32_t count) {
  uint32_t a = hash.h[0], b = hash.h[1], c = hash.h[2], d = hash.h[3];
  for (; count; count--, at += 64) {
    uint32_t w[16], a0 = a, b0 = b, c0 = c, d0 = d;
    __builtin_memcpy(w, at, 64);
    ROUNDS
    a += a0, b += b0, c += c0, d += d0;
  }
  hash.h[0] = a, hash.h[1] = b, hash.h[2] = c, hash.h[3] = d;
}

// The same with vectors, where everything waits for b and each operation counts (two cycles on some processors): of x + y, x is there before b
// and y comes with it. Shifts to the left and sums may change places, so rotate(x + y) + b = (x << s) + b + (y << s) + ((x + y) >> (32 - s)),
// which has one operation less behind b. A vector of a constant is four instructions in V8 and one where it is read from memory.
// c ^ (b | ~d) is -1 - (c ^ (d & ~b)); the 1 is taken off the constant.
#undef R
#define R(f, a, b, c, d, k, s, t) t - f##_LESS,
#define F_LESS 0
#define G_LESS 0
#define H_LESS 0
#define I_LESS 1
__attribute__((used)) uint32_t sines[64] = {ROUNDS};

#define ADD wasm_i32x4_add
#define XOR wasm_v128_xor
#define AND wasm_v128_and
#define ANDNOT wasm_v128_andnot
#define F_EARLY(x, c, d) x
#define G_EARLY(x, c, d) ADD(x, ANDNOT(c, d))
#define H_EARLY(x, c, d) x
#define I_EARLY(x, c, d) x
#define F_LATE(b, c, d) wasm_v128_bitselect(c, d, b)
#define G_LATE(b, c, d) AND(d, b)
#define H_LATE(b, c, d) XOR(b, XOR(c, d))
#define I_LATE(b, c, d) XOR(c, ANDNOT(d, b))
#define F_SUM wasm_i32x4_add
#define G_SUM wasm_i32x4_add
#define H_SUM wasm_i32x4_add
#define I_SUM wasm_i32x4_sub
#undef R
#define R(f, a, b, c, d, k, s, t)                                                     \
  {                                                                                   \
    v128_t x = f##_EARLY(ADD(a, ADD(w[k], wasm_v128_load32_splat(sine++))), c, d);    \
    v128_t y = f##_LATE(b, c, d), left = ADD(b, wasm_i32x4_shl(x, s));                \
    __asm__ volatile("" : "+r"(left) : : "memory"); /* or it would all be put back */ \
    a = ADD(f##_SUM(left, wasm_i32x4_shl(y, s)), wasm_u32x4_shr(f##_SUM(x, y), 32 - s)); \
  }

// Four words of four lanes, so that each vector holds one word of all.
ALWAYS void transpose(v128_t *w, const uint8_t *at) {
  v128_t x = wasm_v128_load(at), y = wasm_v128_load(at + LANE_BYTES);
  v128_t z = wasm_v128_load(at + 2 * LANE_BYTES), u = wasm_v128_load(at + 3 * LANE_BYTES);
  v128_t xy = wasm_i32x4_shuffle(x, y, 0, 4, 1, 5), zu = wasm_i32x4_shuffle(z, u, 0, 4, 1, 5);
  w[0] = wasm_i64x2_shuffle(xy, zu, 0, 2), w[1] = wasm_i64x2_shuffle(xy, zu, 1, 3);
  xy = wasm_i32x4_shuffle(x, y, 2, 6, 3, 7), zu = wasm_i32x4_shuffle(z, u, 2, 6, 3, 7);
  w[2] = wasm_i64x2_shuffle(xy, zu, 0, 2), w[3] = wasm_i64x2_shuffle(xy, zu, 1, 3);
}

uint32_t *EXPORT(lanes)(void) { return running[0]; }

// Takes `length` bytes, whole blocks, of each lane in: lane k has its part of the buffer, a quarter.
void EXPORT(update_lanes)(uint32_t length) {
  v128_t a = wasm_v128_load(running[0]), b = wasm_v128_load(running[1]), c = wasm_v128_load(running[2]), d = wasm_v128_load(running[3]);
  for (const uint8_t *at = bytes, *end = bytes + length; at < end; at += 64) {
    const uint32_t *sine = sines;
    v128_t w[16], a0 = a, b0 = b, c0 = c, d0 = d;
    for (int i = 0; i < 4; i++) transpose(w + 4 * i, at + 16 * i);
    ROUNDS
    a = ADD(a, a0), b = ADD(b, b0), c = ADD(c, c0), d = ADD(d, d0);
  }
  wasm_v128_store(running[0], a), wasm_v128_store(running[1], b), wasm_v128_store(running[2], c), wasm_v128_store(running[3], d);
}

uint8_t *EXPORT(buffer)(void) { return bytes; }
void *EXPORT(state)(void) { return &hash; }

void EXPORT(init)(void) {
  hash.h[0] = 0x67452301, hash.h[1] = 0xefcdab89, hash.h[2] = 0x98badcfe, hash.h[3] = 0x10325476;
  hash.length = 0;
}

void EXPORT(update)(uint32_t length) {
  const uint8_t *at = bytes;
  uint32_t held = hash.length & 63;
  hash.length += length;
  if (held) {
    uint32_t room = 64 - held, some = length < room ? length : room;
    for (uint32_t i = 0; i < some; i++) hash.tail[held + i] = at[i];
    if (length < room) return;
    take(hash.tail, 1);
    at += some, length -= some;
  }
  take(at, length / 64);
  at += length & ~63u;
  for (uint32_t i = 0; i < (length & 63); i++) hash.tail[i] = at[i];
}

void EXPORT(final)(void) {
  uint32_t held = hash.length & 63;
  uint64_t bits = hash.length << 3;
  hash.tail[held++] = 0x80;
  if (held > 56) {
    while (held < 64) hash.tail[held++] = 0;
    take(hash.tail, 1);
    held = 0;
  }
  while (held < 56) hash.tail[held++] = 0;
  __builtin_memcpy(hash.tail + 56, &bits, 8);
  take(hash.tail, 1);
}
