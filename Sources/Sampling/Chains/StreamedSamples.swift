//  StreamedSamples.swift — what a run leaves whose draws are in a file.
//
//  Of the draws, memory holds those of a few coordinates at a time.

import Arrays
public import Evaluation
import Foundation
public import Probability

/// What a streamed run leaves beside its file.
public struct StreamedSamples<Kernel: MarkovKernel>: SampledChains {
  public let path: String
  public let plan: SamplingPlan
  /// The chains at their end, without draws; a run that was stopped goes on from them and the file.
  public let states: [ChainState<Kernel>]
  /// How many draws every chain has in the file.
  public let drawCount: Int
  /// Whether every chain made all draws of the plan, or enough for the stop rule. Only then the file can be read.
  public let isComplete: Bool
  public let stepSizes: [Double]
  public let trajectories: TrajectoryRecord
  /// Of the file as this run left it.
  let layout: DrawsLayout

  /// One coordinate, as chains.
  ///
  /// Throws: `SamplingError` where the run is not complete, or the file is no longer the one that it left.
  ///
  /// Precondition: 0 ≤ coordinate < D.
  public func chains(of coordinate: Int) throws(SamplingError) -> Chains {
    precondition((0..<dimension).contains(coordinate), "coordinate \(coordinate) of \(dimension)")
    var found: Chains?
    try opened().forEachElement(coordinate..<coordinate + 1, of: layout.coordinates, draws: drawCount, layout) {
      found = $1
      return true
    }
    return found ?? Chains(states.map { _ in [] })
  }

  /// One line for each element of each parameter, as `Samples` has them.
  ///
  /// Throws: `SamplingError` where the run is not complete, or the file is no longer the one that it left.
  ///
  /// Precondition: the space that the file was written in.
  public func summaries(in space: ParameterSpace) throws(SamplingError) -> [ConvergenceSummary] {
    let arrays = layout.arrays.prefix(layout.coordinates)
    precondition(
      arrays.map(\.name) == space.parameters.map(\.name)
        && arrays.map(\.shape) == space.parameters.map(\.shape.extents),
      "the file \(path) was written with other parameters")
    let file = try opened()
    var summaries: [ConvergenceSummary] = []
    for (index, parameter) in space.parameters.enumerated() {
      try file.forEachElement(0..<arrays[index].width, of: index, draws: drawCount, layout) { place, chains in
        if !parameter.fixes(place) {
          let name = ConvergenceSummary.name(ofElement: place, of: parameter.name, arrays[index].shape)
          summaries.append(ConvergenceSummary(chains, name: name))
        }
        return false
      }
    }
    return summaries
  }

  /// The file, if it is still the one that the run left: its header says how many draws it has.
  private func opened() throws(SamplingError) -> DrawsNumbers {
    guard isComplete else {
      throw .foreignState("\(path): this run was stopped before its end; go on with it, and read its draws then")
    }
    let header = layout.header
    let start = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header
    guard let handle = FileHandle(forReadingAtPath: path),
      (try? handle.read(upToCount: start.count)) == start
    else { throw .foreignState("\(path): this is no longer the file that the run left; run it again") }
    return DrawsNumbers(path: path, handle: handle)
  }
}
