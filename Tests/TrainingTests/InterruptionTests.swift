import Foundation
import Networks
import Optimization
import Synchronization
import Testing
import Training

@Suite struct InterruptionTests {
  private static let examples = Problems.curve(rows: 90)

  private static func configuration(_ optimizer: Optimizer, stops: Bool) -> TrainingConfiguration {
    TrainingConfiguration(
      epochs: 12, batchSize: 16, optimizer: optimizer, schedule: .warmUp(share: 0.2, .cosine(0.01)),
      clipping: .value(1), earlyStopping: stops ? EarlyStopping(validationFraction: 0.2, patience: 4) : nil)
  }

  /// Stops again and again, after ever other numbers of epochs, until the fit is done.
  private static func fitInPieces(
    _ model: BayesianModel, members: Int, bagging: Bool, _ configuration: TrainingConfiguration, threads: Int
  ) throws -> (result: TrainedMembers, pieces: Int) {
    let folder = CheckpointFolder(path: temporaryFolder(), resumes: true, interval: 0)
    defer { folder.remove() }
    var pieces = 0
    var result: TrainedMembers?
    while result == nil {
      pieces += 1
      do {
        result = try train(
          model, on: examples, members: members, bagging: bagging, configuration, seed: 3,
          control: stopping(after: 1 + pieces % 4, threads: threads, checkpoint: folder))
      } catch {
        guard case .interrupted(_, canResume: true) = error else { throw error }
      }
    }
    return (try #require(result), pieces)
  }

  @Test(
    arguments: [
      Optimizer.adam(), .adamW(decay: 0.01), .sgd(momentum: 0.9, nesterov: true), .sgd(), .rmsProp(momentum: 0.5),
    ], [false, true])
  func aRunInPiecesGivesTheBitsOfARunInOne(optimizer: Optimizer, stops: Bool) throws {
    let configuration = Self.configuration(optimizer, stops: stops)
    for model in [Problems.perceptron, Problems.normalisedWithDropout] {
      let whole = try train(
        model, on: Self.examples, members: 1, configuration, seed: 3, control: RunControl(threads: 1))
      let (result, pieces) = try Self.fitInPieces(model, members: 1, bagging: false, configuration, threads: 1)
      #expect(pieces >= 3)
      #expect(result.parameters == whole.parameters)
      #expect(result.states == whole.states)
    }
  }

  @Test func anEnsembleInPiecesGivesTheBitsOfOneInOne() throws {
    let configuration = Self.configuration(.adam(), stops: true)
    let whole = try train(
      Problems.normalisedWithDropout, on: Self.examples, members: 3, bagging: true, configuration, seed: 3,
      control: RunControl(threads: 1))
    let (result, pieces) = try Self.fitInPieces(
      Problems.normalisedWithDropout, members: 3, bagging: true, configuration, threads: 2)
    #expect(pieces > 5)
    #expect(result.parameters == whole.parameters)
    #expect(result.states == whole.states)
  }

  @Test(arguments: [1, 2, 5, 7, 40], [1, 3])
  func aRunStoppedWithinAnEpochGoesOnToTheSameBits(steps: Int, members: Int) throws {
    let configuration = Self.configuration(.adam(), stops: true)
    let whole = try train(
      Problems.normalisedWithDropout, on: Self.examples, members: members, configuration, seed: 3,
      control: RunControl(threads: 1))
    let folder = CheckpointFolder(path: temporaryFolder(), resumes: true, interval: 1e9)
    defer { folder.remove() }
    var pieces = 0
    var result: TrainedMembers?
    while result == nil {
      pieces += 1
      let left = Atomic(steps)
      let control = RunControl(
        threads: min(members, 2), checkpoint: folder,
        shouldStopAtOnce: { left.subtract(1, ordering: .sequentiallyConsistent).newValue < 0 })
      do {
        result = try train(
          Problems.normalisedWithDropout, on: Self.examples, members: members, configuration, seed: 3, control: control)
      } catch {
        guard case .interrupted(_, canResume: true) = error else { throw error }
      }
    }
    // 72 rows in batches of 16 are 5 steps an epoch, and patience ends after 4 epochs at the least.
    #expect(pieces > 20 * members / steps / 2, "\(pieces) pieces")
    #expect(result?.parameters == whole.parameters)
    #expect(result?.states == whole.states)
  }

  @Test func withoutACheckpointAStoppedRunCannotBeResumed() throws {
    let error = #expect(throws: TrainingError.interrupted(epochs: 2, canResume: false)) {
      _ = try train(
        Problems.perceptron, on: Self.examples, members: 1, Self.configuration(.adam(), stops: false), seed: 3,
        control: stopping(after: 2))
    }
    #expect(error?.description == "stopped after 2 epochs")
  }

  @Test func aRequestToStopThatComesWithTheLastEpochChangesNothing() throws {
    let configuration = TrainingConfiguration(epochs: 2)
    let whole = try train(
      Problems.perceptron, on: Self.examples, members: 1, configuration, seed: 3, control: RunControl(threads: 1))
    let stopped = try train(
      Problems.perceptron, on: Self.examples, members: 1, configuration, seed: 3, control: stopping(after: 2))
    #expect(stopped.parameters == whole.parameters)
  }
}
