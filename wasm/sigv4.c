// AWS Signature Version 4: from the canonical request to the signature, in one call.
//
//   key()      the hashed pads of the day's key, 16 words: what HMAC (RFC 2104) starts from, inner then outer
//   prefix(n)  the first n bytes of the text are the string to sign up to the hash: algorithm, time, scope; kept until the next call
//   tail(n)    the first n bytes of the text are the end of canonical requests, behind the query; kept until the next call
//   sign(n)    the first n bytes of the text are the beginning of one, to which the tail belongs; its signature, in hex, stands at `signature()`
//   mac(n)     HMAC of the first n bytes of the text, in hex, at `signature()`: for chunks and policies
#include "sha256.h"

#define TEXT_BYTES 16384

static uint8_t bytes[TEXT_BYTES] __attribute__((aligned(16)));
static uint8_t ending[TEXT_BYTES] __attribute__((aligned(16)));
static uint32_t ending_length;
static uint32_t pads[16] __attribute__((aligned(16)));
static uint8_t hex[64] __attribute__((aligned(16)));
// The inner hash behind the prefix.
static sha256 begun;

uint8_t *EXPORT(text)(void) { return bytes; }
uint32_t *EXPORT(key)(void) { return pads; }
uint8_t *EXPORT(signature)(void) { return hex; }

ALWAYS void resume(sha256 *s, const uint32_t *pad) {
  for (int i = 0; i < 8; i++) s->h[i] = pad[i];
  s->length = 64;
}

static void write_hex(uint8_t *to, const sha256 *s) {
  const uint8_t *from = (const uint8_t *)s->h;
  for (int i = 0; i < 32; i++) {
    uint32_t high = from[i] >> 4, low = from[i] & 15;
    *to++ = high + (high > 9 ? 87 : 48);
    *to++ = low + (low > 9 ? 87 : 48);
  }
}

static void finish(sha256 *inner) {
  sha256 outer;
  sha256_end(inner);
  resume(&outer, pads + 8);
  sha256_update(&outer, (const uint8_t *)inner->h, 32);
  sha256_end(&outer);
  write_hex(hex, &outer);
}

void EXPORT(prefix)(uint32_t length) {
  resume(&begun, pads);
  sha256_update(&begun, bytes, length);
}

void EXPORT(tail)(uint32_t length) {
  __builtin_memcpy(ending, bytes, length);
  ending_length = length;
}

void EXPORT(sign)(uint32_t length) {
  sha256 hash;
  uint8_t digest[64];
  sha256_begin(&hash);
  sha256_update(&hash, bytes, length);
  sha256_update(&hash, ending, ending_length);
  sha256_end(&hash);
  write_hex(digest, &hash);
  hash = begun;
  sha256_update(&hash, digest, 64);
  finish(&hash);
}

void EXPORT(mac)(uint32_t length) {
  sha256 hash;
  resume(&hash, pads);
  sha256_update(&hash, bytes, length);
  finish(&hash);
}
