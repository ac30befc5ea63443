import Client

/// A line on standard error that is written over: how far, how many, how fast.
final class ProgressLine {
    private static let width = 30

    private var lastShown = Duration.zero
    private var lastReadings = 0
    private var rate = 0.0
    private var isShown = false

    /// Shows the progress, ten times a second at most; `state` is asked only then.
    func update(at now: Duration, _ state: () -> (readings: Int, fraction: Double?)) {
        let elapsed = now - lastShown
        guard elapsed >= .milliseconds(100) else { return }
        let (readings, fraction) = state()
        rate = Double(readings - lastReadings) / elapsed.inSeconds
        lastShown = now
        lastReadings = readings
        isShown = true
        Output.error("\r\u{1b}[K" + Self.text(readings: readings, fraction: fraction, rate: rate))
    }

    /// Takes the line away.
    func clear() {
        guard isShown else { return }
        isShown = false
        Output.error("\r\u{1b}[K")
    }

    /// The line: `[######........]  42 %  12,345 readings  98,000/s`.
    static func text(readings: Int, fraction: Double?, rate: Double) -> String {
        var text = ""
        if let fraction {
            let part = min(max(fraction, 0), 1)
            let full = Int(part * Double(width))
            text += "[" + String(repeating: "#", count: full)
            text += String(repeating: ".", count: width - full) + "] "
            text += "\(Int(part * 100))".padded(leftTo: 3) + " %  "
        }
        return text + "\(UInt64(readings).grouped) readings  \(UInt64(max(rate, 0)).grouped)/s"
    }
}
