//  FourierTransform.swift — the discrete Fourier transform of a length that is a power of two.
//
//  Equation   (1) X_k = Σⱼ xⱼ exp(−2πi jk/n)
//
//  Cooley and Tukey's recursion from the shortest transforms up, in place, after a permutation by reversed bits. The factors
//  are computed one by one, so that errors grow with log n only. Cost: 5 n log₂ n flops. [Cooley and Tukey 1965]

import Foundation

struct FourierTransform {
  let count: Int
  /// cos and −sin of 2πk/n, k < n/2.
  private let cosines, sines: [Double]

  /// Precondition: a power of two.
  init(count: Int) {
    precondition(count > 0 && count & (count - 1) == 0, "a transform of \(count) numbers: a power of two is needed")
    self.count = count
    let angles = (0..<count / 2).map { 2 * Double.pi * Double($0) / Double(count) }
    cosines = angles.map { cos($0) }
    sines = angles.map { -sin($0) }
  }

  /// Equation (1), in place.
  func transform(_ real: inout [Double], _ imaginary: inout [Double]) {
    precondition(real.count == count && imaginary.count == count, "a transform of length \(count)")
    reverseBits(&real, &imaginary)
    var half = 1
    while half < count {
      let stride = count / (2 * half)
      for start in Swift.stride(from: 0, to: count, by: 2 * half) {
        for k in 0..<half {
          let (c, s) = (cosines[k * stride], sines[k * stride])
          let (a, b) = (start + k, start + k + half)
          let (re, im) = (real[b] * c - imaginary[b] * s, real[b] * s + imaginary[b] * c)
          (real[b], imaginary[b]) = (real[a] - re, imaginary[a] - im)
          real[a] += re
          imaginary[a] += im
        }
      }
      half *= 2
    }
  }

  private func reverseBits(_ real: inout [Double], _ imaginary: inout [Double]) {
    var reversed = 0
    for index in 1..<max(count, 1) {
      var bit = count / 2
      while reversed & bit != 0 {
        reversed ^= bit
        bit /= 2
      }
      reversed |= bit
      if index < reversed {
        real.swapAt(index, reversed)
        imaginary.swapAt(index, reversed)
      }
    }
  }
}
