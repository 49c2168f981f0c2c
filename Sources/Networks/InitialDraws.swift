//  InitialDraws.swift — random numbers for initial values, from any generator.
//
//  Box and Muller: with u, v uniform on (0, 1), √(−2 log u) cos 2πv and √(−2 log u) sin 2πv are independent standard
//  normals. Starting values are drawn once, so clarity counts here and speed does not.

import Foundation

/// Uniform on the open interval (0, 1): the middles of 2⁵² equal parts, so that neither end occurs.
func openUniform(using generator: inout some RandomNumberGenerator) -> Double {
  let bits: UInt64 = generator.next()
  return (Double(bits >> 12) + 0.5) * 0x1p-52
}

/// Independent standard normals.
func standardNormals(_ count: Int, using generator: inout some RandomNumberGenerator) -> [Double] {
  var values: [Double] = []
  values.reserveCapacity(count + 1)
  while values.count < count {
    let radius = (-2 * log(openUniform(using: &generator))).squareRoot()
    let angle = 2 * Double.pi * openUniform(using: &generator)
    values.append(radius * cos(angle))
    values.append(radius * sin(angle))
  }
  if values.count > count { values.removeLast() }
  return values
}
