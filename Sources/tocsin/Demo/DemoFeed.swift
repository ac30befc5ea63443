import Wire

/// Who measures or reports in the story; each has a socket and a thread of its own.
protocol DemoFeed: Sendable {
    /// Name of the feed in the daemon's configuration.
    var name: String { get }
    /// Topic of its messages.
    var topic: String { get }

    /// What it sends at a step, one JSON document each, all with the time of that step.
    func payloads(at step: Int) -> [[UInt8]]
}

extension DemoFeed {
    /// A JSON object with the time of a step and further members.
    func document(at step: Int, _ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("time")
            writer.string(Story.time(at: step))
            members(&writer)
        }
        return writer.bytes
    }
}

extension Double {
    /// The number with so many decimals, as an instrument sends it.
    func rounded(decimals: Int) -> Double {
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        return (self * scale).rounded() / scale
    }
}
