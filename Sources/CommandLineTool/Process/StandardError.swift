//  StandardError.swift — what is said to the person, beside the results.

import Foundation

enum StandardError {
  static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
