//  LaplaceStructure+Suited.swift — what a Laplace approximation keeps, and what tunes it, where nobody says.
//
//  Notation   P  parameters     N  rows     K  columns of the curvature in the outputs: C − 1 for C classes, otherwise O
//
//  The structure is exact where that is cheap: from the N K rows of the curvature's root where these are few and fewer than P,
//  and N K P numbers are few, too; or all P² numbers where P is small. Elsewhere it is the last layer: its evidence is that of a
//  convex model with far fewer parameters than rows, where that of all layers by Kronecker products makes the posterior too wide.
//  A Hessian has neither root nor Kronecker factors: of a last layer that is not small the diagonal is left.
//
//  The tuning goes by the evidence of the linearised network, checked by rows held back, where training holds rows back,
//  and by the evidence of the mode where training goes on to one. A Hessian has no linearised evidence: rows held back choose.

public import Curvatures
public import Networks
public import Training

extension LaplaceStructure {
  /// P and N K up to which it is exact; N K P as far as the rows are kept in double precision.
  private static let mostDenseParameters = 1500
  private static let mostFunctionalRows = 2000

  /// The structure that suits a model and so many rows.
  public static func suited(
    to model: BayesianModel, rows: Int, curvature: Curvature = .gaussNewton
  ) -> LaplaceStructure {
    let parameters = model.parameterCount
    if curvature == .hessian { return parameters <= mostDenseParameters ? .dense : .lastLayer(.diagonal) }
    let rootRows = rows * Curvature.gaussNewton.columns(of: model)
    if rootRows <= mostFunctionalRows && rootRows < parameters && rootRows * parameters <= Laplace.mostExactNumbers {
      return .functional(examples: rows)
    }
    return parameters <= mostDenseParameters ? .dense : .lastLayer(.kronecker)
  }
}

extension PrecisionTuning {
  /// The tuning that suits a training run.
  public static func suited(
    to training: TrainingConfiguration, curvature: Curvature = .gaussNewton
  ) -> PrecisionTuning {
    if training.earlyStopping == nil { return .shared }
    return curvature == .hessian ? .heldOut : .linearised
  }
}
