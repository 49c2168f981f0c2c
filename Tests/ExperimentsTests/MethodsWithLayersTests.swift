//  MethodsWithLayersTests.swift — every method, with the choices that change what it computes, over every kind of layer: it predicts
//  with finite numbers, or refuses before an epoch is trained, with the one sentence that stands here.

import Approximations
import Arrays
import Evaluation
import Experiments
import Foundation
import Networks
import Probability
import Synchronization
import Testing
import Training

@Suite struct MethodsWithLayersTests {
  /// A kind of layer, in a small network around it.
  enum Kind: String, CaseIterable {
    case dense, batchNormalisation, layerNormalisation, groupNormalisation, residual, convolution1D, convolution2D
    case groupedConvolution, pooling, embedding, dropout, concreteDropout

    /// Half of the kinds are met with classes.
    private var hasClasses: Bool {
      switch self {
      case .groupNormalisation, .residual, .convolution2D, .embedding, .dropout: true
      default: false
      }
    }

    var model: BayesianModel {
      let outputs = hasClasses ? 3 : 1
      return BayesianModel(
        network(outputs), prior: .normal(scale: 1),
        likelihood: hasClasses ? .categorical(classes: 3) : .gaussian(noise: .learned))
    }

    private func network(_ outputs: Int) -> Network {
      switch self {
      case .dense:
        Network(inputs: 3) {
          Dense(4)
          Activation.tanh
          Dense(outputs)
        }
      case .batchNormalisation:
        Network(inputs: 3) {
          Dense(4)
          BatchNormalization()
          Activation.relu
          Dense(outputs)
        }
      case .layerNormalisation:
        Network(inputs: 3) {
          Dense(4)
          LayerNormalization()
          Activation.relu
          Dense(outputs)
        }
      case .groupNormalisation:
        Network(inputs: [2, 4]) {
          Convolution1D(4, size: 3)
          GroupNormalization(groups: 2)
          Activation.relu
          Flatten()
          Dense(outputs)
        }
      case .residual:
        Network(inputs: 3) {
          Dense(4)
          Residual {
            Activation.relu
            Dense(4)
          }
          Activation.relu
          Dense(outputs)
        }
      case .convolution1D:
        Network(inputs: [2, 5]) {
          Convolution1D(3, size: 3)
          Activation.relu
          Flatten()
          Dense(outputs)
        }
      case .convolution2D:
        Network(inputs: [1, 5, 5]) {
          Convolution2D(2, size: 3, stride: 2)
          Activation.relu
          Flatten()
          Dense(outputs)
        }
      case .groupedConvolution:
        Network(inputs: [2, 5]) {
          Convolution1D(4, size: 3, groups: 2)
          Activation.relu
          Flatten()
          Dense(outputs)
        }
      case .pooling:
        Network(inputs: [1, 6, 6]) {
          Convolution2D(2, size: 3)
          Activation.relu
          MaxPool(2)
          AveragePool([2, 1], padding: [0, 0])
          GlobalAveragePool()
          Dense(outputs)
        }
      case .embedding:
        Network(inputs: 2) {
          Embedding(categories: 5, dimension: 3)
          Flatten()
          Dense(4)
          Activation.relu
          Dense(outputs)
        }
      case .dropout:
        Network(inputs: 3) {
          Dense(4)
          Activation.relu
          Dropout(0.2)
          Dense(outputs)
        }
      case .concreteDropout:
        Network(inputs: 3) {
          Dense(4)
          Activation.relu
          ConcreteDropout()
          Dense(outputs)
        }
      }
    }

    /// 24 rows, of which early stopping and pilots can hold some back.
    func examples(for model: BayesianModel) -> Examples {
      var random = Philox(seed: 9)
      let shape = Shape([24] + model.network.inputShape.extents)
      var inputs: DenseArray<Float> = random.normal(shape: shape)
      if self == .embedding {
        inputs = DenseArray((0..<shape.count).map { Float(($0 * 7 + $0 / 3) % 5) }, shape: shape)
      }
      let targets: DenseArray<Float> =
        hasClasses ? DenseArray((0..<24).map { Float(($0 * 5) % 3) }) : random.normal(shape: [24])
      return Examples(inputs: inputs, targets: targets)
    }
  }

  /// Every method by its defaults, and the choices that compute otherwise.
  static let methods: [MethodDescription] =
    MethodCatalogue.names.map { MethodDescription($0) } + [
      MethodDescription("ensemble", options: ["adversarial": .number(0.05)]),
      MethodDescription("stein", options: ["space": .choice("weights")]),
      MethodDescription("dropout", options: ["masks": .choice("per-pass")]),
      MethodDescription("swag", options: ["cycle": .integer(1)]),
      MethodDescription("sghmc", options: ["control": .choice("anchored")]),
      MethodDescription("sghmc", options: ["storage": .choice("disk")]),
      MethodDescription("laplace", options: ["tuning": .choice("during-training"), "burn-in": .integer(1)]),
      MethodDescription("laplace", options: ["prediction": .choice("network")]),
      // These networks have not seen a mode: an exact Hessian leaves a posterior where the prior is narrow enough.
      MethodDescription(
        "laplace",
        options: ["structure": .choice("diagonal"), "curvature": .choice("hessian"), "tuning": .choice("held-out")]),
    ]
    + ["kronecker", "diagonal", "low-rank", "functional", "last-layer", "subnetwork"].map {
      var options = ["structure": OptionValue.choice($0)]
      if $0 == "subnetwork" { options["count"] = .integer(5) }
      if ["low-rank", "functional"].contains($0) { options["rank"] = .integer(4) }
      return MethodDescription("laplace", options: options)
    }
    + ["sampled-fisher", "empirical-fisher"].map {
      MethodDescription("laplace", options: ["structure": .choice("dense"), "curvature": .choice($0)])
    }
    + ["full-rank", "low-rank", "matrix-normal", "radial", "last-layer", "planar", "real-nvp"].map {
      MethodDescription("variational", options: ["family": .choice($0)])
    }
    + ["local-reparameterisation", "flipout"].map {
      MethodDescription("variational", options: ["estimator": .choice($0)])
    }

