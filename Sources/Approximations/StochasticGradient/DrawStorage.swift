//  DrawStorage.swift — where the draws of chains are kept.
//
//  Notation   C chains of S draws of P parameters and Q statistics
//
//  Equation   (1) bytes = 4 C S (P + Q)

/// Memory, or files from a size on.
public enum DrawStorage: Hashable, Sendable, Codable {
  /// All in memory; a fit that would need more bytes is refused before it begins.
  case memory(limit: Int = 4 << 30)
  /// A file for each chain in a folder when there are more bytes than `above`: draws are written as they are made, and a
  /// prediction maps the files into memory instead of reading them. Otherwise memory.
  case disk(folder: String, above: Int = 256 << 20)

  /// The folder to stream to, or `nil` for memory.
  func folder(bytes: Int) -> String? {
    guard case .disk(let folder, let above) = self, bytes > above else { return nil }
    return folder
  }

  /// Why so many bytes cannot be kept, or `nil`.
  func problem(bytes: Int, draws: Int) -> String? {
    guard case .memory(let limit) = self, bytes > limit else { return nil }
    return "\(draws) draws need \(bytes >> 20) MiB of memory, where \(limit >> 20) are allowed; "
      + "keep fewer draws, or stream them to disk with DrawStorage.disk"
  }
}
