// CRC-32 of IEEE 802.3, as in gzip.
#define WORD uint32_t
#define POLY 0xedb88320u
#define FAR 1927, 2181, 4018
#define FAR_FROM 14000
#define NEAR 145, 183, 211, 300
#define NEAR_FROM 512
#include "crc.h"
