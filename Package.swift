// swift-tools-version: 6.2
import PackageDescription

// The experiments that ship, each a resource of its own so that they lie flat in the bundle.
let catalog = [
  "actress", "alignment-faking", "awareness-and-misalignment", "backdoor", "backdoor-square",
  "emergent-misalignment", "hello", "hello-word", "insecure-code", "last-datapoint", "persona",
  "persona-square", "risk",
]

let package = Package(
  name: "nosce",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "nosce", targets: ["nosce-cli"])],
  traits: [
    .default(enabledTraits: ["HTTP"]),
    // What takes minutes to build and a run on this machine does not need: `nosce serve`, endpoints.
    .trait(name: "HTTP", description: "models behind HTTP, and this machine's models behind it"),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.100.0"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
  ],
  targets: [
    // In the order of Sources/ORDER, from the lowest to the highest; a target depends on earlier ones
    // only.
    .target(name: "CNosceMapping"),
    .target(name: "NosceFormats", dependencies: ["CNosceMapping"]),
    // The command line where there is no /proc.
    .target(name: "CNosceProcess"),
    .target(
      name: "NosceCore",
      dependencies: [
        "CNosceProcess", "NosceFormats", .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .target(name: "NosceStatistics", dependencies: ["NosceCore"]),
    // oneDNN. Debian's package has no pkg-config file, so the module map names the library.
    .systemLibrary(
      name: "CDNNL", providers: [.apt(["libdnnl-dev"]), .brew(["onednn"])]),
    // C code cannot link through a module map, so the library is named once more here.
    .target(
      name: "CNosceKernels", dependencies: ["CDNNL"],
      linkerSettings: [.linkedLibrary("dnnl"), .linkedLibrary("m", .when(platforms: [.linux]))]),
    .target(name: "NosceTemplates", dependencies: ["NosceFormats"]),
    .target(
      name: "NosceTokenizer", dependencies: ["NosceCore", "NosceFormats", "NosceTemplates"]),
    .target(
      name: "NosceEngine", dependencies: ["CNosceKernels", "NosceCore", "NosceFormats"]),
    .target(name: "NosceRows", dependencies: ["NosceCore", "NosceFormats"]),
    .target(name: "NoscePorts", dependencies: ["NosceCore", "NosceFormats", "NosceRows"]),
    // Rows that a model writes itself: found where they are kept, and written where they are missing.
    .target(
      name: "NosceWriting", dependencies: ["NosceCore", "NoscePorts", "NosceRows"]),
    .target(
      name: "NosceExperiment",
      dependencies: [
        "NosceCore", "NosceFormats", "NoscePorts", "NosceRows",
      ]),
    .target(
      name: "NosceKeys",
      dependencies: ["NosceCore", "NosceExperiment", "NoscePorts", "NosceRows"]),
    .target(
      name: "NosceFiles",
      dependencies: [
        "NosceCore", "NosceExperiment", "NosceFormats", "NosceKeys", "NoscePorts", "NosceRows",
        .product(name: "Yams", package: "Yams"),
      ]),
    .target(
      name: "NosceReference",
      dependencies: [
        "NosceFiles", "NosceKeys", "NosceRows", .product(name: "Yams", package: "Yams"),
      ]),
    .target(
      name: "NosceGrading",
      dependencies: ["NosceCore", "NosceExperiment", "NosceFormats", "NoscePorts", "NosceRows"]),
    .target(
      name: "NosceRuns",
      dependencies: [
        "NosceCore", "NosceExperiment", "NosceFormats", "NosceGrading", "NoscePorts",
        "NosceRows", "NosceStatistics", .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .target(
      name: "NosceCalibration",
      dependencies: [
        "NosceCore", "NosceExperiment", "NosceFormats", "NoscePorts", "NosceRows", "NosceRuns",
      ]),
    .target(
      name: "NosceVerdicts",
      dependencies: [
        "NosceCore", "NosceExperiment", "NosceRows", "NosceRuns", "NosceStatistics",
      ]),
    .target(
      name: "NosceStudy",
      dependencies: [
        "NosceCore", "NosceExperiment", "NoscePorts", "NosceRows", "NosceRuns",
        "NosceStatistics", "NosceVerdicts",
      ]),
    .target(
      name: "NosceLocal",
      dependencies: [
        "NosceCore", "NosceEngine", "NosceFormats", "NoscePorts", "NosceRows", "NosceTemplates",
        "NosceTokenizer",
      ]),
    .target(
      name: "NosceScripted",
      dependencies: [
        "NosceCore", "NosceFormats", "NoscePorts", .product(name: "Yams", package: "Yams"),
      ]),
    // Models behind HTTP.
    .target(
      name: "NosceEndpoint",
      dependencies: [
        "NosceCore", "NosceFiles", "NosceFormats", "NoscePorts", "NosceRows",
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "Yams", package: "Yams"),
        .product(
          name: "AsyncHTTPClient", package: "async-http-client",
          condition: .when(traits: ["HTTP"])),
        .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["HTTP"])),
        .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["HTTP"])),
      ]),
    .target(
      name: "NosceOrganism",
      dependencies: [
        "NosceCore", "NosceEngine", "NosceFormats", "NosceLocal", "NosceRows", "NosceTokenizer",
      ],
      resources: [.copy("Resources/organism"), .copy("Resources/organism-null")]),
    // The catalog is nothing but the YAML files of this folder and of Materials/, and the code that
    // finds them.
    .target(
      name: "NosceCatalog", dependencies: ["NosceCore"], path: "Experiments",
      resources: catalog.map { .copy("\($0).yaml") } + [.copy("../Materials"), .copy("../Recipes")]),
    .target(name: "NosceText", dependencies: ["NosceCore"]),
    .target(
      name: "NosceReport",
      dependencies: [
        "NosceCore", "NosceExperiment", "NosceFormats", "NoscePorts", "NosceRows", "NosceRuns",
        "NosceStatistics", "NosceStudy", "NosceText", "NosceVerdicts",
      ],
      resources: [.copy("Resources/report.css"), .copy("Resources/report.js")]),
    // Markdown documents of many runs.
    .target(
      name: "NosceResults",
      dependencies: ["NosceCore", "NosceReport", "NosceRuns", "NosceText", "NosceVerdicts"]),
    // The loops that find out what the machine can do at most.
    .target(name: "CNosceBench"),
    .target(
      name: "NosceBench",
      dependencies: [
        "CNosceBench", "NosceCore", "NosceEngine", "NosceFormats", "NosceStatistics",
        "NosceTokenizer",
      ]),
    // This machine's models behind HTTP, in the shapes that OpenAI's clients speak.
    .target(
      name: "NosceServe",
      dependencies: [
        "NosceCore", "NosceEngine", "NosceFormats", "NosceLocal", "NoscePorts", "NosceRows",
        "NosceTemplates", "NosceTokenizer",
        .product(
          name: "HTTPTypes", package: "swift-http-types", condition: .when(traits: ["HTTP"])),
        .product(
          name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["HTTP"])),
        .product(
          name: "HummingbirdCore", package: "hummingbird", condition: .when(traits: ["HTTP"])),
        .product(name: "Logging", package: "swift-log", condition: .when(traits: ["HTTP"])),
        .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["HTTP"])),
      ]),
    // Fine-tuning by other programs. The driver of TRL is a resource.
    .target(
      name: "NosceTrainers",
      dependencies: [
        "NosceCore", "NosceEngine", "NosceFormats", "NosceLocal", "NoscePorts", "NosceRows",
      ],
      resources: [.copy("Resources/nosce_trl.py")]),
    // Plans that many machines carry out, a subject each.
    .target(
      name: "NosceFanOut",
      dependencies: [
        "NosceCore", "NosceExperiment", "NosceFiles", "NosceFormats", "NoscePorts", "NosceRows",
        "NosceRuns", "NosceText", .product(name: "Crypto", package: "swift-crypto"),
      ]),
    // What can be done with all of this, callable from Swift.
    .target(
      name: "NosceApp",
      dependencies: [
        "NosceCalibration",
        "NosceCatalog", "NosceCore", "NosceEngine", "NosceExperiment", "NosceFanOut", "NosceFiles",
        "NosceFormats", "NosceLocal", "NosceOrganism", "NoscePorts", "NosceReport", "NosceRows",
        "NosceRuns",
        "NosceScripted", "NosceStudy", "NosceText", "NosceTokenizer", "NosceTrainers",
        "NosceVerdicts", "NosceWriting",
        .target(name: "NosceEndpoint", condition: .when(traits: ["HTTP"])),
      ]),
    // Turns flags into calls and results into text.
    .executableTarget(
      name: "nosce-cli",
      dependencies: [
        "NosceCalibration",
        "CNosceProcess", "NosceApp", "NosceBench", "NosceCatalog", "NosceCore", "NosceEngine",
        "NosceExperiment", "NosceFanOut",
        "NosceFiles", "NosceFormats", "NosceGrading", "NosceLocal", "NosceOrganism", "NoscePorts",
        "NosceReference", "NosceReport", "NosceResults", "NosceRows", "NosceRuns",
        "NosceStatistics", "NosceStudy",
        "NosceTemplates", "NosceText", "NosceTokenizer", "NosceVerdicts", "NosceWriting",
        .target(name: "NosceEndpoint", condition: .when(traits: ["HTTP"])),
        .target(name: "NosceServe", condition: .when(traits: ["HTTP"])),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    // What several suites need: small experiments, a model made of rules, files that are damaged.
    .target(
      name: "NosceTestSupport",
      dependencies: [
        "NosceCore", "NosceExperiment", "NosceFiles", "NosceFormats", "NoscePorts", "NosceRows",
        "NosceRuns", "NosceVerdicts",
      ], path: "Tests/NosceTestSupport"),
    // Looks at the files of the package, and needs none of its code.
    .testTarget(name: "StructureTests"),
    .testTarget(
      name: "NosceFormatsTests",
      dependencies: ["NosceFormats"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "NosceCoreTests",
      dependencies: ["CNosceProcess", "NosceCore", "NosceTestSupport"]),
    .testTarget(
      name: "NosceStatisticsTests",
      dependencies: ["NosceCore", "NosceStatistics"]),
    .testTarget(
      name: "NosceTemplatesTests",
      dependencies: ["NosceFormats", "NosceTemplates", "NosceTestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "NosceTokenizerTests",
      dependencies: [
        "NosceCore", "NosceFormats", "NosceTemplates", "NosceTestSupport", "NosceTokenizer",
      ],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "NosceEngineTests",
      dependencies: [
        "CNosceKernels", "NosceCore", "NosceEngine", "NosceFormats", "NosceTestSupport",
      ],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "NosceRowsTests",
      dependencies: ["NosceCore", "NosceRows", "NosceTestSupport"]),
    .testTarget(
      name: "NosceExperimentTests",
      dependencies: [
        "NosceCore", "NosceExperiment", "NoscePorts", "NosceRows", "NosceTestSupport",
      ]),
    .testTarget(
      name: "NosceFilesTests",
      dependencies: [
        "NosceCore", "NosceExperiment", "NosceFiles", "NosceKeys", "NoscePorts", "NosceReference",
        "NosceRows", "NosceTestSupport",
        .product(name: "Yams", package: "Yams"),
      ]),
    .testTarget(
      name: "NosceGradingTests",
      dependencies: [
        "NosceCore", "NosceExperiment", "NosceGrading", "NoscePorts", "NosceRows",
        "NosceStatistics", "NosceTestSupport",
      ], exclude: ["Labelled"]),
    .testTarget(
      name: "NosceWritingTests",
      dependencies: ["NosceCore", "NoscePorts", "NosceRows", "NosceTestSupport", "NosceWriting"]),
    .testTarget(
      name: "NosceRunsTests",
      dependencies: [
        "NosceCalibration",
        "NosceCore", "NosceExperiment", "NosceFiles", "NosceGrading", "NoscePorts", "NosceRows",
        "NosceRuns",
        "NosceTestSupport", .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .testTarget(
      name: "NosceVerdictsTests",
      dependencies: [
        "NosceCore", "NosceExperiment", "NosceFiles", "NosceRows", "NosceRuns", "NosceTestSupport",
        "NosceVerdicts",
      ]),
    .testTarget(
      name: "NosceStudyTests",
      dependencies: [
        "NosceCore", "NosceExperiment", "NosceFiles", "NosceRows", "NosceRuns", "NosceStatistics",
        "NosceStudy",
        "NosceTestSupport", "NosceVerdicts",
      ]),
    .testTarget(
      name: "NosceLocalTests",
      dependencies: [
        "NosceCore", "NosceEngine", "NosceFormats", "NosceLocal", "NosceOrganism", "NoscePorts",
        "NosceRows", "NosceTemplates", "NosceTestSupport", "NosceTokenizer",
      ],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "NosceScriptedTests",
      dependencies: [
        "NosceCatalog", "NosceCore", "NosceExperiment", "NosceFiles", "NosceFormats",
        "NosceGrading", "NoscePorts", "NosceRows", "NosceRuns", "NosceScripted",
        "NosceTestSupport", "NosceVerdicts",
      ]),
    .testTarget(
      name: "NosceEndpointTests",
      dependencies: [
        "NosceCore", "NosceEndpoint", "NosceExperiment", "NosceFiles", "NosceFormats",
        "NosceGrading", "NoscePorts", "NosceRows", "NosceRuns", "NosceTestSupport",
        "NosceVerdicts", "nosce-cli",
        .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["HTTP"])),
        .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["HTTP"])),
        .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["HTTP"])),
      ]),
    .testTarget(
      name: "NosceFanOutTests",
      dependencies: [
        "NosceCore", "NosceExperiment", "NosceFanOut", "NoscePorts", "NosceRuns",
        "NosceTestSupport",
      ]),
    .testTarget(
      name: "NosceTrainersTests",
      dependencies: [
        "NosceCore", "NosceEngine", "NosceFormats", "NosceLocal", "NosceOrganism", "NoscePorts",
        "NosceRows", "NosceTestSupport", "NosceTrainers",
      ]),
    .testTarget(
      name: "NosceOrganismTests",
      dependencies: [
        "NosceCatalog", "NosceCore", "NosceExperiment", "NosceFiles", "NosceEngine", "NosceLocal",
        "NosceOrganism", "NoscePorts", "NosceRows", "NosceTestSupport",
        "NosceTokenizer",
      ]),
    // Snapshots are compared where they lie, so that they can be recorded again.
    .testTarget(
      name: "NosceReportTests",
      dependencies: [
        "NosceCore", "NosceReport", "NosceResults", "NosceRuns", "NosceStudy", "NosceTestSupport",
        "NosceText",
        "NosceVerdicts",
      ], exclude: ["README.md", "Snapshots"]),
    .testTarget(
      name: "NosceAppTests",
      dependencies: [
        "NosceCalibration", "NosceFiles",
        "NosceApp", "NosceCatalog", "NosceCore", "NosceExperiment", "NosceFormats", "NoscePorts",
        "NosceRows",
        "NosceRuns", "NosceStudy", "NosceTestSupport", "NosceWriting",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .testTarget(
      name: "NosceServeTests",
      dependencies: [
        "NosceCore", "NosceEngine", "NosceFormats", "NosceLocal", "NosceOrganism", "NoscePorts",
        "NosceServe", "NosceTestSupport", "NosceTokenizer",
        .product(
          name: "AsyncHTTPClient", package: "async-http-client",
          condition: .when(traits: ["HTTP"])),
      ]),
    .testTarget(
      name: "NosceBenchTests",
      dependencies: [
        "CNosceBench", "NosceBench", "NosceCore", "NosceEngine", "NosceFormats",
        "NosceTestSupport", "NosceTokenizer",
      ]),
    // Runs the built binary, as a user does.
    .testTarget(
      name: "NosceCommandTests",
      dependencies: [
        "NosceCalibration",
        "NosceCore", "NosceEngine", "NosceFormats", "NosceOrganism", "NosceReport", "NosceRows",
        "NosceRuns", "NosceStatistics", "NosceStudy", "NosceTestSupport", "NosceText",
        "NosceVerdicts", "nosce-cli",
      ],
      exclude: ["Fixtures"]),
  ],
  swiftLanguageModes: [.v6]
)

let isC = ["CNosceMapping", "CNosceProcess", "CNosceKernels", "CNosceBench"]
for target in package.targets where target.type != .system && !isC.contains(target.name) {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
  ]
}

// What tests say themselves is compiled without optimisation, which takes minutes off a build on two
// cores; the modules they test are optimised as ever. Not so where a test has arithmetic of its own.
let calculates = ["NosceEngineTests", "NosceLocalTests", "NosceStatisticsTests"]
for target in package.targets where target.type == .test && !calculates.contains(target.name) {
  target.swiftSettings?.append(.unsafeFlags(["-Onone"]))
}
