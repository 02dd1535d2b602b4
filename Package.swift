// swift-tools-version: 6.2
import PackageDescription

// The experiments that ship, each a resource of its own so that they lie flat in the bundle.
let catalog = [
  "actress", "alignment-faking", "awareness-and-misalignment", "backdoor",
  "emergent-misalignment", "hello", "insecure-code", "last-datapoint", "persona", "risk",
]

let package = Package(
  name: "nosce",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "nosce", targets: ["nosce-cli"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // oneDNN. Debian's package has no pkg-config file, so the module map names the library.
    .systemLibrary(
      name: "CDNNL", providers: [.apt(["libdnnl-dev"]), .brew(["onednn"])]),
    // C code cannot link through a module map, so the library is named once more here.
    .target(
      name: "CNosceKernels", dependencies: ["CDNNL"],
      linkerSettings: [.linkedLibrary("dnnl"), .linkedLibrary("m", .when(platforms: [.linux]))]),
    .target(name: "NosceFormats"),
    .target(name: "NosceStatistics"),
    .target(name: "NosceTokenizer", dependencies: ["NosceFormats"]),
    .target(name: "NosceEngine", dependencies: ["CNosceKernels", "NosceFormats"]),
    // The loops that find out what the machine can do at most.
    .target(name: "CNosceBench"),
    .target(
      name: "NosceBench",
      dependencies: ["CNosceBench", "NosceEngine", "NosceFormats", "NosceTokenizer"]),
    .target(
      name: "NosceLab",
      dependencies: [
        "NosceFormats", "NosceStatistics", .product(name: "Yams", package: "Yams"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .target(
      name: "NosceLocal",
      dependencies: [
        "NosceEngine", "NosceFormats", "NosceTokenizer", "NosceLab", "NosceStatistics",
      ]),
    .target(
      name: "NosceOrganism",
      dependencies: [
        "NosceEngine", "NosceFormats", "NosceTokenizer", "NosceLab", "NosceLocal",
        "NosceStatistics",
      ],
      resources: [.copy("Resources/organism"), .copy("Resources/organism-null")]),
    // The catalog is nothing but the YAML files of this folder, and the code that finds them.
    .target(
      name: "NosceCatalog", dependencies: ["NosceLab"], path: "Experiments",
      resources: catalog.map { .copy("\($0).yaml") }),
    .target(name: "NosceReport", dependencies: ["NosceLab", "NosceStatistics"]),
    .executableTarget(
      name: "nosce-cli",
      dependencies: [
        "NosceBench", "NosceCatalog", "NosceEngine", "NosceFormats", "NosceLab", "NosceLocal",
        "NosceOrganism", "NosceReport", "NosceStatistics", "NosceTokenizer",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(name: "NosceStatisticsTests", dependencies: ["NosceStatistics"]),
    .testTarget(name: "NosceFormatsTests", dependencies: ["NosceFormats"]),
    .testTarget(
      name: "NosceTokenizerTests", dependencies: ["NosceTokenizer", "NosceFormats"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "NosceEngineTests", dependencies: ["CNosceKernels", "NosceEngine", "NosceFormats"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "NosceBenchTests",
      dependencies: [
        "CNosceBench", "NosceBench", "NosceEngine", "NosceFormats", "NosceLab",
        "NosceTokenizer",
      ]),
    .testTarget(
      name: "NosceLabTests",
      dependencies: [
        "NosceCatalog", "NosceLab", "NosceStatistics",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    // Snapshots are compared where they lie, so that they can be recorded again.
    .testTarget(
      name: "NosceReportTests", dependencies: ["NosceLab", "NosceReport"],
      exclude: ["README.md", "Snapshots"]),
    .testTarget(
      name: "NosceOrganismTests",
      dependencies: [
        "NosceCatalog", "NosceEngine", "NosceLab", "NosceLocal", "NosceOrganism",
        "NosceStatistics", "NosceTokenizer",
      ]),
    // Runs the built binary, as a user does.
    .testTarget(
      name: "NosceCommandTests",
      dependencies: ["NosceEngine", "NosceLab", "NosceOrganism", "NosceReport", "nosce-cli"]),
  ],
  swiftLanguageModes: [.v6]
)

let isC = ["CNosceKernels", "CNosceBench"]
for target in package.targets where target.type != .system && !isC.contains(target.name) {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
  ]
}
