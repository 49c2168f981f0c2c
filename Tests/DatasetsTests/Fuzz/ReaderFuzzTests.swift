//  ReaderFuzzTests.swift — no input makes a reader trap, hang or take memory by a claimed size.
//
//  Each reader gets damaged versions of small valid files, always the same ones for a seed. It must return a value or throw
//  `DatasetError`; a trap ends the test process. CREDENCE_FUZZ_COUNT sets the number of inputs for each reader and
//  CREDENCE_FUZZ_SEED another seed.

import Arrays
import Datasets
import Foundation
import Testing

@Suite(.serialized) struct ReaderFuzz {
  /// Tries the reader on damaged versions of the seeds, prints how many it accepted, and holds it to the rules.
  private func fuzz(
    _ name: String, seeds: [[UInt8]], words: [String], bytes: [[UInt8]] = [], _ read: ([UInt8]) throws -> Void
  ) {
    for seed in seeds { #expect(throws: Never.self, "a seed of \(name) is valid") { try read(seed) } }
    let count = FuzzTrial.setting("CREDENCE_FUZZ_COUNT") ?? 20_000
    let mutator = Mutator(
      seeds: seeds, words: words.map { Array($0.utf8) } + bytes, seed: FuzzTrial.setting("CREDENCE_FUZZ_SEED") ?? 1)
    let trial = FuzzTrial(of: read, inputs: count, from: mutator)
    print("fuzz \(name): \(count) inputs, \(trial.accepted) accepted, peak memory +\(trial.growth >> 20) MiB")
    #expect(trial.accepted > 0 && trial.accepted < count)
    #expect(trial.strangers.isEmpty, "\(trial.strangers.prefix(3))")
    #expect(trial.growth < 256 << 20)
  }

  @Test func aCarelessReaderIsFound() {
    struct Stranger: Error {}
    let mutator = Mutator(seeds: [[1, 2, 3, 4]], words: [[9, 9]], seed: 1)
    let trial = FuzzTrial(
      of: { bytes in
        if bytes.isEmpty { throw DatasetError(file: "f", problem: "empty") }
        if bytes.contains(9) { throw Stranger() }
      }, inputs: 1000, from: mutator)
    #expect(trial.accepted > 100)
    #expect(trial.strangers.count > 100)
    #expect(trial.accepted + trial.strangers.count < 1000)
  }

  @Test(arguments: MissingCells.allCases) func csvReaderSurvives(_ missing: MissingCells) throws {
    let texts = [
      "x,colour,y\n1,red,2\n3.5,blue,-4e3\n5,red,6\n", "a;b\r\n1.5;\"q\"\"r\"\r\n2;\"two\nlines\"\r\n",
      "\u{FEFF}n\tm\n1\t2\n3\t4\n", "x,y\n1,2\n2,3\n4,5\nred,6\n", "x|y\n 1 | 2 \n\n3|4",
    ]
    let words = [
      "\n", "\r", "\r\n", ",", ";", "\"", "\"\"", "NA", "?", "inf", "-nan", "1e999", "1e-400", "\u{FEFF}", "σ", "0x1p3",
      "12345678901234567890123", "9007199254740993e-5", " ", "\t", "e", "-", ".",
    ]
    fuzz("CSV, missing \(missing)", seeds: texts.map { Array($0.utf8) }, words: words) { bytes in
      let reading = missing == .error ? MissingCells.mean : missing
      let table: Table
      do {
        table = try Table(csv: bytes, missing: missing)
      } catch  where missing == .error && "\(error)".contains("missing") {
        table = try Table(csv: bytes, missing: reading)
      } catch  where missing == .drop && "\(error)".contains("every row") {
        return
      }
      let target = table.columnNames[table.columns.count - 1]
      guard table.columns.count > 1 else { return }
      let task: PredictionTask? = table[target]?.isCategorical == true ? .classification : nil
      let encoding = try TabularEncoding(fitting: table, target: target, task: task, missing: .mean)
      _ = try encoding.inputs(of: table, as: Float.self)
    }
  }

  @Test func idxReaderSurvives() throws {
    let seeds = try Fixture.names(in: "idx", ending: ".idx").map { try Fixture.bytes("idx/\($0)") }
    let words: [[UInt8]] = [[0xFF, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0], [0, 0, 0x0E, 3], [0, 0, 8, 255]]
    fuzz("IDX", seeds: seeds, words: [], bytes: words) { _ = try StoredArray(idx: $0).converted(to: Double.self) }
  }

  @Test func gzipReaderSurvives() throws {
    let seeds = try Fixture.names(in: "idx", ending: ".idx.gz").map { try Fixture.bytes("idx/\($0)") }
    let words: [[UInt8]] = [[0x1F, 0x8B, 8, 0], [0x1F, 0x8B, 8, 0xFF], [0xFF, 0xFF], [1, 0, 0, 0xFF, 0xFF]]
    fuzz("gzip", seeds: seeds, words: [], bytes: words) { _ = try StoredArray(idx: $0) }
  }

  @Test func npyReaderSurvives() throws {
    let names = try Fixture.names(in: "interop", ending: ".npy").filter { !$0.hasPrefix("bad_") }
    let seeds = try names.map { try Fixture.bytes("interop/\($0)") }
    let words = [
      "'shape': ", "'descr'", "(", ")", "9223372036854775807", "-1", "(0, 9223372036854775807)", "True", "<f8", ">i2",
      "|b1",
      "<f16", "'", "{", "}", ",", "[('a', '<f8')]", "4294967296L",
    ]
    fuzz("NPY", seeds: seeds, words: words) { bytes in
      let array = try StoredArray(npy: bytes)
      _ = array.converted(to: Float.self)
      _ = array.integers()
    }
  }

  @Test func npzReaderSurvives() throws {
    let seeds = try ["stored", "deflated"].map { try Fixture.bytes("interop/\($0).npz") }
    let words: [[UInt8]] = [
      [0x50, 0x4B, 1, 2], [0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6], [0x50, 0x4B, 6, 6], [0x50, 0x4B, 6, 7],
      [0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF], [1, 0, 8, 0], [1, 0, 24, 0],
    ]
    fuzz("NPZ", seeds: seeds, words: [".npy"], bytes: words) { bytes in
      let archive = try NPZArchive(bytes)
      for name in archive.names { _ = try archive.array(named: name) }
    }
  }

  @Test func safetensorsReaderSurvives() throws {
    let seeds = try ["mixed", "no_metadata"].map { try Fixture.bytes("interop/\($0).safetensors") }
    let words = [
      "\"shape\":[", "[9223372036854775807,2]", "[0,9223372036854775807,4]", "-1", "1e3", "\"F64\"", "\"BOOL\"",
      "\"data_offsets\":[0,0]", "{", "}", "[", "]", "\"", "\\u", "\\ud800", "\\uD83D\\uDE00", "__metadata__", ":", ",",
      "null", "true", "0", "[[[[[[[[[[",
    ]
    fuzz("safetensors", seeds: seeds, words: words) { bytes in
      let file = try SafetensorsFile(bytes)
      for name in file.names { _ = try file.array(named: name).converted(to: Double.self) }
    }
  }

  @Test func splitFileReaderSurvives() {
    let seeds = ["0,3,4\n2,1\n", "5\r\n6\r\n"].map { Array($0.utf8) }
    fuzz("split file", seeds: seeds, words: ["9223372036854775808", "-1", ",,", "\n"]) {
      _ = try SplitFile($0, rowCount: 8)
    }
  }
}
