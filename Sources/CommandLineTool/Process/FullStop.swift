//  FullStop.swift — what went wrong, as a whole sentence.

extension Error {
  /// The description, ended by one full stop: some errors are parts of longer sentences and have none.
  var sentence: String {
    let text = "\(self)"
    return text.hasSuffix(".") ? text : text + "."
  }
}
