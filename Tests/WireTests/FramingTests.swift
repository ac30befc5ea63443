import Testing

@testable import Wire

@Suite struct FramingTests {
    /// What a framing makes of frames: topic, payload, sequence number.
    private func parts(_ framing: Framing, _ frames: [[UInt8]]) -> [String]? {
        let memory = frames.map { frame in
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: frame.count, alignment: 1)
            copy.copyBytes(from: frame)
            return copy
        }
        defer { for copy in memory { copy.deallocate() } }
        guard
            let parts = framing.parts(
                count: frames.count, frame: { UnsafeRawBufferPointer(memory[$0]) })
        else { return nil }
        return [
            parts.topic.map { String(decoding: $0, as: UTF8.self) } ?? "-",
            String(decoding: parts.payload, as: UTF8.self),
            parts.sequence.map { "\($0.epoch)/\($0.number)" } ?? "-",
        ]
    }

    private func bytes(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    @Test func eachFramingFindsTopicAndPayload() {
        #expect(parts(.topicPayload, bytes("a.b", "{}")) == ["a.b", "{}", "-"])
        #expect(parts(.prefixTopicPayload, bytes("G", "load", "{}")) == ["load", "{}", "-"])
        #expect(parts(.payload, bytes("{}")) == ["-", "{}", "-"])
        #expect(parts(.topicBlankPayload, bytes("a.b {\"x\": 1}")) == ["a.b", "{\"x\": 1}", "-"])
        #expect(parts(.topicColonPayload, bytes("a.b:{\"x\": 1}")) == ["a.b", "{\"x\": 1}", "-"])
        #expect(parts(.topicColonPayload, bytes(":{}")) == ["", "{}", "-"])
    }

    @Test func otherFramesAreRefused() {
        #expect(parts(.topicPayload, bytes("{}")) == nil)
        #expect(parts(.topicPayload, bytes("a", "b", "c")) == nil)
        #expect(parts(.topicPayload, bytes("a", "b", "c", "d")) == nil)
        #expect(parts(.topicPayload, []) == nil)
        #expect(parts(.topicBlankPayload, bytes("nothing")) == nil)
        #expect(parts(.topicColonPayload, bytes("nothing")) == nil)
        #expect(parts(.payload, bytes("a", "b")) == nil)
    }

    @Test(arguments: Framing.allCases)
    func aSequenceMayStandBehind(framing: Framing) {
        let number: [UInt8] = [0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 9]
        let frames: [[UInt8]] =
            switch framing {
            case .topicPayload: bytes("a", "{}")
            case .prefixTopicPayload: bytes("G", "a", "{}")
            case .payload: bytes("{}")
            case .topicBlankPayload: bytes("a {}")
            case .topicColonPayload: bytes("a:{}")
            }
        #expect(parts(framing, frames + [number])?[1...] == ["{}", "258/9"])
        #expect(parts(framing, frames + [Array(number.dropLast())]) == nil)
    }
}
