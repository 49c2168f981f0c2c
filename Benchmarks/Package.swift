// swift-tools-version: 6.2
//
// The benchmarks are a package of their own, so that what they need never reaches users.

import PackageDescription

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "Credence", path: "..")],
  targets: [
    .executableTarget(name: "Benchmarks", dependencies: [.product(name: "Credence", package: "Credence")])
  ]
)
