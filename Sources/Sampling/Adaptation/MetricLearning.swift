//  MetricLearning.swift — the shape of the target from the windows of a warm-up.
//
//  Notation   S  covariance of a window's draws     C  the metric before it     nₑ  effective draws that the window is worth
//
//  Equation   (1) C ← (nₑ S + D C)/(nₑ + D): where C is dense, for samplers that move little by little, and for all that begin with a C
//
//  The draws of such a sampler are no sample of the target before it has a good metric: the covariance of a short window is that of
//  the way that the chain went, and a chain with that metric goes on along it and nowhere else. So windows are shares of
//  the warm-up, and (1) keeps of C what the window cannot say. C is the diagonal of S in the first window, unless
//  the chain began with a metric.

struct MetricLearning: Codable, Sendable {
  private(set) var metric: Metric
  private var schedule: WindowSchedule
  private var estimate: CovarianceEstimate
  private var transitions = 0
  /// The transitions that an effective draw takes, for equation (1); 0 where a window replaces the metric.
  private var transitionsPerDraw: Double
  /// Whether C says something of the target.
  private var isInformed = false

  init(_ shape: MetricShape, dimension: Int, warmUp: Int) {
    self.init(shape, dimension: dimension, WindowSchedule(warmUp: warmUp))
  }

  init(_ shape: MetricShape, dimension: Int, _ schedule: WindowSchedule) {
    self.init(shape, dimension: dimension, schedule, transitionsPerDraw: 0)
  }

  /// For samplers that need so many transitions for an effective draw, once the metric is right. A metric that is not dense is learned
  /// as by all others.
  init(_ shape: MetricShape, dimension: Int, warmUp: Int, transitionsPerDraw: Double) {
    let isSlow = shape == .dense
    self.init(
      shape, dimension: dimension,
      isSlow
        ? WindowSchedule(warmUp: warmUp, shares: [0.02, 0.06, 0.12, 0.24, 0.48, 0.9]) : WindowSchedule(warmUp: warmUp),
      transitionsPerDraw: isSlow ? transitionsPerDraw : 0)
  }

  private init(_ shape: MetricShape, dimension: Int, _ schedule: WindowSchedule, transitionsPerDraw: Double) {
    metric = Metric(shape: shape, dimension: dimension)
    self.schedule = schedule
    self.transitionsPerDraw = transitionsPerDraw
    estimate = CovarianceEstimate(shape: shape, dimension: dimension)
  }

  /// Begins with another metric than the unit, where it is dense. Called before the first transition.
  mutating func begin(with metric: () -> Metric?) {
    guard self.metric.shape == .dense, !schedule.ends.isEmpty, let found = metric() else { return }
    self.metric = found
    isInformed = true
    transitionsPerDraw = Swift.max(transitionsPerDraw, 1)
  }

  /// Has a metric for good, in place of one that would be learned.
  mutating func adopt(_ covariance: (MetricShape) -> Metric) {
    guard metric.shape != .unit else { return }
    metric = covariance(metric.shape)
    schedule = WindowSchedule(warmUp: 0)
  }

  /// Takes a draw of the warm-up in. Returns whether the metric is another now.
  mutating func learn(at position: [Double]) -> Bool {
    transitions += 1
    guard metric.shape != .unit else { return false }
    if transitions > schedule.begin && transitions <= schedule.end { estimate.add(position) }
    guard schedule.ends.contains(transitions) else { return false }
    defer { estimate.reset() }
    guard let learned = learned else { return false }
    metric = learned
    isInformed = true
    return true
  }

  private var learned: Metric? {
    guard transitionsPerDraw > 0 else { return estimate.metric }
    return estimate.metric(
      mixedWith: isInformed ? metric : nil, effectiveDraws: Double(estimate.count) / transitionsPerDraw)  // (1)
  }
}
