//  Logarithm.swift — functions of one number, beside those of tensors with the same name.

import Foundation

func logarithm(_ x: Double) -> Double { Foundation.log(x) }
func exponential(_ x: Double) -> Double { Foundation.exp(x) }
