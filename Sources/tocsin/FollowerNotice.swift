import Client
import Transport

/// The sentences in which `watch` tells what is not an escalation.
enum FollowerNotice {
    /// A sentence for standard error; `nil` for what needs none.
    static func sentence(_ event: FollowerEvent, recovery: Endpoint) -> String? {
        switch event {
        case .escalation: nil
        case .joined(let epoch, let cursor):
            "following from seq \(cursor + 1) of epoch \(epoch)"
        case .silent(let time):
            "THE WARNER IS SILENT: no heartbeat for \(seconds(time)); what is quiet now may be "
                + "nothing but a broken line"
        case .stalled(let age):
            "THE WARNER STANDS STILL: its engine or journal made no progress for \(seconds(age))"
        case .back(let time): "the warner is back after \(seconds(time))"
        case .unanswered(let failure): "\(recovery) does not help: \(failure); trying again"
        case .answered: "\(recovery) answers again"
        case .refused(let code, let message):
            "\(recovery) refuses: \(message.printable) (\(code.printable))"
        case .overdue(let seqs):
            "\(named(seqs)) did not come and cannot be fetched yet; showing what followed"
        case .notKept(let seqs): "the warner no longer keeps \(named(seqs))"
        case .missing(let seqs):
            "THE LOG HAS A HOLE: the warner knows nothing of \(named(seqs))"
        case .chainBroken(let seq):
            "THE CHAIN IS BROKEN: what was said before seq \(seq) is not what seq \(seq) was "
                + "written after"
        case .differing(let seq): "TWO COPIES OF seq \(seq) DIFFER: one of them was changed"
        case .newEpoch(let old, let new):
            "the warner began a new journal (epoch \(old) is over, \(new) begins); open incidents "
                + "follow"
        case .unreadable(let topic):
            "a message under \"\(topic.prefix(60).description.printable)\" cannot be read"
        }
    }

    private static func named(_ seqs: ClosedRange<UInt64>) -> String {
        seqs.count == 1
            ? "seq \(seqs.lowerBound)" : "seq \(seqs.lowerBound) to \(seqs.upperBound)"
    }

    private static func seconds(_ time: Duration) -> String {
        let tenths = (time.inSeconds * 10).rounded() / 10
        return Int64(exactly: tenths).map { "\($0) s" } ?? "\(tenths) s"
    }
}
