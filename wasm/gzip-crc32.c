// libdeflate's CRC-32 by folding: five times the speed of its tables, which take half the time of decoding what is easy to decode.
#define NO_EXPORTS
#include "crc32.c"

// The library's own declaration; it begins with a null pointer for the value of no bytes.
uint32_t libdeflate_crc32(uint32_t crc, const void *bytes, __SIZE_TYPE__ length) {
  const uint8_t *at = bytes;
  if (!at) return 0;
  begin();
  crc = ~crc;
  while (length) {
    uint32_t some = length < BUFFER_BYTES ? length : BUFFER_BYTES;
    // Folding destroys what it reads.
    __builtin_memcpy(data.bytes, at, some);
    crc = take(crc, some, 0);
    at += some, length -= some;
  }
  return ~crc;
}
