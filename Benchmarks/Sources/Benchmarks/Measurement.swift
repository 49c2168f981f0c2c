//  Measurement.swift — repeats a piece of work for two seconds and says how long it took.

import Credence
import Foundation
import Synchronization

/// Runs a fit for three seconds, and no fewer epochs than asked for, and says how long a step of one member took: one time for
/// each epoch of each member, in ascending order, the first three epochs left out. Unit: milliseconds.
///
/// - Parameters:
///   - steps: Of an epoch.
///   - members: That are trained side by side. As long as all take turns, the time between a member's epoch and the one that
///     many reports later is that of an epoch of each.
func stepTimes(
  threads: Int, steps: Int, members: Int = 1, leastEpochs: Int = 8, _ fit: (RunControl) throws -> Void
) -> [Double] {
  let clock = ContinuousClock()
  let times = Mutex<[ContinuousClock.Instant]>([clock.now])
  let control = RunControl(
    threads: threads, progress: { _ in times.withLock { $0.append(clock.now) } },
    shouldStop: { times.withLock { $0.count > leastEpochs * members && $0[0].duration(to: clock.now) > .seconds(3) } })
  // A fit that is stopped has no result, and says so.
  do { try fit(control) } catch TrainingError.interrupted {} catch { fatalError("\(error)") }
  let instants = times.withLock { $0 }.dropFirst(3 * members)
  return zip(instants, instants.dropFirst(members))
    .map { $0.duration(to: $1) / .milliseconds(1) / Double(steps * members) }.sorted()
}

/// Prints the median over epochs of `stepTimes`.
func measureSteps(_ name: String, threads: Int, steps: Int, _ fit: (RunControl) throws -> Void) {
  let epochs = stepTimes(threads: threads, steps: steps, fit)
  guard !epochs.isEmpty else { return print("{\"workload\": \"\(name)\", \"failed\": true}") }
  print(
    """
    {"peer": "credence", "workload": "\(name)", "median_ms": \(rounded(epochs[epochs.count / 2])), \
    "min_ms": \(rounded(epochs[0])), "repeats": \(epochs.count * steps), "threads": \(threads)}
    """)
}

/// The result of work whose data are made up by this program. An error is then a fault of the program, which ends with it: a
/// workload that did not do its work must not be timed.
func required<Result>(_ work: () throws -> Result) -> Result {
  do { return try work() } catch { fatalError("\(error)") }
}

func measure(_ name: String, threads: Int, _ work: () -> Void) {
  for _ in 0..<3 { work() }
  let clock = ContinuousClock()
  let begin = clock.now
  var times: [Double] = []
  while times.count < 5 || (times.count < 400 && begin.duration(to: clock.now) < .seconds(2)) {
    times.append(clock.measure(work) / .milliseconds(1))
  }
  times.sort()
  print(
    """
    {"peer": "credence", "workload": "\(name)", "median_ms": \(rounded(times[times.count / 2])), \
    "min_ms": \(rounded(times[0])), "repeats": \(times.count), "threads": \(threads)}
    """)
}

func rounded(_ value: Double) -> Double { (value * 1e5).rounded() / 1e5 }
