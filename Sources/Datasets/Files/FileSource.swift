//  FileSource.swift — the bytes of a file.

import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The bytes of a file on disk, read with one system call a piece.
final class FileSource: ByteSource {
  let name: String

  /// Whether the file can be read again: a pipe or a terminal cannot.
  let isRegular: Bool

  /// The size in bytes of a regular file.
  let size: Int

  private let descriptor: Int32

  /// Throws: `DatasetError` if the file is missing, may not be read or is a folder.
  init(path: String) throws(DatasetError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("the file cannot be opened", path: path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      close(descriptor)
      throw .system("the file cannot be examined", path: path)
    }
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFDIR else {
      close(descriptor)
      throw DatasetError(file: path, problem: "this is a folder", advice: "name a file")
    }
    self.descriptor = descriptor
    name = path
    isRegular = kind == S_IFREG
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  func rewind() throws(DatasetError) {
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw .system("the file cannot be read again", path: name) }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
    while true {
      let count = systemRead(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      guard errno == EINTR else { throw .system("the file cannot be read", path: name) }
    }
  }
}

/// The system's `read`, under a name that the method does not hide.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}

extension DatasetError {
  /// A refused system call, with the reason that the system gives.
  static func system(_ problem: String, path: String) -> DatasetError {
    let reason = String(cString: strerror(errno))
    return DatasetError(
      file: path, problem: "\(problem) (\(reason))", advice: "check that the path is right and that you may use it")
  }
}

/// All bytes of a file.
///
/// Throws: `DatasetError` if it cannot be read, or is larger than the machine's memory.
func bytesOfFile(at path: String) throws(DatasetError) -> [UInt8] {
  let source = try FileSource(path: path)
  guard UInt64(source.size) < ProcessInfo.processInfo.physicalMemory else {
    throw DatasetError(
      file: path, problem: "the file's \(source.size) bytes are more than this machine's memory",
      advice: "use a smaller file")
  }
  return try source.readBytes(atMost: .max)
}

/// A file's bytes as they were before compression: a file that starts like a gzip file is inflated on the way.
func openSource(path: String) throws(DatasetError) -> any ByteSource {
  let file = try FileSource(path: path)
  let source: any ByteSource =
    file.isRegular ? file : MemorySource(try file.readBytes(atMost: .max), name: path)
  return try inflatedIfCompressed(source)
}

/// `source`, or its inflated bytes if it starts with the two bytes that mark a gzip file.
func inflatedIfCompressed(_ source: any ByteSource) throws(DatasetError) -> any ByteSource {
  let start = try source.readBytes(atMost: 2)
  try source.rewind()
  return start == [0x1F, 0x8B] ? try GzipSource(source) : source
}