  /// The refusals that there are.
  private static func refusal(_ method: MethodDescription, _ kind: Kind) -> String? {
    switch (method.name, kind) {
    case ("ensemble", .embedding) where method.options["adversarial"] != nil:
      "adversarial training moves inputs by their gradient, and indices of an embedding have none; leave it out"
    case ("batchensemble", .batchNormalisation):
      "members that share their weights cannot have running statistics of their own; use layer or group normalisation "
        + "instead of batch normalisation"
    case ("stein", .batchNormalisation):
      "particles that move together cannot have running statistics of their own; use layer or group normalisation "
        + "instead of batch normalisation"
    case ("nuts", .batchNormalisation), ("hmc", .batchNormalisation):
      "the density of a network with batch normalisation depends on its minibatches; use group or layer normalisation"
    case ("sghmc", .batchNormalisation) where method.options["control"] != nil:
      "control variates compare two gradients of one minibatch, and batch normalisation makes the gradient of a row "
        + "depend on the other rows; use no control variates, or group or layer normalisation"
    case ("laplace", _) where method.options["structure"] == .choice("kronecker"):
      withoutFactors(kind).map {
        "the parameter \($0) enters the network in a way that has no Kronecker factors; take the diagonal or the last layer"
      }
    case ("variational", _):
      switch method.options["estimator"] {
      case .choice(let estimator):
        unsampled(kind, estimator).map {
          "\(estimator) cannot sample this network: layer \($0); use the estimator draw"
        }
      default: nil
      }
    default: nil
    }
  }

  private static func withoutFactors(_ kind: Kind) -> String? {
    switch kind {
    case .groupedConvolution: "0.convolution.weight"
    case .embedding: "0.embedding.table"
    case .concreteDropout: "2.concreteDropout.logit"
    default: nil
    }
  }

  private static func unsampled(_ kind: Kind, _ estimator: String) -> String? {
    let noSum = "that is no weight or bias of a sum over its inputs"
    switch kind {
    case .groupNormalisation, .convolution1D, .convolution2D, .groupedConvolution, .pooling:
      if estimator == "local-reparameterisation" {
        return "0.convolution shares its weights between outputs, which makes them dependent"
      }
      return kind == .groupNormalisation ? "1.groupNormalization has a parameter scale \(noSum)" : nil
    case .batchNormalisation: return "1.batchNormalization has a parameter scale \(noSum)"
    case .layerNormalisation: return "1.layerNormalization has a parameter scale \(noSum)"
    case .embedding: return "0.embedding has a parameter table \(noSum)"
    default: return nil
    }
  }

  /// Everything that the method predicts of the rows that it was fitted to.
  private static func prediction(
    _ method: MethodDescription, _ model: BayesianModel, _ examples: Examples, _ control: RunControl
  ) throws -> [Double] {
    let description = FitDescription(method: method, network: .dense([4]), epochs: 4, batchSize: 8, seed: 1)
    let posterior = try description.plan(model, rows: examples.count).fit(examples, 1, control).posterior
    let predictive = posterior.predict(examples.inputs, threads: 1)
    return switch predictive.content {
    case .numbers: predictive.mean + predictive.standardDeviation
    case .classes: predictive.classes.confidences
    }
  }

  /// The same method with few passes, draws and members: what is computed does not change.
  private static func quick(_ method: MethodDescription) throws -> MethodDescription {
    var quick = method
    let options = try MethodCatalogue.entry(named: method.name).options
    for (key, few) in ["members": 2, "components": 2, "draws": 3, "passes": 3, "steps": 2, "depth": 2, "chains": 2]
    where method.options[key] == nil && options.contains(where: { $0.key == key }) {
      quick.options[key] = .integer(few)
    }
    return quick
  }

  @Test(arguments: Kind.allCases) func everyMethodFitsOrRefusesAtOnceWithTheReason(kind: Kind) throws {
    let model = kind.model
    let examples = kind.examples(for: model)
    for method in Self.methods {
      let what: Comment = "\(kind.rawValue): \(method.name) \(method.options)"
      let expected = Self.refusal(method, kind)
      let epochs = Mutex(0)
      let control = RunControl(threads: 1, progress: { _ in epochs.withLock { $0 += 1 } })
      do {
        let numbers = try Self.prediction(Self.quick(method), model, examples, control)
        #expect(numbers.count >= 24 && numbers.allSatisfy { $0.isFinite }, what)
        #expect(expected == nil, what)
      } catch {
        #expect("\(error)" == expected, what)
        #expect(epochs.withLock { $0 } == 0, "refused before training: \(what)")
      }
    }
  }
}
