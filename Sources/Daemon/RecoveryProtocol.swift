import Events
import Foundation
import Journal
import Transport
import Wire

/// The recovery protocol: one JSON frame in, one multipart message out.
///
///     {"cmd":"hello"}                                        → ["hello"][{…}]
///     {"cmd":"fetch","channel","epoch","from","prefix","max"} → ["items"][{…}][topic][body]…
///                                                            | ["gone"][{…}]
///     {"cmd":"snapshot","channel","prefix","after"}          → ["items"][{…}][topic][body]…
///     anything else                                          → ["error"][{"code","message"}]
///
/// An empty delimiter in front (REQ) is tolerated and answered with one.
struct RecoveryProtocol {
    let journal: IncidentJournal
    let publisher: String

    /// Bytes a request may have.
    private static let requestBytes = 1024
    /// Items a reply may have.
    private static let items = 500

    private struct Request: Decodable {
        var cmd: String
        var channel: String?
        var epoch: UInt64?
        var from: UInt64?
        var prefix: String?
        var max: Int?
        var after: String?
    }

    /// Frames of the reply, the routing id and any delimiter of the request in front.
    func reply(to request: borrowing MessageBuffer) -> [[UInt8]] {
        var envelope = [request.copyOfFrame(0)]
        var body = 1
        if request.keptFrameCount > 2, request.byteCount(ofFrame: 1) == 0 {
            envelope.append([])
            body = 2
        }
        guard request.frameCount == body + 1 else {
            return envelope + error("frames", "a request is one frame of JSON")
        }
        guard request.byteCount(ofFrame: body) <= Self.requestBytes else {
            return envelope + error("size", "a request has at most \(Self.requestBytes) bytes")
        }
        do {
            let bytes = request.copyOfFrame(body)
            let asked = try JSONDecoder().decode(Request.self, from: Data(bytes))
            return envelope + (try answer(asked))
        } catch let error as JournalError {
            return envelope + self.error("journal", "\(error)")
        } catch {
            return envelope + self.error("json", Self.complaint(error))
        }
    }

    /// What is wrong with a request, for the one who wrote it.
    private static func complaint(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .typeMismatch(_, let context)?, .valueNotFound(_, let context)?,
            .dataCorrupted(let context)?:
            guard let member = context.codingPath.first?.stringValue else { break }
            return "the member \"\(member)\" is not of its type"
        case .keyNotFound?, nil: break
        @unknown default: break
        }
        return "a request is an object with a member \"cmd\""
    }

    private func answer(_ request: Request) throws(JournalError) -> [[UInt8]] {
        if request.cmd != "hello", let channel = request.channel, channel != journal.channel {
            return error("channel", "there is no channel \(channel)")
        }
        let maximum = min(request.max ?? Self.items, Self.items)
        guard maximum > 0 else { return error("max", "max lies from 1 to \(Self.items)") }
        switch request.cmd {
        case "hello": return hello()
        case "fetch":
            guard let epoch = request.epoch, let from = request.from else {
                return error("fetch", "fetch needs epoch and from")
            }
            return frames(
                try journal.fetch(
                    epoch: epoch, from: from, prefix: request.prefix ?? "", maximum: maximum))
        case "snapshot":
            let after = request.after.flatMap(Identity.init(hex:))
            guard request.after == nil || after != nil else {
                return error("snapshot", "after is an incident's 32 hexadecimal digits, or null")
            }
            return frames(
                try journal.snapshot(
                    prefix: request.prefix ?? "", after: after, maximum: maximum))
        default: return error("cmd", "there is no command \(request.cmd)")
        }
    }

    private func hello() -> [[UInt8]] {
        let position = journal.position
        return [
            Array("hello".utf8),
            object { writer in
                writer.key("channels")
                writer.object { writer in
                    writer.key(journal.channel)
                    writer.object { writer in
                        writer.key("epoch")
                        writer.int(position.epoch)
                        writer.key("floor")
                        writer.int(position.floor)
                        writer.key("head")
                        writer.int(position.head)
                    }
                }
                writer.key("publisher")
                writer.string(publisher)
                writer.key("version")
                writer.int(1)
            },
        ]
    }

    private func frames(_ outcome: IncidentJournal.FetchOutcome) -> [[UInt8]] {
        switch outcome {
        case .items(let epoch, let next, let head, let items):
            let header = object { writer in
                writer.key("epoch")
                writer.int(epoch)
                writer.key("head")
                writer.int(head)
                writer.key("next")
                writer.int(next)
            }
            return [Array("items".utf8), header]
                + items.flatMap { [Array($0.topic.utf8), $0.body] }
        case .gone(let epoch, let floor, let head):
            let header = object { writer in
                writer.key("epoch")
                writer.int(epoch)
                writer.key("floor")
                writer.int(floor)
                writer.key("head")
                writer.int(head)
            }
            return [Array("gone".utf8), header]
        }
    }

    private func frames(_ snapshot: IncidentJournal.Snapshot) -> [[UInt8]] {
        let header = object { writer in
            writer.key("after")
            writer.string(orNull: snapshot.after?.description)
            writer.key("epoch")
            writer.int(snapshot.epoch)
            writer.key("head")
            writer.int(snapshot.head)
        }
        return [Array("items".utf8), header]
            + snapshot.items.flatMap { [Array($0.topic.utf8), $0.body] }
    }

    private func error(_ code: String, _ message: String) -> [[UInt8]] {
        [
            Array("error".utf8),
            object { writer in
                writer.key("code")
                writer.string(code)
                writer.key("message")
                writer.string(message)
            },
        ]
    }

    private func object(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.object(body)
        return writer.bytes
    }
}
