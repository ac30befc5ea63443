import CZlib
import Events
import RingBuffers
import TestSupport
import Testing
import Transport
import Wire

@testable import Daemon

/// What senders are told, message by message: real frames through a feed's decoder.
@Suite(.timeLimit(.minutes(1))) struct RefusalTests {
    private static let rules = """
        version: 1
        streams:
          river:
            time: {path: t, unit: s}
            source: station
            fields:
              station: string
              level: {type: double, unit: m, path: reading.level, valid: [-5, 40]}
          pair: {fields: {a: string, b: string, x: int}}
        rules:
          - {rule: high, on: river, by: [station], when: level > 3.0, severity: severe}
          - {rule: of-both, on: pair, by: [a, b], when: x > 0, severity: severe}

        """

    /// What is told of a refused message.
    private struct Told: Equatable {
        var reason: DeadLetterReason
        var message: String
        var hint: String?
        var offset: Int
        var shown: String
        /// How many of them there are.
        var count: Int
    }

    private static func feed(
        pattern: Configuration.Feed.Pattern = .pull, framing: Framing = .topicPayload,
        format: PayloadFormat = .json, compression: Configuration.Feed.Compression = .none,
        stream: Configuration.Feed.StreamSelector = .topic,
        limits: Configuration.FeedLimits = .init()
    ) throws -> Configuration.Feed {
        Configuration.Feed(
            name: "gauges", endpoint: .bind(try Endpoint("tcp://127.0.0.1:*")), pattern: pattern,
            framing: framing, format: format, compression: compression, stream: stream,
            limits: limits)
    }

    private func declarations(_ feed: Configuration.Feed) throws -> IntakeDeclarations {
        IntakeDeclarations(plan: try RuleText.plan(Self.rules), feeds: [feed], index: 0)
    }

    /// Lends frames as a message that was received.
    private func receive<Result>(
        _ frames: [[UInt8]], _ body: (borrowing MessageBuffer) throws -> Result
    ) throws -> Result {
        let context = try ZeroMQContext()
        let pull = try Socket(context: context, kind: .pull)
        let push = try Socket(context: context, kind: .push)
        try push.connect(try pull.bind(Endpoint("tcp://127.0.0.1:*")))
        #expect(try push.send(frames: frames, timeoutMilliseconds: 5000) == .sent)
        var message = MessageBuffer()
        #expect(try pull.receive(into: &message, timeoutMilliseconds: 5000) == .message)
        return try body(message)
    }

    private func told(_ refusal: FeedDecoder.Refusal, _ feed: Configuration.Feed) -> Told {
        Told(
            reason: refusal.reason, message: RefusalText.sentence(refusal, feed: feed),
            hint: RefusalText.hint(refusal, feed: feed), offset: refusal.offset,
            shown: String(decoding: refusal.payload, as: UTF8.self), count: refusal.count)
    }

    /// What a feed whose senders are not answered tells of a message.
    private func refused(_ frames: [[UInt8]], by feed: Configuration.Feed) throws -> [Told] {
        var decoder = FeedDecoder(feed: feed, declarations: try declarations(feed))
        var spill = Ring(capacity: 2 << 20)
        return try receive(frames) { message in
            if case .refused(let refusal) = decoder.open(message, now: 0) {
                return [told(refusal, feed)]
            }
            while decoder.decode(into: &spill.producer) == .full { spill.consumer.releaseAll() }
            var all: [Told] = []
            decoder.forEachRefusal { all.append(told($0, feed)) }
            return all
        }
    }

    /// What a sender that is answered is told; nil: the report is taken.
    private func answer(
        _ frames: [[UInt8]], by feed: Configuration.Feed, now: Int64 = 0
    ) throws -> Told? {
        let reader = ReportReader(
            feed: feed, shared: IntakeShared(bell: try Doorbell()),
            declarations: try declarations(feed))
        return try receive(frames) { message in
            switch reader.read(message, behind: 0, at: now, latest: now + 60_000_000_000) {
            case .reports: return nil
            case .refused(let refusal, _): return told(refusal, feed)
            }
        }
    }

    private func frames(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    private func reading(_ station: String = "A", at time: Int = 0, level: String = "1") -> String {
        #"{"t":\#(time),"station":"\#(station)","reading":{"level":\#(level)}}"#
    }

    @Test func JSONOnAFeedOfMessagePackIsRefusedOnce() throws {
        let feed = try Self.feed(format: .msgpack)
        let refused = try refused(frames("river", reading()), by: feed)
        #expect(refused.map(\.count) == [1])
        let told = try #require(refused.first)
        #expect(told.reason == .format && told.message == "this looks like JSON")
        #expect(told.hint?.hasSuffix("`format: json`") == true)
        // A number by itself is none.
        let number = try #require(try self.refused([Array("river".utf8), [5]], by: feed).first)
        #expect(number.hint?.contains("a map, an array of maps") == true)
    }

    @Test func framesAreCounted() throws {
        let feed = try Self.feed()
        let short = try #require(
            try refused(frames("river", reading(), "123"), by: feed).first)
        #expect(
            short.message
                == "a sequence frame has 16 bytes, 8 of the epoch and 8 of the number, not 3")
        #expect(short.hint?.contains("two frames, the topic and the payload") == true)
        let four = try #require(try refused(frames("a", "b", "c", "d"), by: feed).first)
        #expect(four.message == "the message has 4 frames")
        for framing in [Framing.topicBlankPayload, .topicColonPayload] {
            let told = try #require(
                try refused(frames("river"), by: try Self.feed(framing: framing)).first)
            #expect(told.message == "nothing separates a topic from the payload")
        }
    }

    /// A DEALER that puts an id before its own frames is told what is taken.
    @Test func anIdBeforeAReportIsNoSequence() throws {
        let feed = try Self.feed(pattern: .router)
        let told = try #require(try answer(frames("id", "river", reading()), by: feed))
        #expect(told.message == "the message has 3 frames")
        #expect(told.hint?.contains("before an empty frame") == true)
    }

    @Test func theMemberThatNamesTheTopicIsNamed() throws {
        let feed = try Self.feed(framing: .payload, stream: .member("kind"))
        for payload in ["{}", #"{"kind":7}"#, #"{"kind":{}}"#] {
            let told = try #require(try refused(frames(payload), by: feed).first)
            #expect(told.message == "no text in `kind` names the topic", "\(payload)")
            #expect(told.hint?.contains("`stream: {field: kind}`") == true)
        }
        let other = try #require(try refused(frames(#"{"kind":"lake"}"#), by: feed).first)
        #expect(other.message == DeadLetterReason.topic.sentence && other.offset == 8)
    }

    @Test func aBombAndDamageAreToldApart() throws {
        let feed = try Self.feed(compression: .zlib, limits: .init(frameBytes: 1000))
        let bomb = try #require(
            try refused([Array("river".utf8), packed(count: 1_000_000)], by: feed).first)
        #expect(bomb.message == "the payload unpacks to more than 1000 bytes")
        #expect(bomb.hint?.contains("`limits.frame`") == true)
        let torn = try #require(
            try refused([Array("river".utf8), packed(count: 500).dropLast(2)], by: feed).first)
        #expect(torn.message == "the payload is not one whole zlib stream")
        #expect(torn.reason == .compression && bomb.reason == .compression)
    }

    private func packed(count: Int) -> [UInt8] {
        var size = compressBound(UInt(count))
        var packed = [UInt8](repeating: 0, count: Int(size))
        let code = compress2(
            &packed, &size, [UInt8](repeating: 32, count: count), UInt(count), 6)
        precondition(code == Z_OK, "zlib packs what it is given.")
        return Array(packed[..<Int(size)])
    }

    @Test func aNumberOfAnotherTypeIsShown() throws {
        let feed = try Self.feed()
        let text = try #require(
            try refused(frames("river", reading(level: #""7.5""#)), by: feed).first)
        #expect(text.message == #"`reading.level` must be a number (m), not "7.5""#)
        #expect(text.hint?.contains("without quotes") == true)
        let object = try #require(
            try refused(frames("river", reading(level: #"{"a":1}"#)), by: feed).first)
        #expect(object.message == "`reading.level` must be a number (m), not an object")
    }

    @Test func aByteOrderMarkIsNamed() throws {
        for format in [PayloadFormat.json, .senml, .cloudevents, .geojson] {
            let told = try #require(
                try refused(
                    frames("river", "\u{FEFF}" + reading()), by: try Self.feed(format: format)
                ).first)
            #expect(told.message == "a byte order mark stands before the JSON", "\(format)")
            #expect(told.offset == 0 && told.reason == .json)
        }
    }

    /// What is taken and yet of no use is marked at its member, in what was sent.
    @Test func refusedReportsAreMarked() throws {
        let feed = try Self.feed(pattern: .router)
        let ahead = "[\(reading()), \(reading("B", at: 500))]"
        let future = try #require(try answer(frames("river", ahead), by: feed))
        #expect(future.reason == .future && future.shown == ahead)
        #expect(ahead.dropFirst(future.offset).hasPrefix("500"))

        let lines = reading() + "\n" + reading(String(repeating: "k", count: 129))
        let long = try #require(try answer(frames("river", lines), by: feed))
        #expect(long.message == "`station`, which a rule uses as key, has 129 bytes")
        #expect(lines.dropFirst(long.offset).hasPrefix("\"kkk"))
        let longest = reading(String(repeating: "k", count: 128))
        #expect(try answer(frames("river", longest), by: feed) == nil)

        let pair =
            #"{"a":"\#(String(repeating: "a", count: 60))","b":"\#(String(repeating: "b", count: 69))"}"#
        let both = try #require(try answer(frames("pair", pair), by: feed))
        #expect(both.message == "`b`, which a rule uses as key, has 69 bytes")
        #expect(both.hint == "the values of a key have 128 bytes together at most")

        let none = reading() + "\n" + #"{"t":0,"station":null}"#
        let absent = try #require(try answer(frames("river", none), by: feed))
        #expect(absent.message == "`station`, which a rule uses as key, is missing or UNKNOWN")
        #expect(none.dropFirst(absent.offset).hasPrefix("null"))

        let nul = try #require(try answer(frames("river", reading(#"a\u0000b"#)), by: feed))
        #expect(nul.message == "`station`, which tells reports apart, holds a NUL")
        // What is outside `valid` is UNKNOWN, and no reason to refuse a report.
        #expect(try answer(frames("river", reading(level: "41")), by: feed) == nil)
    }

    /// Reports in another format are shown as they were sent.
    @Test func cloudEventsAreShownAsTheyCame() throws {
        let feed = try Self.feed(pattern: .router, format: .cloudevents)
        for data in ["5", "[1,2]", #""x""#, "{}"] {
            let event =
                #"{"specversion":"1.0","id":"1","source":"/a","type":"t","t":0, "data":\#(data)}"#
            let told = try #require(try answer(frames("river", event), by: feed))
            #expect(told.shown == event && told.reason == .key)
        }
    }
}
