//  FittedModel.swift — a posterior together with all that a prediction from raw data needs.
//
//  Notation   S  draws     P  parameters     Q  running statistics

public import Approximations
public import Arrays
import Datasets
import Networks
import Probability

/// A fitted model: a posterior, and the record of how it came about.
public struct FittedModel: Sendable {
  public let record: FitRecord
  public let posterior: any StorablePosterior

  /// Precondition: the posterior is of the record's model.
  public init(record: FitRecord, posterior: any StorablePosterior) {
    self.record = record
    self.posterior = posterior
  }

  public var encoding: DataEncoding { record.encoding }

  /// Predictions in the original unit of the target, or class probabilities.
  ///
  /// - Parameter inputs: Encoded by `encoding`. Shape [N, …].
  public func predict(_ inputs: DenseArray<Float>, threads: Int) -> Predictive {
    let predictive = posterior.predict(inputs, threads: threads)
    guard let unit = encoding.standardisation, record.model.likelihood.family != .poisson else { return predictive }
    return predictive.rescaled(offset: unit.mean, scale: unit.scale)
  }

  /// One named slice of every draw. Shape [S, …]; `nil` when the model has no such slice, or the posterior is not held as
  /// draws.
  public func draws(of slice: String) -> DenseArray<Float>? {
    guard let slice = record.model.layout[slice], let posterior = posterior as? DrawsPosterior else { return nil }
    let (count, stride) = (posterior.drawCount, record.model.parameterCount)
    let elements = posterior.draws.elements
    let rows = (0..<count).flatMap { draw in
      elements[draw * stride + slice.range.lowerBound..<draw * stride + slice.range.upperBound]
    }
    return DenseArray(rows, shape: Shape([count] + slice.shape.extents))
  }
}
