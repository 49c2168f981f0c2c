//  Credence.swift — everything that users import.

@_exported public import Approximations
@_exported public import Arrays
@_exported public import ConjugateModels
@_exported public import Curvatures
@_exported public import Datasets
@_exported public import Evaluation
@_exported public import Experiments
@_exported public import Networks
@_exported public import Optimization
@_exported public import Probability
@_exported public import Programs
@_exported public import Reports
@_exported public import Sampling
@_exported public import Training
