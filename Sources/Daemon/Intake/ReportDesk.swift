import Engine
import Events
import Journal
import Synchronization
import Transport
import Wire

/// The socket of a feed whose senders are answered.
final class ReportDesk {
    let reader: ReportReader
    private let socket: Socket

    private var feed: Configuration.Feed { reader.feed }
    private var shared: IntakeShared { reader.shared }

    /// A message: whom to answer, and its reports, or what it is refused with.
    struct Message {
        var envelope: [[UInt8]]
        var reports: [Recording.Report]
        var refusal: [UInt8]?
    }

    /// What is made durable together; the rest stays in the socket.
    private static let batchMessages = 256
    private static let batchReports = 10_000
    private static let batchBytes = 8 << 20

    /// Opens the socket.
    init(_ reader: ReportReader, context: ZeroMQContext) throws(TransportError) {
        self.reader = reader
        socket = try Socket(reader.feed, context: context, shared: reader.shared)
    }

    /// Watches the socket.
    func join(_ poller: inout Poller) { _ = poller.add(socket) }

    /// Receives a batch. Refusals are answered with the others, in the order in which all came: a
    /// DEALER that asks ahead has nothing else to know an answer by.
    func receive(
        into message: inout MessageBuffer, timeline: Timeline, clock: Configuration.Clock
    ) throws(TransportError) -> [Message] {
        var taken: [Message] = []
        var reports = 0
        var bytes = 0
        while taken.count < ReportDesk.batchMessages, reports < ReportDesk.batchReports,
            bytes < ReportDesk.batchBytes, try socket.receive(into: &message) == .message
        {
            bytes += message.keptBytes
            shared.counters.frames.add(1, ordering: .relaxed)
            let envelope = envelope(of: message)
            let latest = clock == .wall ? timeline.latest + Engine.tolerance : nil
            switch reader.read(
                message, behind: envelope.count, at: timeline.now, latest: latest)
            {
            case .reports(let read):
                reports += read.count
                bytes += read.reduce(0) { $0 + $1.bytes.count }
                taken.append(Message(envelope: envelope, reports: read))
            case .refused(let refusal, let elements):
                reports += elements
                let answer = refuse(refusal, elements: elements, at: timeline.now)
                taken.append(Message(envelope: envelope, reports: [], refusal: answer))
            }
        }
        return taken
    }

    /// What goes back before an answer: who sent it, and what that put before its own frames. A REQ
    /// puts an empty frame there, and one that tells its answers apart, or a proxy, others before it.
    private func envelope(of message: borrowing MessageBuffer) -> [[UInt8]] {
        let own = feed.framing.frameCount...feed.framing.frameCount + 1
        var count = message.keptFrameCount > 1 && message.byteCount(ofFrame: 1) == 0 ? 2 : 1
        for index in 1..<max(1, message.keptFrameCount)
        where message.byteCount(ofFrame: index) == 0 && own.contains(message.frameCount - index - 1)
        {
            count = index + 1
            break
        }
        return (0..<count).map { message.copyOfFrame($0) }
    }
}

// Answers.
extension ReportDesk {
    /// Counts a refusal and keeps it; the answer that tells why.
    private func refuse(
        _ refusal: FeedDecoder.Refusal, elements: Int, at time: Int64
    ) -> [UInt8] {
        var refusal = refusal
        refusal.count = max(1, elements)
        shared.counters.elements.add(refusal.count, ordering: .relaxed)
        shared.counters.rejected.add(refusal.count, ordering: .relaxed)
        shared.counters.deadLetters.withLock { $0.note(refusal, feed: feed, at: time) }
        return ReportReply.refused(refusal, feed: feed)
    }

    /// Tells that it is durable: the number of its last report, how many of it are new, and whether
    /// one of the others says something else than the one that has its id; or why it is refused.
    func confirm(_ message: Message, seq: UInt64, fresh: Int, differs: Bool) {
        if let refusal = message.refusal { return answer(refusal, to: message.envelope) }
        let count = message.reports.count
        shared.counters.elements.add(count, ordering: .relaxed)
        shared.counters.accepted.add(fresh, ordering: .relaxed)
        shared.counters.duplicates.add(count - fresh, ordering: .relaxed)
        answer(
            ReportReply.taken(seq: seq, isDuplicate: fresh == 0, differs: differs),
            to: message.envelope)
    }

    /// Refuses what could not be stored.
    func refuseUnstored(_ message: Message, at time: Int64) {
        let refusal =
            message.refusal
            ?? refuse(reader.refusal(.storage), elements: message.reports.count, at: time)
        answer(refusal, to: message.envelope)
    }

    /// Sends an answer. One whose asker is gone, or does not read, is counted: it may ask again.
    private func answer(_ body: [UInt8], to envelope: [[UInt8]]) {
        let outcome = try? socket.send(frames: envelope + [body], timeoutMilliseconds: 0)
        if outcome != .sent { shared.counters.unanswered.add(1, ordering: .relaxed) }
    }
}
