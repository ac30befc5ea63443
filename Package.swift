// swift-tools-version: 6.2
//
// This manifest is the architecture: a target may import only what is listed beside it, and the
// build refuses anything else. Read it from top to bottom: vocabulary, core, edges, composition.
//
//   Transport ─► Wire ─► RingBuffers ─► Engine (Evaluation ─► Incidents) ─► Journal ─► Transport
//    frames in   decode     bytes        decide, deterministic              commit     escalations out
//
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "tocsin",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "tocsin", targets: ["tocsin"]),
        .executable(name: "tocsin-bench", targets: ["tocsin-bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // Vocabulary: what goes in, what comes out. Values only; the layout of an event record.
        .target(name: "Events", swiftSettings: strict),

        // Core: no I/O, no clock, no Foundation.
        .target(name: "RingBuffers", swiftSettings: strict),
        .target(name: "Wire", dependencies: ["Events", "RingBuffers"], swiftSettings: strict),
        .target(name: "Expressions", swiftSettings: strict),
        .target(name: "CEL", dependencies: ["Expressions"], swiftSettings: strict),
        .target(
            name: "Evaluation", dependencies: ["Events", "Expressions"], swiftSettings: strict),
        .target(name: "Incidents", dependencies: ["Events"], swiftSettings: strict),
        .target(
            name: "Engine", dependencies: ["Events", "Evaluation", "Incidents"],
            swiftSettings: strict),

        // Edges: each may block and fail; none knows another.
        .target(
            name: "Rules",
            dependencies: ["Events", "Expressions", "CEL", "Evaluation", "Yams"],
            swiftSettings: strict),
        .target(
            name: "Journal",
            dependencies: ["Events", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict),
        .systemLibrary(
            name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        .target(name: "Transport", dependencies: ["CZeroMQ"], swiftSettings: strict),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),

        // The other end of the line: who publishes readings and who follows escalations.
        .target(
            name: "Client", dependencies: ["Events", "Wire", "Transport"], swiftSettings: strict),

        // Composition: the only place that knows everyone.
        .target(
            name: "Daemon",
            dependencies: [
                "Events", "RingBuffers", "Wire", "Expressions", "Evaluation", "Incidents", "Engine",
                "Rules", "Journal", "Transport", "CZlib",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        .executableTarget(
            name: "tocsin",
            dependencies: [
                "Daemon", "Client", "Events", "Rules", "Wire", "Transport", "Engine", "Evaluation",
                "Expressions", "Journal", "Incidents",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        // Measures the line beside floors in C; its malloc counts allocations.
        .target(
            name: "CFloors", dependencies: ["CZeroMQ"], linkerSettings: [.linkedLibrary("zmq")]),
        .executableTarget(
            name: "tocsin-bench",
            dependencies: [
                "CEL", "CFloors", "CZeroMQ", "Daemon", "Engine", "Evaluation", "Events",
                "Expressions", "RingBuffers", "Rules", "Transport", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        // Rows and rules as a test writes them, run through the real engine.
        .target(
            name: "TestSupport",
            dependencies: ["Engine", "Evaluation", "Events", "Incidents", "Rules"],
            path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(name: "EventsTests", dependencies: ["Events"]),
        .testTarget(name: "RingBuffersTests", dependencies: ["RingBuffers"]),
        .testTarget(
            name: "EvaluationTests",
            dependencies: ["Evaluation", "Events", "Expressions", "TestSupport"]),
        .testTarget(name: "IncidentsTests", dependencies: ["Incidents", "Events"]),
        .testTarget(
            name: "EngineTests",
            dependencies: ["Engine", "Evaluation", "Events", "Incidents", "TestSupport"]),
        .testTarget(
            name: "ClientTests",
            dependencies: [
                "Client", "Events", "Transport", "Wire", "tocsin",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .testTarget(
            name: "ConformanceTests",
            dependencies: [
                "CEL", "Daemon", "Engine", "Evaluation", "Events", "Expressions", "Rules",
                "TestSupport",
            ]),
        .testTarget(name: "ExpressionsTests", dependencies: ["Expressions"]),
        .testTarget(name: "CELTests", dependencies: ["CEL", "Expressions"]),
        .testTarget(name: "WireTests", dependencies: ["Wire", "Events", "RingBuffers"]),
        .testTarget(
            name: "RulesTests",
            dependencies: ["Rules", "Events", "Expressions", "Evaluation", "CEL", "TestSupport"]),
        .testTarget(
            name: "JournalTests",
            dependencies: [
                "Journal", "Events", .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(name: "TransportTests", dependencies: ["Transport"]),
        .testTarget(
            name: "DaemonTests",
            dependencies: [
                "Daemon", "Rules", "Events", "RingBuffers", "Transport", "Wire", "CZlib",
                "TestSupport", .product(name: "Logging", package: "swift-log"),
            ]),
        // Drives the release binary over real sockets and files.
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "TestSupport", "Transport", "Wire",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            exclude: [
                "confined.py", "counted.py", "format_agreement.py", "formats.py", "hostile.py",
                "schema_agreement.py",
            ]),
    ]
)
