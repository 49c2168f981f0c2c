//  DynamicsState.swift — a chain at work: its vector, and the step as one pass that makes its normal numbers on the way.

public import Arrays
import CKernels
public import Programs

/// The state of stochastic dynamics over P parameters. A step allocates nothing, and gives the same bits for any pool.
public final class DynamicsState<Element: Scalar> {
  public let dynamics: StochasticDynamics
  /// P.
  public let count: Int
  /// v of equation (2), m of (3) and (4); empty for (1). Shape [P].
  public let vector: UnsafeMutableBufferPointer<Element>
  /// ξ of equation (4); otherwise it stays b.
  public var friction: Double
  /// δ of equation (2) while v is held; 0 while it moves.
  public var floor = 0.0
  /// Σ m² of each part, added in their order.
  private let energies: UnsafeMutableBufferPointer<Double>

  /// Precondition: the numbers of the dynamics are in their ranges.
  public init(_ dynamics: StochasticDynamics, count: Int) {
    if let problem = dynamics.problem { preconditionFailure(problem) }
    self.dynamics = dynamics
    self.count = count
    let size = dynamics.keepsVector ? count : 0
    // Aligned to whole vectors.
    vector = UnsafeMutableRawBufferPointer.allocate(byteCount: size * MemoryLayout<Element>.stride, alignment: 64)
      .bindMemory(to: Element.self)
    vector.initialize(repeating: 0)
    energies = .allocate(capacity: credence_sampler_parts(count))
    energies.initialize(repeating: 0)
    friction = dynamics.friction
  }

  deinit {
    vector.deallocate()
    energies.deallocate()
  }

  /// Forgets all steps.
  public func restart() {
    vector.update(repeating: 0)
    (friction, floor) = (dynamics.friction, 0)
  }

  /// Takes the start at zero out of v, which so many steps have moved with the decay α.
  public func settle(after steps: Int, decay: Double) {
    let missing = 1 - (0..<steps).reduce(1.0) { power, _ in power * decay }
    for place in vector.indices { vector[place] /= Element(missing) }
  }

  /// Moves the parameters once.
  ///
  /// - Parameters:
  ///   - parameters: θ. Shape [P].
  ///   - gradient: g. Shape [P].
  ///   - rate: η.
  ///   - temperature: T; at 0 nothing is drawn.
  ///   - dataCount: N.
  ///   - key: What z is a function of, unless `noise` is given.
  ///   - noise: z. Shape [P].
  ///   - adapts: Whether v and ξ move.
  public func step(
    parameters: UnsafeMutableBufferPointer<Element>, gradient: UnsafeBufferPointer<Element>, rate: Double,
    temperature: Double = 1, dataCount: Int, key: RandomKey, noise: UnsafeBufferPointer<Element>? = nil,
    adapts: Bool = true, pool: WorkerPool? = nil
  ) {
    precondition(
      parameters.count == count && gradient.count == count && noise?.count ?? count == count,
      "\(parameters.count) parameters and \(gradient.count) entries of the gradient for dynamics over \(count)")
    var update = credence_sampler_update()
    update.is_double = Element.self == Double.self
    update.parameters = UnsafeMutableRawPointer(parameters.baseAddress)
    update.gradient = UnsafeRawPointer(gradient.baseAddress)
    update.state = UnsafeMutableRawPointer(vector.baseAddress)
    update.noise = UnsafeRawPointer(noise?.baseAddress)
    update.count = count
    update.step.key = credence_random_key(seed: key.seed, stream: key.stream, step: key.step, site: noiseSite)
    update.step.drift = rate
    let scale = rate * temperature / Double(dataCount)
    switch dynamics {
    case .langevin:
      update.kind = Int32(CREDENCE_LANGEVIN.rawValue)
      update.step.spread = (2 * scale).squareRoot()
    case .preconditionedLangevin(let decay, let epsilon, _):
      update.kind = Int32(CREDENCE_PRECONDITIONED_LANGEVIN.rawValue)
      update.step.spread = (2 * scale).squareRoot()
      update.step.keep = adapts ? decay : 1
      if adapts {
        floor = 0
      } else if floor == 0 {
        for entry in vector { floor += Double(entry).squareRoot() }
        floor /= Double(max(count, 1))
      }
      update.step.epsilon = epsilon + floor
    case .hamiltonian(let injected), .thermostat(let injected, _):
      update.kind = Int32(CREDENCE_HAMILTONIAN.rawValue)
      update.step.spread = (2 * injected * scale).squareRoot()
      update.step.keep = 1 - friction
    }
    guard case .thermostat(_, let relaxation) = dynamics, adapts, scale > 0 else {
      return credence_sampler_run(&update, pool?.raw)
    }
    update.step.wants_energy = true
    update.energies = energies.baseAddress
    credence_sampler_run(&update, pool?.raw)
    let energy = energies.reduce(0, +)
    friction += relaxation * (energy * (1 - friction / 2) / (Double(count) * scale) - 1)
  }
}

/// The site of the normal numbers of updates: sites of programs count from 0, those of generators from the end.
let noiseSite: UInt32 = 0x8000_0000
