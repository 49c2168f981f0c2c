//  OtherReadersTests.swift — other programs read what the tool writes: Python, with and without its safetensors package.

import Foundation
import Testing

@Suite struct OtherReadersTests {
  /// Runs a Python script with one argument. `nil` when there is no Python.
  private static func python(_ script: String, _ argument: String = "") -> Outcome? {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, argument]
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    guard (try? process.run()) != nil else { return nil }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let problem = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 127
      ? nil : Outcome(code: process.terminationStatus, output: text, errors: problem)
  }

  private static let hasPython = python("pass")?.code == 0

  private func model() throws -> Workplace {
    let place = try Workplace()
    try place.split("iris.csv")
    let fit = try place.run("fit", "train.csv", "--target", "y", "--epochs", "5", "--out", "m.credence", "--quiet")
    #expect(fit.code == 0)
    return place
  }

  @Test(.enabled(if: hasPython, "there is no python3"))
  func aFewLinesOfPythonReadTheModelAndItsChecksum() throws {
    let place = try model()
    let script = """
      import json, struct, sys
      data = open(sys.argv[1], 'rb').read()
      size = struct.unpack('<Q', data[:8])[0]
      header = json.loads(data[8:8 + size])
      meta = header.pop('__metadata__')
      value = 0xcbf29ce484222325
      parts = [meta['description'].encode()]
      for name in ('draws', 'states'):
          begin, end = header[name]['data_offsets']
          parts.append(data[8 + size + begin:8 + size + end])
      for byte in b''.join(parts):
          value = ((value ^ byte) * 0x100000001b3) % 2**64
      record = json.loads(meta['description'])
      print(meta['format'], meta['version'], meta['checksum'] == 'fnv1a64:%016x' % value)
      print(header['draws']['dtype'], header['draws']['shape'], header['states']['shape'])
      print(sum(len(s['shape']) and __import__('math').prod(s['shape']) for s in json.loads(meta['layout'])))
      print(record['encoding']['table']['_0']['targetName'], record['rowCount'])
      """
    let outcome = try #require(Self.python(script, place.folder.appending(path: "m.credence").path))
    #expect(outcome.output == "credence 2 True\nF32 [5, 2953] [5, 0]\n2953\ny 120\n", "\(outcome.errors)")
  }

  /// Python's safetensors package opens the file. Where it is not installed, a few lines hold the file to the rules that the
  /// package enforces: sizes that agree with types and shapes, and arrays that cover all bytes once.
  @Test(.enabled(if: hasPython, "there is no python3"))
  func thePythonPackageOpensTheModelOrItsRulesHold() throws {
    let place = try model()
    let script = """
      import json, math, struct, sys
      try:
          from safetensors import safe_open
          with safe_open(sys.argv[1], framework='numpy') as file:
              print(sorted(file.keys()), file.get_tensor('draws').shape, file.metadata()['format'])
      except ImportError:
          data = open(sys.argv[1], 'rb').read()
          size = struct.unpack('<Q', data[:8])[0]
          assert size <= 100_000_000 and 8 + size <= len(data) and data[8:9] == b'{'
          header = json.loads(data[8:8 + size].decode('utf-8'))
          meta = header.pop('__metadata__')
          assert all(isinstance(key, str) and isinstance(value, str) for key, value in meta.items())
          bits = {'F64': 64, 'F32': 32, 'F16': 16, 'I64': 64, 'I32': 32, 'I16': 16, 'I8': 8, 'U8': 8, 'BOOL': 8}
          end = 0
          for name, array in sorted(header.items(), key=lambda item: item[1]['data_offsets']):
              assert set(array) == {'dtype', 'shape', 'data_offsets'}
              first, last = array['data_offsets']
              assert first == end and last - first == math.prod(array['shape']) * bits[array['dtype']] // 8
              end = last
          assert end == len(data) - 8 - size
          print(sorted(header), tuple(header['draws']['shape']), meta['format'])
      """
    let outcome = try #require(Self.python(script, place.folder.appending(path: "m.credence").path))
    #expect(outcome.output == "['draws', 'states'] (5, 2953) credence\n", "\(outcome.errors)")
  }

  @Test func inspectShowsWhatEveryKindOfFileHolds() throws {
    let place = try model()
    let model = try place.run("inspect", "m.credence")
    #expect(model.code == 0)
    for part in [
      "classification of y: 0, 1, 2", "ensemble", "2.dense.weight",
      "[5, 2953]",
      "petal_width_cm", "relu", "Adam, β₁ 0.9", "normal, standard deviation 1.0", "categorical, 3 classes",
      "along a cosine",
    ] {
      #expect(model.output.contains(part), "\(part) is not in the summary")
    }
    #expect(model.output.contains(/\n  members +5 *\n  bagging +no *\n  adversarial +0.0 *\n/))
    let table = try place.run("inspect", "train.csv").output
    #expect(table.contains("train.csv: CSV, 120 rows, 5 columns") && table.contains("sepal_width_cm"))
    try Data([0, 0, 8, 1, 0, 0, 0, 3, 4, 5, 6]).write(to: place.folder.appending(path: "a.idx"))
    #expect(try place.run("inspect", "a.idx").output.contains("a.idx: IDX, one array"))
  }
}
