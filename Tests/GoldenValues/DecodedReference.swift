//  DecodedReference.swift — golden values of a file as a type of the test's own.

public import Foundation

/// The contents of `Fixtures/name.json` of a test target. Names in the file are in snake case; infinities and NaN are texts.
public func decodedReference<Value: Decodable>(_ name: String, in bundle: Bundle) throws -> Value {
  guard let url = bundle.url(forResource: name, withExtension: "json", subdirectory: "Fixtures") else {
    throw ReferenceError(missing: "the file \(name).json")
  }
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  decoder.nonConformingFloatDecodingStrategy = .convertFromString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  return try decoder.decode(Value.self, from: Data(contentsOf: url))
}
