// The one place that names zlib. `inflateInit2` is a macro, which Swift does not see, so it gets a name here.
#ifndef CREDENCE_ZLIB_H
#define CREDENCE_ZLIB_H

#include <zlib.h>

static inline int credence_inflate_init(z_streamp stream, int window_bits) { return inflateInit2(stream, window_bits); }

#endif
