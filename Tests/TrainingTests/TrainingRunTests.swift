import Arrays
import CAllocationCounter
import Networks
import Optimization
import Probability
import Synchronization
import Testing
import Training

@Suite(.serialized) struct TrainingRunTests {
  @Test func aStepAllocatesNothing() throws {
    try #require(allocation_count() >= 0, "allocations are counted with the GNU C library only")
    // All that a step may do: an uneven last minibatch, statistics, noise, clipping, a schedule in a schedule, momentum.
    // Eleven epochs of 100 steps, counted where the run reports the first of them and the last.
    let counts = Mutex([Int]())
    counts.withLock { $0.reserveCapacity(11) }
    let configuration = TrainingConfiguration(
      epochs: 11, batchSize: 8, optimizer: .adam(), schedule: .warmUp(share: 0.1, .cosine(0.01)), clipping: .norm(1))
    _ = try train(
      Problems.normalisedWithDropout, on: Problems.curve(rows: 796), members: 1, configuration, seed: 1,
      control: RunControl(threads: 1, progress: { _ in counts.withLock { $0.append(allocation_count()) } }))
    let seen = counts.withLock { $0 }
    try #require(seen.count == 11)
    #expect(seen[0] > 0, "the counter counts")
    #expect(seen[10] - seen[0] == 0, "\(seen[10] - seen[0]) allocations in 1100 steps beyond those in 100")
  }

  @Test func aRunThatDivergesSaysSo() throws {
    let examples = Problems.curve(rows: 40)
    let configuration = TrainingConfiguration(epochs: 50, optimizer: .sgd(), schedule: .constant(1e6))
    let error = #expect(throws: TrainingError.self) {
      _ = try train(
        Problems.perceptron, on: examples, members: 1, configuration, seed: 1, control: RunControl(threads: 1))
    }
    guard case .diverged(member: 0, let epoch) = error else {
      Issue.record("\(String(describing: error)) is not a divergence")
      return
    }
    #expect(
      error?.description
        == "training diverged: the loss of member 1 was not finite in epoch \(epoch + 1); "
        + "lower the learning rate or check the data")
  }

  @Test func aDivergenceInTheVeryLastStepIsNoticed() throws {
    // One step: its loss is finite, what it leaves is not.
    let configuration = TrainingConfiguration(
      epochs: 1, batchSize: 40, optimizer: .sgd(), schedule: .constant(.greatestFiniteMagnitude))
    #expect(throws: TrainingError.diverged(member: 0, epoch: 0)) {
      _ = try train(
        Problems.perceptron, on: Problems.curve(rows: 40), members: 1, configuration, seed: 1,
        control: RunControl(threads: 1))
    }
  }

  @Test func aSingleRowThatIsLeftJoinsABatchWithStatistics() throws {
    let record = EventRecord()
    _ = try train(
      Problems.normalisedWithDropout, on: Problems.curve(rows: 33), members: 1,
      TrainingConfiguration(epochs: 2, batchSize: 8), seed: 1,
      control: RunControl(threads: 1, progress: { record.append($0) }))
    #expect(record.events.count == 2 && record.events.allSatisfy { $0.loss.isFinite })
  }

  @Test func noRowsAreRefused() throws {
    let none = Examples(inputs: DenseArray([], shape: [0, 3]), targets: DenseArray([]))
    #expect(throws: TrainingError.unusable("there are no rows to train on")) {
      _ = try train(
        Problems.perceptron, on: none, members: 1, TrainingConfiguration(epochs: 1), seed: 1,
        control: RunControl(threads: 1))
    }
  }

  @Test func everyEpochOfEveryMemberIsReportedOnce() throws {
    let record = EventRecord()
    _ = try train(
      Problems.perceptron, on: Problems.curve(rows: 20), members: 3, TrainingConfiguration(epochs: 4), seed: 1,
      control: RunControl(threads: 2, progress: { record.append($0) }))
    for member in 0..<3 {
      let events = record.events.filter { $0.member == member }
      #expect(events.map(\.epoch) == [1, 2, 3, 4])
      #expect(events.map(\.isLast) == [false, false, false, true])
      #expect(events.allSatisfy { $0.memberCount == 3 && $0.epochCount == 4 && $0.validationLoss == nil })
    }
  }
}
