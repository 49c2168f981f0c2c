//  Measurement.swift — repeats a piece of work for two seconds and says how long it took.

import Credence
import Foundation
import Synchronization

/// Runs a fit for two seconds and says how long a step took: the median over epochs of `steps` steps, the first three left out.
func measureSteps(_ name: String, threads: Int, steps: Int, _ fit: (RunControl) throws -> Void) {
  let clock = ContinuousClock()
  let times = Mutex<[ContinuousClock.Instant]>([clock.now])
  let control = RunControl(
    threads: threads, progress: { _ in times.withLock { $0.append(clock.now) } },
    shouldStop: { times.withLock { $0.count > 8 && $0[0].duration(to: clock.now) > .seconds(3) } })
  try? fit(control)
  let instants = times.withLock { $0 }
  let epochs = zip(instants.dropFirst(3), instants.dropFirst(4))
    .map { $0.duration(to: $1) / .milliseconds(1) / Double(steps) }.sorted()
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

private func rounded(_ value: Double) -> Double { (value * 1e5).rounded() / 1e5 }
