/// What the demo says before the story begins.
enum DemoWords {
    /// What will be seen, for somebody who never read a manual.
    static func opening(seconds: Double, _ terminal: Terminal) -> [String] {
        let length = seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds)
        return [
            terminal.styled(
                "Tocsin warns people when readings and reports say so: \(Story.hours) hours in "
                    + "\(length) seconds.", .bold),
            "  A flood wave runs down a river past gauges 1 to 6; gauge 4 falls silent as it",
            "  comes, and sensor 7 lies. Smoke drifts into a town. A district is attacked.",
            "  Lines with " + marks(terminal) + " are warnings as responders receive them; » tells",
            "  what happens; [▁▃█?×] is the river from gauge 1 to 7: how high the water is,",
            "  ? silent, × not believed. All is real but the data. Ctrl-C stops it.",
            "",
        ]
    }

    private static func marks(_ terminal: Terminal) -> String {
        ["minor", "moderate", "severe", "extreme"].map { name in
            let mark = SeverityMark(name)
            return terminal.styled(mark.symbol, mark.style)
        }.joined(separator: " ")
    }
}
