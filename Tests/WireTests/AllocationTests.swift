import Events
import Foundation
import RingBuffers
import Testing
import Wire

/// A million events take no memory: what the allocator has handed out stays the same.
@Suite(.serialized) struct AllocationTests {
    private static let lines: [String] = (0..<200).map { index in
        let text = index % 5 == 0 ? "esc\\u0061ped \\n" : index % 7 == 0 ? "größer" : "st\(index)"
        let number = index % 11 == 0 ? "22.902500000000003" : "\(Double(index) / 8)"
        return
            "{\"source\":\"\(text)\",\"type\":\"a\",\"time\":\"2026-01-01T00:\(10 + index % 40):00.5Z\",\"value\":\(number),\"lat\":1,\"x\":[1,{}]}"
    }

    // In processes of their own: elsewhere the other tests take memory at the same time.

    @Test func aMillionEventsByShape() async {
        await #expect(processExitsWith: .success) {
            AllocationTests.decodeAMillion(learns: true)
        }
    }

    @Test func aMillionEventsByScanner() async {
        await #expect(processExitsWith: .success) {
            AllocationTests.decodeAMillion(learns: false)
        }
    }

    @Test func aMillionEventsInTextsOfPairs() async {
        await #expect(processExitsWith: .success) {
            AllocationTests.decodeAMillion(
                learns: true, AllocationTests.pairs, AllocationTests.pairLines)
        }
        await #expect(processExitsWith: .success) {
            AllocationTests.decodeAMillion(
                learns: false, AllocationTests.pairs, AllocationTests.pairLines)
        }
    }

    /// Buffers that grew to what a payload needs are used again.
    @Test func payloadsOfOtherFormats() async {
        await #expect(processExitsWith: .success) { AllocationTests.translateAgain() }
    }

    private static func translateAgain() {
        #if os(Linux)
            for (format, payload) in formats {
                var translator = Translator(format: format)
                func translate(_ times: Int) {
                    for _ in 0..<times {
                        payload.withUnsafeBytes { bytes in
                            _ = translator.translate(bytes, now: 1_767_225_600_123_456_789)
                        }
                    }
                }
                translate(200)
                precondition(translator.documentCount == 100, "\(translator.refusals)")
                _ = bytesInUse()
                let before = bytesInUse()
                translate(1000)
                let growth = bytesInUse() - before
                precondition(before > 0 && growth < 1 << 16, "\(format) grew by \(growth) bytes.")
            }
        #endif
    }

    /// A hundred elements each.
    private static let formats: [(PayloadFormat, [UInt8])] = [
        (
            .senml,
            array(#"{"bn":"urn:dev:1/","bt":1.7e9,"bv":0.5,"n":"t","v":20.1,"t":-5,"x":[1]}"#)
        ),
        (
            .cloudevents,
            array(
                #"{"specversion":"1.0","id":"\u0037","source":"/g","type":"t","data_base64":"eyJhIjoxfQ=="}"#
            )
        ),
        (
            .geojson,
            Array(#"{"type":"FeatureCollection","features":"#.utf8)
                + array(
                    #"{"type":"Feature","geometry":{"type":"Point","coordinates":[1.5,2.5]},"properties":{"mag":5.1}}"#
                ) + [0x7D]
        ),
        (
            .msgpack,
            [0xDC, 0, 100]
                + (0..<100).flatMap { _ in
                    [0x82, 0xA1, 0x76, 0xCB, 0x3F, 0xB9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9A]
                        as [UInt8]
                        + [0xA1, 0x74, 0xD7, 0xFF, 0x77, 0x35, 0x94, 0x00, 0x69, 0x55, 0xB9, 0x00]
                }
        ),
    ]

    private static func array(_ element: String) -> [UInt8] {
        Array("[\(Array(repeating: element, count: 100).joined(separator: ","))]".utf8)
    }

    private static let pairs = StreamSchema(
        name: "log",
        fields: [
            Field(name: "site", type: .string, path: ["msg"], key: "site"),
            Field(name: "stage", type: .double, path: ["msg"], key: "stage"),
        ], time: .member(path: ["msg"], format: .rfc3339, key: "at"))

    private static let pairLines: [String] = (0..<200).map { index in
        let site = index % 3 == 0 ? "\\\"Mill \\\\\\\"old\\\\\\\"\\\"" : "KE-\(index)"
        return
            "{\"host\":\"vm\",\"msg\":\"at=2026-01-01T00:\(10 + index % 40):00Z stage=\(Double(index) / 8) site=\(site)\"}"
    }

    /// Ends the process in failure when memory in use has grown.
    private static func decodeAMillion(
        learns: Bool, _ stream: StreamSchema = workload, _ lines: [String] = lines
    ) {
        #if os(Linux)
            let payload =
                Array(lines.joined(separator: "\n").utf8)
                + Array(repeating: 0, count: 64)
            var decoder = Decoder(
                streams: [stream], generation: 1, feed: 0, status: .actual,
                limits: DecodeLimits(readings: .max))
            decoder.learnsShapes = learns
            var ring = Ring(capacity: 1 << 20)
            var deadLetters = DeadLetterBatch(capacity: 8)
            var events = 0
            func decodeOnce() {
                payload.withUnsafeBytes { bytes in
                    var cursor = DecodeCursor()
                    let text = UnsafeRawBufferPointer(rebasing: bytes.dropLast(64))
                    let outcome = decoder.decode(
                        text, padding: 64, stream: .stream(0), at: &cursor, into: &ring.producer,
                        deadLetters: &deadLetters)
                    events += outcome == .done ? cursor.accepted : 0
                }
                while true {
                    let run = ring.consumer.readable()
                    if run.count == 0 { break }
                    ring.consumer.release(run.count)
                }
            }
            // Shapes are learned and tables made in the first rounds.
            for _ in 0..<200 { decodeOnce() }
            _ = bytesInUse()
            events = 0
            let before = bytesInUse()
            for _ in 0..<5000 { decodeOnce() }
            let growth = bytesInUse() - before
            precondition(events == 1_000_000 && deadLetters.total == 0)
            // The smallest allocation is 32 bytes; the report itself moves some thousand.
            precondition(before > 0 && growth < 1 << 20, "Memory in use grew by \(growth) bytes.")
        #endif
    }

    #if os(Linux)
        /// What the allocator has handed out, by the C library's `malloc_info`.
        private static func bytesInUse() -> Int {
            typealias Report = @convention(c) (Int32, UnsafeMutablePointer<FILE>) -> Int32
            var text: UnsafeMutablePointer<CChar>?
            var size = 0
            guard let symbol = dlsym(nil, "malloc_info"), let file = open_memstream(&text, &size)
            else {
                return 0
            }
            _ = unsafeBitCast(symbol, to: Report.self)(0, file)
            fclose(file)
            defer { free(text) }
            guard let text else { return 0 }
            // The last totals are those of all arenas together.
            let lines = String(cString: text).split(separator: "\n")
            func total(_ start: String) -> Int {
                let line = lines.last { $0.hasPrefix(start) } ?? ""
                guard let range = line.range(of: "size=\"") else { return 0 }
                return Int(line[range.upperBound...].prefix { $0.isNumber }) ?? 0
            }
            return total("<system type=\"current\"") - total("<total type=\"fast\"")
                - total("<total type=\"rest\"") + total("<total type=\"mmap\"")
        }
    #endif
}
