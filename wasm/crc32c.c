// CRC-32C (Castagnoli), RFC 3720 appendix B.4.
#define WORD uint32_t
#define POLY 0x82f63b78u
#define FAR 1278, 1565, 5424
#define FAR_FROM 14000
#define NEAR 65, 155, 170, 195, 209
#define NEAR_FROM 512
#include "crc.h"
