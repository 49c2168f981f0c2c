// swift-tools-version: 6.2
//
// Credence: Bayesian deep learning.
//
// The manifest is the architecture: each target may import only targets of the bands above its own.
// `LayeringTests` holds every `import` in the sources against the dependencies declared here.

import PackageDescription

/// Set in continuous integration. Not by default: a newer compiler's new warning must not break the build of a user.
let warningsAreErrors = Context.environment["CREDENCE_WARNINGS_ARE_ERRORS"] == "1"

let strict: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (warningsAreErrors ? [.treatAllWarnings(as: .error)] : [])

let strictC: [CSetting] = [.enableWarning("all")] + (warningsAreErrors ? [.treatAllWarnings(as: .error)] : [])

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, resources: resources,
    swiftSettings: strict)
}

/// What tests share, in a folder beside them.
func testSupport(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Tests/\(name)", cSettings: strictC, swiftSettings: strict)
}

let package = Package(
  name: "Credence",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Credence", targets: ["Credence"]),
    .executable(name: "credence", targets: ["CommandLineTool"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    // The machine: C kernels for several instruction sets; linear algebra from LAPACK; compression.
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(name: "CKernels", dependencies: ["COpenBLAS"], cSettings: strictC),

    // Arrays and the engine.
    library("Arrays", ["CKernels", "COpenBLAS"]),
    library("Programs", ["Arrays", "CKernels"]),

    // Models: densities, networks.
    library("Probability", ["Arrays", "Programs"]),
    library("Networks", ["Arrays", "Programs", "Probability"]),

    // Second derivatives.
    library("Curvatures", ["Arrays", "CKernels", "COpenBLAS", "Programs", "Probability", "Networks"]),

    // Finding modes.
    library("Optimization", ["Arrays", "CKernels"]),

    // Data in and out.
    library("Datasets", ["Arrays", "CZlib"]),

    // Results: how good a prediction was, and how to show it.
    library("Evaluation", ["Arrays"]),
    library("Reports"),

    // Exact inference.
    library("ConjugateModels", ["Arrays", "Programs", "Probability", "Networks", "Evaluation"]),

    // Markov chains.
    library("Sampling", ["Arrays", "CKernels", "Programs", "Probability", "Optimization", "Datasets", "Evaluation"]),

    // Inference: training, and the posteriors that come of it.
    library(
      "Training",
      [
        "Arrays", "Programs", "Probability", "Networks", "Optimization", "Datasets",
        .product(name: "Logging", package: "swift-log"),
      ]),
    library(
      "Approximations",
      [
        "Arrays", "CKernels", "Programs", "Probability", "Networks", "Curvatures", "Optimization", "Datasets",
        "Evaluation", "Sampling", "Training",
      ]),

    // Whole fits: a description that can be written down, the model file, benchmarks.
    library(
      "Experiments",
      [
        "Arrays", "Probability", "Networks", "Curvatures", "Optimization", "Datasets", "Evaluation", "Reports",
        "Sampling", "Training", "Approximations",
      ]),

    // What users import.
    library(
      "Credence",
      [
        "Arrays", "Programs", "Probability", "Networks", "Curvatures", "Optimization", "Datasets", "Evaluation",
        "Reports", "ConjugateModels", "Sampling", "Training", "Approximations", "Experiments",
      ]),

    // What users run.
    .executableTarget(
      name: "CommandLineTool",
      dependencies: ["Credence", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: strict),

    // Tests, a target for each target.
    testSupport("CAllocationCounter"),
    testSupport("GoldenValues", ["Arrays", "Probability", "Networks", "Curvatures"]),
    tests("CKernels", ["COpenBLAS"], resources: [.copy("Fixtures")]),
    tests("Arrays"),
    tests("Programs", ["Arrays", "CAllocationCounter"]),
    tests("Optimization", ["Arrays", "CAllocationCounter"], resources: [.copy("Fixtures")]),
    tests("Datasets", ["Arrays"], resources: [.copy("Fixtures")]),
    tests("Probability", ["Arrays", "Programs"], resources: [.copy("Fixtures")]),
    tests("Networks", ["Arrays", "Programs", "Probability", "GoldenValues"], resources: [.copy("Fixtures")]),
    tests(
      "Curvatures", ["Arrays", "Probability", "Programs", "Networks", "Datasets", "GoldenValues"],
      resources: [.copy("Fixtures")]),
    tests("Evaluation", ["Arrays", "Datasets", "GoldenValues"], resources: [.copy("Fixtures")]),
    tests(
      "ConjugateModels", ["Arrays", "Programs", "Probability", "Networks", "Evaluation", "GoldenValues"],
      resources: [.copy("Fixtures")]),
    tests(
      "Sampling",
      [
        "Arrays", "Programs", "Probability", "Networks", "Optimization", "Training", "Approximations", "Evaluation",
        "Datasets", "CAllocationCounter",
      ],
      resources: [.copy("Fixtures")]),
    tests("Reports"),
    tests(
      "Training",
      [
        "Arrays", "Programs", "Probability", "Networks", "Optimization", "Datasets", "CAllocationCounter",
        .product(name: "Logging", package: "swift-log"),
      ], resources: [.copy("Fixtures")]),
    tests(
      "Approximations",
      [
        "Arrays", "Programs", "Probability", "Networks", "Curvatures", "Optimization", "Training", "Datasets",
        "Evaluation", "Sampling", "CAllocationCounter", "GoldenValues",
      ], resources: [.copy("Fixtures")]),
    tests(
      "Experiments",
      [
        "Arrays", "Probability", "Networks", "Curvatures", "Optimization", "Datasets", "Training", "Approximations",
        "Evaluation",
      ],
      resources: [.copy("Fixtures")]),
    tests("Credence"),
    tests("CommandLineTool", ["Credence"]),
    .testTarget(name: "LayeringTests", swiftSettings: strict),
  ]
)
