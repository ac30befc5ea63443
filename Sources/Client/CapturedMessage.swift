import Foundation

// A capture of a feed is a file of JSON lines, one message a line:
//
//   {"t": 0.516, "frames": [{"utf8": "river.stage"}, {"utf8": "{\"level\": 5.2}"}]}
//
// `t` is seconds since the capture began. A frame is written in one of three ways: `utf8` is text,
// `base64` and `hex` are bytes. Other members of a line are skipped.

/// One message of a capture: its frames, byte for byte, and when it came.
package struct CapturedMessage: Sendable, Hashable {
    /// Seconds since the capture began.
    package let seconds: Double
    /// The frames; at least one.
    package let frames: [[UInt8]]

    /// Why a line is none, as a sentence without its full stop.
    package struct Failure: Error, Sendable, Hashable {
        /// What is wrong.
        package let sentence: String
        /// How it should look.
        package let hint: String
    }

    /// Reads a line; throws what is wrong with it.
    package init(line: some Sequence<UInt8>) throws(Failure) {
        let written: WrittenMessage
        do {
            written = try JSONDecoder().decode(WrittenMessage.self, from: Data(line))
        } catch {
            throw Self.failure(error)
        }
        guard written.t >= 0, written.t.isFinite else {
            throw Failure(
                sentence: "`t` is \(written.t)", hint: "`t` is seconds since the capture began")
        }
        guard !written.frames.isEmpty else {
            throw Failure(
                sentence: "`frames` is empty", hint: "a message has at least one frame")
        }
        var frames: [[UInt8]] = []
        for (index, frame) in written.frames.enumerated() {
            frames.append(try frame.bytes(number: index + 1))
        }
        seconds = written.t
        self.frames = frames
    }

    private static func failure(_ error: any Error) -> Failure {
        let hint = "a line is {\"t\": 0.5, \"frames\": [{\"utf8\": \"…\"}]}"
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            let path = path(context.codingPath + [key])
            return Failure(sentence: "`\(path)` is missing", hint: hint)
        case DecodingError.typeMismatch(_, let context) where !context.codingPath.isEmpty,
            DecodingError.valueNotFound(_, let context) where !context.codingPath.isEmpty:
            return Failure(
                sentence: "`\(path(context.codingPath))` is of another type", hint: hint)
        case DecodingError.typeMismatch:
            return Failure(sentence: "this is no JSON object", hint: hint)
        case _:
            return Failure(sentence: "this is no JSON", hint: hint)
        }
    }

    /// `frames[2].hex`, counted from 1 as lines are.
    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "") { text, key in
            if let index = key.intValue {
                text += "[\(index + 1)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
    }
}

/// A line as it is written.
private struct WrittenMessage: Decodable {
    let t: Double
    let frames: [WrittenFrame]
}

/// A frame as it is written.
private struct WrittenFrame: Decodable {
    let utf8: String?
    let base64: String?
    let hex: String?

    func bytes(number: Int) throws(CapturedMessage.Failure) -> [UInt8] {
        switch (utf8, base64, hex) {
        case (let text?, nil, nil): return Array(text.utf8)
        case (nil, let text?, nil):
            guard let data = Data(base64Encoded: text) else {
                throw CapturedMessage.Failure(
                    sentence: "frame \(number) is not base64",
                    hint: "it is written as RFC 4648 says, with its padding")
            }
            return Array(data)
        case (nil, nil, let text?):
            guard let bytes = Self.bytes(hexadecimal: text) else {
                throw CapturedMessage.Failure(
                    sentence: "frame \(number) is not hexadecimal",
                    hint: "two digits are a byte: \"00ff\"")
            }
            return bytes
        case (nil, nil, nil):
            throw CapturedMessage.Failure(
                sentence: "frame \(number) has no bytes",
                hint: "write it as one of \"utf8\", \"base64\" and \"hex\"")
        case _:
            throw CapturedMessage.Failure(
                sentence: "frame \(number) is written more than once",
                hint: "write it as one of \"utf8\", \"base64\" and \"hex\"")
        }
    }

    private static func bytes(hexadecimal text: String) -> [UInt8]? {
        let digits = text.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).reduce(into: [UInt8]() as [UInt8]?) {
            guard let high = digits[$1], let low = digits[$1 + 1] else { return $0 = nil }
            $0?.append(UInt8(high * 16 + low))
        }
    }
}
