import Events
import Foundation
import RingBuffers
import Testing
import Wire

/// What came out of a payload.
struct Decoded: Equatable {
    var records: [[UInt8]] = []
    var entries: [DeadLetterEntry] = []
    var accepted = 0
    var rejected = 0
    /// How often the ring was full.
    var pauses = 0

    var reasons: [DeadLetterReason] { entries.map(\.reason) }

    /// One record's cells, texts and time, for looking at.
    func view<Result>(_ index: Int = 0, _ body: (EventRecord) throws -> Result) rethrows -> Result {
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: records[index].count, alignment: 8)
        defer { bytes.deallocate() }
        records[index].withUnsafeBytes {
            bytes.copyMemory(from: $0.baseAddress!, byteCount: $0.count)
        }
        return try body(EventRecord(base: bytes))
    }

    func text(_ field: Int, of index: Int = 0) -> String? {
        view(index) {
            $0.isPresent(field) ? String(decoding: $0.text(field), as: UTF8.self) : nil
        }
    }

    func double(_ field: Int, of index: Int = 0) -> Double? {
        view(index) { $0.isPresent(field) ? Double(bitPattern: $0.cell(field)) : nil }
    }

    func integer(_ field: Int, of index: Int = 0) -> Int64? {
        view(index) { $0.isPresent(field) ? Int64(bitPattern: $0.cell(field)) : nil }
    }

    func time(of index: Int = 0) -> Timestamp {
        view(index) { Timestamp(nanoseconds: $0.eventTime) }
    }
}

/// A decoder with its ring, fed with payloads; the payload's memory ends where reading is forbidden.
final class DecodeHarness {
    var decoder: Decoder
    var ring: Ring
    var deadLetters = DeadLetterBatch(capacity: 4096)
    let guarded = GuardedMemory(bytes: 1 << 20)

    init(
        _ streams: [StreamSchema], limits: DecodeLimits = DecodeLimits(),
        topicMember: String? = nil, reserved: Set<Int> = [], learns: Bool = true,
        ringBytes: Int = 1 << 17
    ) {
        decoder = Decoder(
            streams: streams, generation: 7, feed: 3, status: .exercise, limits: limits,
            topicMember: topicMember, reserved: reserved)
        decoder.learnsShapes = learns
        ring = Ring(capacity: ringBytes)
    }

    convenience init(_ stream: StreamSchema, limits: DecodeLimits = DecodeLimits()) {
        self.init([stream], limits: limits)
    }

    func decode(
        _ text: String, layout: PayloadLayout = .documents, choice: StreamChoice = .stream(0)
    ) -> Decoded {
        decode(Array(text.utf8), layout: layout, choice: choice)
    }

    /// - Parameter padding: bytes behind the payload that the decoder may read; nil: none, and
    ///   reading there ends the process.
    func decode(
        _ bytes: [UInt8], padding: [UInt8]? = nil, layout: PayloadLayout = .documents,
        choice: StreamChoice = .stream(0)
    ) -> Decoded {
        let memory = guarded.place(bytes + (padding ?? []))
        let payload = UnsafeRawBufferPointer(rebasing: memory[..<bytes.count])
        deadLetters.removeAll()
        var result = Decoded()
        var cursor = DecodeCursor()
        while decoder.decode(
            payload, padding: padding?.count ?? 0, layout: layout, stream: choice, at: &cursor,
            into: &ring.producer, deadLetters: &deadLetters) == .full
        {
            result.pauses += 1
            drain(&result)
            if result.pauses > bytes.count + 1 { break }
        }
        drain(&result)
        result.entries = Array(deadLetters.entries)
        result.accepted = cursor.accepted
        result.rejected = cursor.rejected
        return result
    }

    private func drain(_ result: inout Decoded) {
        while true {
            let run = ring.consumer.readable()
            guard run.count > 0 else { return }
            var offset = 0
            while offset < run.count {
                let length = EventRecord(base: run.baseAddress! + offset).length
                result.records.append(Array(run[offset..<(offset + length)]))
                offset += length
            }
            ring.consumer.release(run.count)
        }
    }
}

/// Memory that ends at a page which must not be read.
final class GuardedMemory {
    private let base: UnsafeMutableRawPointer
    private let bytes: Int
    private let page = 4096

    init(bytes: Int) {
        self.bytes = (bytes + page - 1) / page * page
        base = mmap(
            nil, self.bytes + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        precondition(base != MAP_FAILED)
        precondition(mprotect(base + self.bytes, page, PROT_NONE) == 0)
    }

    deinit { munmap(base, bytes + page) }

    /// Copies `content` to the end of the memory.
    func place(_ content: [UInt8]) -> UnsafeRawBufferPointer {
        precondition(content.count <= bytes)
        let start = base + bytes - content.count
        content.withUnsafeBytes {
            if let source = $0.baseAddress { start.copyMemory(from: source, byteCount: $0.count) }
        }
        return UnsafeRawBufferPointer(start: start, count: content.count)
    }
}

/// Reproducible random numbers (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Files of the shared data folder beside the package.
enum SharedData {
    /// The folder, nil where it is absent and nobody requires it.
    static func folder(_ path: String) throws -> URL? {
        var place = URL(fileURLWithPath: #filePath)
        while place.path != "/" {
            place.deleteLastPathComponent()
            let manifest = place.appendingPathComponent("Package.swift").path
            guard FileManager.default.fileExists(atPath: manifest) else { continue }
            let folder = place.appendingPathComponent("../shared/data/\(path)").standardized
            if FileManager.default.fileExists(atPath: folder.path) { return folder }
        }
        if ProcessInfo.processInfo.environment["TOCSIN_REQUIRE_DATA"] == "1" {
            throw DataAbsent(path: path)
        }
        return nil
    }

    struct DataAbsent: Error { var path: String }
}

/// The stream of the shared workload.
let workload = StreamSchema(
    name: "workload",
    fields: [
        Field(name: "source", type: .string), Field(name: "type", type: .string),
        Field(name: "value", type: .double), Field(name: "lat", type: .double),
        Field(name: "lon", type: .double),
    ],
    time: .member(path: ["time"], format: .rfc3339))
