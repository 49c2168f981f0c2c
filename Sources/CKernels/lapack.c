//  lapack.c — the linear algebra library without threads of its own.
//
//  OpenBLAS starts a thread for each processor when a program begins, and each spins for a tenth of a second before it sleeps. The
//  threads that call it here have their own share of the work already; and what it computes with several depends on how many they are.

#include "../COpenBLAS/shim.h"

/// Absent where OpenBLAS was built without threads.
__attribute__((weak)) int blas_thread_shutdown_(void);

__attribute__((constructor)) static void end_library_threads(void) {
  openblas_set_num_threads(1);
  if (blas_thread_shutdown_) blas_thread_shutdown_();
}
