// swift-tools-version: 6.2
import PackageDescription

/// One set of settings for every room; warnings become errors in `make check`, not here.
let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .strictMemorySafety(),
]

/// A room: one Swift target under `Sources/`, and the rooms it may import.
func room(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
  .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: swiftSettings + checkSettings)
}

/// The tests of one room, under `Tests/<Room>Tests`.
func tests(of name: String, _ others: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name), "HoneTestSupport"] + others, resources: [.copy("Golden")],
    swiftSettings: swiftSettings + checkSettings)
}

/// `make check` sets this, so that a warning stops the build there and nowhere else.
let checkSettings: [SwiftSetting] =
  Context.environment["HONE_WARNINGS"] == "error" ? [.treatAllWarnings(as: .error)] : []

let package = Package(
  name: "hone",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Hone", targets: ["Hone"]),
    .executable(name: "hone", targets: ["HoneCLI"]),
    .executable(name: "hone-benchmarks", targets: ["HoneBenchmarks"]),
  ],
  traits: [
    .trait(name: "TLS", description: "`hone serve` with a certificate; compiles BoringSSL, which takes a while.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    // Of what Hummingbird stands on, the parts that the server names itself.
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    // Built with the trait TLS alone.
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.2"),
  ],
  targets: [
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"]), .brew(["onednn"])]),
    .target(name: "CHoneKernels"),
    .target(name: "CHoneBuiltIn"),
    room("HoneKernels", ["CHoneKernels", .target(name: "COneDNN", condition: .when(platforms: [.linux]))]),
    room("HoneTokenizers", ["HoneFiles"]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"]), .brew(["jpeg-turbo"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    .target(
      name: "CHoneImages", dependencies: ["CJPEG", "CPNG"],
      linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png")]),
    room("HoneFiles", ["CZlib", "CHoneImages"]),
    .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"]), .brew(["pcre2"])]),
    room("HoneModels", ["HoneKernels"]),
    room("HoneData", ["HoneFiles", "HoneTokenizers"]),
    room("HoneTraining", ["HoneKernels", "HoneModels", "HoneFiles"]),
    room("HoneSearch", ["HoneKernels", "HoneFiles", "CPCRE2"]),
    room("HoneAnalysis", ["HoneKernels"]),
    room("HonePlots"),
    room("HoneAPI"),
    room("HoneJobs"),
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
    room("HoneStore", ["HoneFiles", "CSQLite", .product(name: "GRDB", package: "GRDB.swift")]),
    room(
      "Hone",
      [
        "CHoneBuiltIn", "HoneFiles", "HoneTokenizers", "HoneKernels", "HoneModels", "HoneData", "HoneTraining",
        "HoneSearch", "HoneAnalysis", "HonePlots", "HoneJobs", "HoneStore",
      ]),
    room(
      "HoneServer",
      [
        "Hone", "HoneAPI", .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["TLS"])),
        .product(name: "NIOTLS", package: "swift-nio", condition: .when(traits: ["TLS"])),
      ]),
    .executableTarget(
      name: "HoneCLI",
      dependencies: ["Hone", "HoneServer", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: swiftSettings + checkSettings),
    .executableTarget(
      name: "HoneBenchmarks",
      dependencies: ["Hone", "HoneKernels", "HoneModels", "HoneTraining", "HoneSearch", "HoneFiles", "HoneTokenizers"],
      path: "Benchmarks/HoneBenchmarks", swiftSettings: swiftSettings + checkSettings),
    .target(name: "HoneTestSupport", path: "Tests/Support", swiftSettings: swiftSettings + checkSettings),
    tests(of: "HoneKernels"),
    tests(of: "HoneTokenizers", ["HoneFiles"]),
    tests(of: "HoneFiles"),
    tests(of: "HoneModels", ["HoneFiles", "HoneKernels"]),
    tests(of: "HoneData", ["HoneFiles", "HoneTokenizers"]),
    tests(of: "HoneTraining", ["HoneFiles", "HoneModels", "HoneKernels"]),
    tests(of: "HoneSearch", ["HoneFiles", "HoneKernels"]),
    tests(of: "HoneAnalysis", ["HoneKernels"]),
    tests(of: "HonePlots"),
    tests(of: "HoneAPI"),
    tests(of: "HoneJobs"),
    tests(of: "HoneStore", ["HoneFiles"]),
    tests(of: "Hone", ["HoneFiles", "HoneJobs", "HoneModels", "HoneStore"]),
    tests(
      of: "HoneServer",
      [
        "Hone", "HoneAPI", .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
  ]
)
