// swift-tools-version: 6.2
//
// Credence: Bayesian deep learning.
//
// The manifest is the architecture: each target may import only targets of the bands above its own.
// `LayeringTests` holds every `import` in the sources against the dependencies declared here.

import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, resources: resources, swiftSettings: strict)
}

let package = Package(
  name: "Credence",
  platforms: [.macOS(.v15)],
  targets: [
    // The machine: C kernels for several instruction sets; linear algebra from LAPACK.
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .target(name: "CKernels"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

    // Arrays and the engine.
    library("Arrays", ["CKernels", "COpenBLAS"]),
    library("Programs", ["Arrays", "CKernels"]),

    // Data in and out.
    library("Datasets", ["Arrays", "CZlib"]),

    // Tests, a target for each target.
    tests("Arrays"),
    tests("Programs", ["Arrays"]),
    tests("Datasets", ["Arrays"], resources: [.copy("Fixtures")]),
  ]
)
