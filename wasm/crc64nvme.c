// CRC-64/NVME (NVM Express NVM Command Set 1.0, 5.2.1.3.4), the default checksum of new S3 objects.
#define WORD uint64_t
#define POLY 0x9a6c9329ac4bc9b5u
#define FAR 236, 432, 1583, 2065, 2194, 2347, 2519
#define FAR_FROM 14000
#define NEAR 70, 92, 99, 105, 170, 182, 244, 260, 268, 272, 283
#define NEAR_FROM 512
#include "crc.h"

// For benchmarks: everything by the tables.
void EXPORT(update_by_table)(uint32_t length) { crc_state = slice(crc_state, data.bytes, length); }
