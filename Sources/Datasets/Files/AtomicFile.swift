//  AtomicFile.swift — a file is replaced as a whole or not at all.
//
//  The bytes go to a new file in the same folder, are flushed to the disk, and the new file then takes the name in one
//  step; flushing the folder makes that step durable. A reader, or a crash at any moment, sees the old file or the new
//  one, never a part. A link is followed; a device or a pipe is written to as it is.

import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A way to write files that never leaves a part of one behind.
public enum AtomicFile {
  /// Writes the pieces, one after the other, as the file at `path`.
  ///
  /// Throws: `DatasetError` if the folder does not exist, may not be written to, or the disk is full; what was at `path`
  /// before is then still there.
  public static func write(_ pieces: [[UInt8]], to path: String) throws(DatasetError) {
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists && status.st_mode & S_IFMT != S_IFREG { return try writeInPlace(pieces, to: path) }
    let target = exists ? URL(filePath: path).resolvingSymlinksInPath().path : path
    let folder = (target as NSString).deletingLastPathComponent
    let temporary = target + ".\(UInt64.random(in: 0 ... .max)).partial"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .system("the file cannot be created", path: path) }
    do throws(DatasetError) {
      for piece in pieces { try writeAll(piece, to: descriptor, path: path) }
      guard fsync(descriptor) == 0 else { throw DatasetError.system("the file cannot be flushed", path: path) }
    } catch {
      close(descriptor)
      unlink(temporary)
      throw error
    }
    close(descriptor)
    guard rename(temporary, target) == 0 else {
      let error = DatasetError.system("the file cannot be replaced", path: path)
      unlink(temporary)
      throw error
    }
    let folderDescriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC)
    if folderDescriptor >= 0 {
      fsync(folderDescriptor)
      close(folderDescriptor)
    }
  }

  /// A device or a pipe is written to and never replaced.
  private static func writeInPlace(_ pieces: [[UInt8]], to path: String) throws(DatasetError) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("the file cannot be written", path: path) }
    defer { close(descriptor) }
    for piece in pieces { try writeAll(piece, to: descriptor, path: path) }
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(DatasetError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, written, $0.count - written) }
      if count >= 0 {
        written += count
      } else if errno != EINTR {
        throw .system("the file cannot be written", path: path)
      }
    }
  }
}

/// The system's `write` from an offset, under a name that the method does not hide.
private func systemWrite(_ descriptor: Int32, _ base: UnsafeRawPointer?, _ offset: Int, _ count: Int) -> Int {
  guard let base else { return 0 }
  return write(descriptor, base + offset, count)
}
