//  DecoherenceTests.swift — the length over which a motion at constant speed forgets its direction.

import Arrays
import Evaluation
import Foundation
import Sampling
import Testing

@Suite struct DecoherenceTests {
  @Test func fastCoordinatesDoNotOutvoteASlowOne() {
    let schedule = WindowSchedule(warmUp: 4000, shares: [0.1, 0.25, 0.5, 0.9])
    var tuning = DecoherenceTuning(nil, dimension: 4, schedule)
    #expect(tuning.length == 2)
    var generator = Philox(seed: 3)
    var slow = 0.0
    var window: [Double] = []
    for transition in 1...4000 {
      let noise = generator.normal(shape: [4], as: Double.self).elements
      slow = 0.98 * slow + noise[0]
      tuning.learn(at: [slow] + noise[1...], stepSize: 0.5)
      if transition > (schedule.ends.dropLast().last ?? 0) && transition <= (schedule.ends.last ?? 0) {
        window.append(slow)
      }
    }
    // An independent draw of the slow coordinate takes about (1 + 0.98)/(1 − 0.98) = 99 transitions, of the others one.
    let time = Double(window.count) / Chains([window]).meanEffectiveSampleSize
    #expect(time > 30 && abs(tuning.length - 0.4 * 0.5 * (time + 3) / 4) < 0.02, "\(time), \(tuning.length)")
  }
}
