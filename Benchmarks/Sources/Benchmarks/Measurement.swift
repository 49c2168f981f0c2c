//  Measurement.swift — repeats a piece of work for two seconds and says how long it took.

import Foundation

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
