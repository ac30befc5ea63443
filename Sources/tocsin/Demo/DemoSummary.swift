import Client

/// What came of the story: counts, what was not believed and why, what is left to do.
struct DemoSummary {
    /// Something that Tocsin was told and did not take at its word.
    private struct Doubt {
        let who: String
        let what: String
        let why: String
        /// Whether it was indeed kept from raising or clearing anything.
        let isHonoured: Bool
    }

    private let step: Int
    private let status: JSONValue
    private let tally: Tally

    /// The summary at a step, from the daemon's status and what responders were told.
    init(step: Int, status: JSONValue, tally: Tally) {
        self.step = step
        self.status = status
        self.tally = tally
    }

    /// The lines.
    func lines(_ terminal: Terminal) -> [String] {
        let isWhole = step >= Story.lastStep
        let until = step < 0 ? "before it began" : "at \(Story.clock(at: step))"
        let head = isWhole ? "The story is told." : "Stopped \(until)."
        return ["", terminal.styled(head, .bold)] + counts + doubts(terminal) + open + next
    }

    private var counts: [String] {
        let law = status["conservation"]
        let readings = law["in"].count ?? 0
        let refused = law["rejected"].count ?? 0
        return [
            row("Readings", "\(readings.grouped) came in, \(refused) refused"),
            row(
                "Warnings",
                "\(tally.alerts) raised, \(tally.moves) moved, \(tally.clears) cleared; "
                    + "each was in the journal first"),
        ]
    }

    private func doubts(_ terminal: Terminal) -> [String] {
        let doubts = self.doubts
        guard !doubts.isEmpty else { return [] }
        return ["  Not believed:"]
            + doubts.flatMap { doubt in
                let mark =
                    doubt.isHonoured
                    ? terminal.styled("✓", .good) : terminal.styled("✗ BELIEVED!", .extreme)
                return [
                    "    \(mark) \(doubt.who.padded(to: 12))  \(doubt.what)",
                    String(repeating: " ", count: 20) + doubt.why,
                ]
            }
    }

    /// What there was to doubt up to now; each is checked against what was really said.
    private var doubts: [Doubt] {
        let lies = River.lies(through: step)
        let all: [(hour: Double, doubt: Doubt)] = [
            (
                River.lie,
                Doubt(
                    who: River.liar, what: "99.9 m and -9999 m, \(lies) times: not a valid stage,",
                    why: "so it is unknown, never a flood; that it is blind is told",
                    isHonoured: tally.raises("river-flood", River.liar) == 0)
            ),
            (
                River.silence.lowerBound,
                Doubt(
                    who: River.silent, what: "silence during the wave is not safety: its watch was",
                    why: "held, and the silence told after 45 minutes",
                    isHonoured: wasHeld)
            ),
            (
                Air.puff.lowerBound,
                Doubt(
                    who: Air.puffMonitor,
                    what: "20 minutes of thick smoke: the rule asks for an hour",
                    why: "(`for: 1h`), so nobody was sent indoors",
                    isHonoured: tally.raises("smoke", Air.puffMonitor) == 0)
            ),
            (
                Reports.rumourHour,
                Doubt(
                    who: Reports.rumourDistrict,
                    what: "40 dead, said a rumour: the rule judges only what is",
                    why: "confirmed (`where: confirmed`)",
                    isHonoured: tally.raises("attacks", Reports.rumourDistrict) == 0)
            ),
        ]
        return all.filter { Story.step(of: $0.hour) <= step }.map(\.doubt)
    }

    /// Whether the flood at the silent gauge stayed open: cleared by silence, it would have been
    /// raised once more when the gauge was heard again.
    private var wasHeld: Bool {
        let isOver = Story.hour(of: step) >= River.silence.upperBound
        return tally.raises("river-flood", River.silent) == 1
            && (isOver || tally.isOpen("river-flood", River.silent))
    }

    private var open: [String] {
        guard !tally.open.isEmpty else { return [row("Still open", "nothing")] }
        return tally.open.enumerated().map { index, open in
            let title = open.incident.latest["title"].text ?? open.incident.rule
            return row(index == 0 ? "Still open" : "", "\(title) · \(open.incident.key)".printable)
        }
    }

    private var next: [String] {
        [
            "",
            "Next: tocsin demo --show-rules   prints the rules of this story; change one",
            "      tocsin watch --help        follows a daemon of your own: see README.md",
        ]
    }

    private func row(_ name: String, _ text: String) -> String {
        "  \(name.padded(to: 10))  \(text)"
    }
}
