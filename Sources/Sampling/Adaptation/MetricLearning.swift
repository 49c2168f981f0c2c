//  MetricLearning.swift — the shape of the target from the windows of a warm-up.

struct MetricLearning: Codable, Sendable {
  private(set) var metric: Metric
  private let schedule: WindowSchedule
  private var estimate: CovarianceEstimate
  private var transitions = 0

  init(_ shape: MetricShape, dimension: Int, warmUp: Int) {
    self.init(shape, dimension: dimension, WindowSchedule(warmUp: warmUp))
  }

  init(_ shape: MetricShape, dimension: Int, _ schedule: WindowSchedule) {
    metric = Metric(shape: shape, dimension: dimension)
    self.schedule = schedule
    estimate = CovarianceEstimate(shape: shape, dimension: dimension)
  }

  /// Takes a draw of the warm-up in. Returns whether the metric is another now.
  mutating func learn(at position: [Double]) -> Bool {
    transitions += 1
    guard metric.shape != .unit else { return false }
    if transitions > schedule.begin && transitions <= schedule.end { estimate.add(position) }
    guard schedule.ends.contains(transitions) else { return false }
    defer { estimate.reset() }
    guard let learned = estimate.metric else { return false }
    metric = learned
    return true
  }
}
