//  dispatch.c — the choice of the instruction set.

#include "tables.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

credence_instruction_set credence_best_instruction_set(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v4")) return CREDENCE_AVX512;
  if (__builtin_cpu_supports("x86-64-v3")) return CREDENCE_AVX2;
#endif
  return CREDENCE_BASELINE;
}

static credence_instruction_set chosen_instruction_set(void) {
  const char *wish = getenv("CREDENCE_INSTRUCTION_SET");
  credence_instruction_set best = credence_best_instruction_set(), wanted = best;
  if (wish && strcmp(wish, "baseline") == 0) wanted = CREDENCE_BASELINE;
  if (wish && strcmp(wish, "avx2") == 0) wanted = CREDENCE_AVX2;
  return wanted < best ? wanted : best;
}

credence_instruction_set credence_active_instruction_set(void) {
  // Threads that come first together all find the same answer.
  static _Atomic int active = -1;
  int set = atomic_load_explicit(&active, memory_order_relaxed);
  if (set < 0) {
    set = (int)chosen_instruction_set();
    atomic_store_explicit(&active, set, memory_order_relaxed);
  }
  return (credence_instruction_set)set;
}

static const credence_float_kernels *float_table(credence_instruction_set set) {
  switch (set) {
#if defined(__x86_64__)
    case CREDENCE_AVX512: return &credence_table_avx512_float;
    case CREDENCE_AVX2: return &credence_table_avx2_float;
#endif
    default: return &credence_table_baseline_float;
  }
}

static const credence_double_kernels *double_table(credence_instruction_set set) {
  switch (set) {
#if defined(__x86_64__)
    case CREDENCE_AVX512: return &credence_table_avx512_double;
    case CREDENCE_AVX2: return &credence_table_avx2_double;
#endif
    default: return &credence_table_baseline_double;
  }
}

const credence_float_kernels *credence_float_table_for(credence_instruction_set set) {
  return set > credence_best_instruction_set() ? NULL : float_table(set);
}

const credence_float_kernels *credence_float_table(void) { return float_table(credence_active_instruction_set()); }

const credence_double_kernels *credence_double_table_for(credence_instruction_set set) {
  return set > credence_best_instruction_set() ? NULL : double_table(set);
}

const credence_double_kernels *credence_double_table(void) { return double_table(credence_active_instruction_set()); }
