//  LibraryThreadsTests.swift — the linear algebra library computes on the thread that calls it, whatever the machine has.

import CKernels
import COpenBLAS
import Testing

@Test func theLinearAlgebraLibraryHasNoThreadsOfItsOwn() { #expect(openblas_get_num_threads() == 1) }
