//  philox.h — the counter-based generator Philox 4x32-10, one block at a time, and the layout of counters.
//
//  Philox maps a 128-bit counter to 128 random bits, a bijection chosen by a 64-bit key.
//  Source: Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3".
//
//  Layout     A fill is identified by (seed, stream, step, site), 224 bits, which are mixed by the same bijection:
//               (1) h = Philox(key: seed, counter: (stream, step))           128 bits
//               (2) g = Philox(key: seed ^ MIXING, counter: h ^ (site, 0))   128 bits
//             The blocks of the fill are then Philox(key: g low, counter: (block number, g high)).
//             For one seed and site (1) and (2) are bijections, so that no two (stream, step) share a g; for two
//             sites they agree with probability 2^-96 each. Block numbers have 64 bits of their own.

#ifndef CREDENCE_PHILOX_H
#define CREDENCE_PHILOX_H

#include "CKernels.h"

#define PHILOX_ROUNDS 10
#define PHILOX_MULTIPLIER_0 0xD2511F53u
#define PHILOX_MULTIPLIER_1 0xCD9E8D57u
#define PHILOX_WEYL_0 0x9E3779B9u
#define PHILOX_WEYL_1 0xBB67AE85u

#endif
