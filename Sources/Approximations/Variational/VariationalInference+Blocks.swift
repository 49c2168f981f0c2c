//  VariationalInference+Blocks.swift — every other family, and bounds from several draws: one traced program a step.

import Arrays
import Networks
import Programs
import Training

extension VariationalInference {
  func blockRun(_ model: BayesianModel) throws(TrainingError) -> Run {
    let blocks = try BlockFamily(family, over: model, memoryLimit: memoryLimit)
    return { means, examples, seed, control throws(TrainingError) in
      let deviations = initialDeviations(model)
      let annealing = annealing(of: model)
      var configuration = training
      configuration.earlyStopping = nil
      var recipe = TrainingRecipe.mode(of: model, configuration)
      recipe.identity = "variational by shares \(family) \(objective) \(start) \(initialSpread) \(annealing)"
      recipe.objective = .blocks(model, blocks, objective, annealing: annealing)
      recipe.start = { _, random in blocks.start(means: means, deviations: deviations, using: &random) }
      let trainer = try train(model, on: examples, recipe, members: 1, seed: seed, control: control)[0]
      let (vector, state) = trainer.result
      let lambda = Program(inputs: [[blocks.count]]) { [blocks.lambda(ofTrained: $0[0])] }.run([DenseArray(vector)])[0]
      return (.blocks(BlockDistribution(family, blocks, parameters: lambda)), state)
    }
  }
}
