// Included before every file of libdeflate: words of 64 bits. It takes the size of a pointer for that of a register, which in wasm32 is half of
// what there is: with 64 bits it decodes two more literals a step, and compares and copies twice as much at a time.
#ifndef LIBDEFLATE_WORDS_H
#define LIBDEFLATE_WORDS_H

#define machine_word_t pointer_word_t
#include "lib/lib_common.h"
#undef machine_word_t
typedef uint64_t machine_word_t;

// What the library made for its own word.
#undef load_word_unaligned
#undef store_word_unaligned
#define load_word_unaligned load_u64_unaligned
#define store_word_unaligned store_u64_unaligned
#define get_unaligned_leword get_unaligned_le64
#define put_unaligned_leword put_unaligned_le64
#define bsrw bsr64
#define bsfw bsf64

#endif
