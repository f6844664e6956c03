// What every codec answers.
#ifndef CODEC_ANSWERS_H
#define CODEC_ANSWERS_H

#define EXPORT(name) __attribute__((export_name(#name)))

// Answers of init and update.
enum {
  GO_ON = 0,
  AT_END = 1,
  CORRUPT = -1,       // not of this format, a wrong checksum, or bytes behind the end
  TRUNCATED = -2,     // the input ended before the data did
  NO_MEMORY = -3,     // memory could not grow
  TOO_DEEP = -4,      // decoding would take more memory than is allowed to data
  BAD_ARGUMENT = -5,  // a level that there is not, or calls in a wrong order
  UNSUPPORTED = -6,   // well-formed, with a method that is not compiled in
};

#endif
