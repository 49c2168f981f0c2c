//  philox.c — Philox 4x32-10 on one counter, for keys, tests and generators that need a number at a time.

#include "philox.h"

// Separates the two mixing steps, which would otherwise share a key.
#define MIXING 0x7A3B5C1D9E8F6042ull

void credence_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  uint32_t x0 = counter[0], x1 = counter[1], x2 = counter[2], x3 = counter[3], k0 = key[0], k1 = key[1];
  for (int round = 0; round < PHILOX_ROUNDS; round++) {
    uint64_t p = (uint64_t)PHILOX_MULTIPLIER_0 * x0, q = (uint64_t)PHILOX_MULTIPLIER_1 * x2;
    x0 = (uint32_t)(q >> 32) ^ x1 ^ k0;
    x1 = (uint32_t)q;
    x2 = (uint32_t)(p >> 32) ^ x3 ^ k1;
    x3 = (uint32_t)p;
    k0 += PHILOX_WEYL_0;
    k1 += PHILOX_WEYL_1;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
}

credence_random_fill credence_random_fill_of(credence_random_key key) {
  uint32_t counter[4] = {(uint32_t)key.stream, (uint32_t)(key.stream >> 32), (uint32_t)key.step,
                         (uint32_t)(key.step >> 32)};
  uint64_t mixed = key.seed ^ MIXING;
  uint32_t first[2] = {(uint32_t)key.seed, (uint32_t)(key.seed >> 32)};
  uint32_t second[2] = {(uint32_t)mixed, (uint32_t)(mixed >> 32)};
  credence_philox(counter, first, counter);  // (1)
  counter[0] ^= key.site;
  credence_philox(counter, second, counter);  // (2)
  return (credence_random_fill){.key = {counter[0], counter[1]}, .high = {counter[2], counter[3]}};
}

uint64_t credence_random_word(credence_random_fill fill, uint64_t index) {
  uint64_t block = index / 2;
  uint32_t x[4] = {(uint32_t)block, (uint32_t)(block >> 32), fill.high[0], fill.high[1]};
  credence_philox(x, fill.key, x);
  return index % 2 == 0 ? x[0] | (uint64_t)x[1] << 32 : x[2] | (uint64_t)x[3] << 32;
}
