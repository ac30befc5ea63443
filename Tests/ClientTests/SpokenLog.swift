import Client
import Crypto

/// What a warner has said: bodies with a valid chain, to be published, fetched or lost at will.
struct SpokenLog: Sendable {
    let epoch: UInt64
    private(set) var said: [ReceivedEscalation] = []
    private(set) var topics: [String] = []

    init(epoch: UInt64, count: Int = 0) {
        self.epoch = epoch
        for _ in 0..<count { say() }
    }

    var head: UInt64 { UInt64(said.count) }

    subscript(seq: UInt64) -> ReceivedEscalation { said[Int(seq) - 1] }

    subscript(seqs: ClosedRange<UInt64>) -> [ReceivedEscalation] { seqs.map { self[$0] } }

    /// Says the next thing; `id` only where it must be that of another log.
    mutating func say(topic: String = "actual/hazard/flood/", id: String? = nil) {
        let seq = head + 1
        let id = id ?? "id-\(epoch)-\(seq)"
        let previous = said.last.map { "\"\(sha256Text($0.body))\"" } ?? "null"
        let text = """
            {"channel":"main","epoch":\(epoch),"id":"\(id)","incident":"i\(seq)",\
            "prev":\(previous),"seq":\(seq),"severity":"severe"}
            """
        guard let escalation = ReceivedEscalation(body: Array(text.utf8)) else { return }
        said.append(escalation)
        topics.append(topic)
    }

    /// The copy of `seq` with another text, as somebody between us and the warner would make it.
    func forged(_ seq: UInt64) -> ReceivedEscalation {
        let text = String(decoding: self[seq].body, as: UTF8.self)
            .replacing("severe", with: "minor")
        return ReceivedEscalation(body: Array(text.utf8)) ?? self[seq]
    }

    /// The answer to a fetch.
    func answer(
        from: UInt64, max: Int = 500, prefix: String = "", floor: UInt64 = 1
    ) -> RecoveryReply {
        guard from >= floor else {
            return .gone(ChannelPosition(epoch: epoch, head: head, floor: floor))
        }
        var next = from
        var items: [ReceivedEscalation] = []
        while next <= head && items.count < max {
            if topics[Int(next) - 1].hasPrefix(prefix) { items.append(self[next]) }
            next += 1
        }
        return .fetched(epoch: epoch, next: next, head: head, items: items)
    }

    func hello(floor: UInt64 = 1) -> RecoveryReply {
        .hello(
            version: "1", publisher: "test",
            channels: ["main": ChannelPosition(epoch: epoch, head: head, floor: floor)])
    }
}

@Sendable func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

func sha256Text(_ bytes: [UInt8]) -> String {
    sha256(bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

extension [FollowerEvent] {
    /// The seqs shown, in the order they were.
    var seqs: [UInt64] { escalations.map(\.seq) }

    var escalations: [ReceivedEscalation] {
        compactMap { if case .escalation(let escalation, _) = $0 { escalation } else { nil } }
    }

    var origins: [FollowerEvent.Origin] {
        compactMap { if case .escalation(_, let origin) = $0 { origin } else { nil } }
    }

    /// All that is not an escalation.
    var notices: [FollowerEvent] {
        filter { if case .escalation = $0 { false } else { true } }
    }
}

/// A follower's state and a clock, so that tests read as a timeline.
struct Timeline: ~Copyable {
    var state: FollowerState
    var now = Duration.zero
    var events: [FollowerEvent] = []

    init(_ settings: FollowerSettings = FollowerSettings()) {
        state = FollowerState(settings: settings, at: .zero, digest: sha256)
    }

    /// A follower that has joined `log` and shows what comes after its head.
    static func joined(
        _ log: SpokenLog, _ settings: FollowerSettings = FollowerSettings()
    ) -> Timeline {
        var line = Timeline(settings)
        _ = line.request()
        line.reply(log.hello())
        line.events = []
        return line
    }

    mutating func wait(_ time: Duration) {
        now += time
        events += state.tick(at: now)
    }

    mutating func live(_ escalation: ReceivedEscalation) {
        events += state.live(escalation, at: now)
    }

    mutating func beat(_ epoch: UInt64, head: UInt64, age: Duration = .zero) {
        events += state.heartbeat(Heartbeat(epoch: epoch, head: head, age: age), at: now)
    }

    mutating func request() -> RecoveryRequest? { state.nextRequest(at: now) }

    mutating func reply(_ reply: RecoveryReply) { events += state.reply(reply, at: now) }

    mutating func fail() { events += state.failed(.timedOut, at: now) }

    /// Answers requests from `log` until none is made.
    mutating func recover(from log: SpokenLog, floor: UInt64 = 1) {
        while let request = request() {
            switch request {
            case .hello: reply(log.hello(floor: floor))
            case .fetch(_, let epoch, let from, let prefix, let max):
                guard epoch == log.epoch else {
                    reply(.gone(ChannelPosition(epoch: log.epoch, head: log.head, floor: floor)))
                    continue
                }
                reply(log.answer(from: from, max: max, prefix: prefix, floor: floor))
            case .snapshot:
                reply(.snapshot(epoch: log.epoch, head: log.head, after: nil, items: []))
            }
        }
    }
}
