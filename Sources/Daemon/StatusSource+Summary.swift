import Events
import Incidents
import Synchronization
import Wire

extension StatusSource {
    /// How the daemon is, in a sentence or two for people: what is wrong comes first.
    func summary(eventsPerSecond: Double) -> String {
        var sentences = troubles
        if let report = engine.freshReport(milliseconds: 1500) {
            let counts = Severity.allCases.reversed().compactMap { severity -> String? in
                let count = report.incidents.count { $0.severity == severity }
                return count > 0 ? "\(count) \(severity.name)" : nil
            }
            let list = counts.isEmpty ? "" : " (\(counts.joined(separator: ", ")))"
            sentences.append("\(report.incidents.count.counting("open incident"))\(list)")
            let refused = rejected(report)
            if refused > 0 { sentences.append(refused.counting("dead letter")) }
        } else {
            sentences.append("The engine does not answer")
        }
        let rate = (eventsPerSecond * 10).rounded() / 10
        sentences.append("\(intakes.count.counting("feed")), \(rate) events/s")
        return sentences.joined(separator: "; ") + "."
    }

    /// What is wrong with the line.
    private var troubles: [String] {
        var troubles: [String] = []
        if let failure = counters.commitFailure.withLock({ $0 }) {
            troubles.append("The journal cannot commit, and nothing is published: \(failure)")
        }
        let age = (timeline.elapsed - (canary.proof.withLock { $0?.at } ?? 0)) / 1_000_000_000
        if age > 30 { troubles.append("The line stands still: no canary came back for \(age) s") }
        if !complaints.withLock({ $0.isEmpty }) {
            troubles.append("The newest rules were refused and the old ones go on")
        }
        let stranded = counters.stranded.load(ordering: .relaxed)
        if stranded > 0 {
            troubles.append(
                "\(stranded) acknowledged report\(stranded == 1 ? " waits" : "s wait") for rules "
                    + "that take \(stranded == 1 ? "it" : "them")")
        }
        let blind = engine.blind.withLock { $0 }
        if !blind.isEmpty {
            troubles.append("Nothing comes from \(blind.joined(separator: ", "))")
        }
        return troubles
    }

    /// How long ago a canary was last seen to have gone through every stage, or else the line began;
    /// and how long that took, null before the first.
    func writeCanary(_ writer: inout JSONWriter) {
        let proof = canary.proof.withLock { $0 }
        writer.key("canary")
        writer.object { writer in
            writer.key("age_s")
            writer.double(Double((timeline.elapsed - (proof?.at ?? 0)) / 1_000_000) / 1000)
            writer.key("round_trip_ms")
            guard let proof else { return writer.null() }
            writer.double(Double(proof.roundTrip / 1000) / 1000)
        }
    }
}
