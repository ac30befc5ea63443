import Client

// What Tocsin sees at a moment, in one line of 80 columns:
//
//   Mon 14:20  [▂▄█?▂▁×]  gauges 5/7, highest 5.30 m at 3, silent 4, lying 7, 4 open
//
// In the brackets stands each sensor on the river, upstream first: how high the water is, `?` when
// it is silent, `×` when it is not believed.

/// The river and the open incidents at one step of the story.
struct StoryPicture {
    /// What is known of a sensor.
    private enum Sensor {
        /// A stage in metres.
        case stage(Double)
        /// Nothing came for a while.
        case silent
        /// What comes cannot be used.
        case lying
    }

    private let step: Int
    private let sensors: [Sensor]
    private let openCount: Int

    /// Seconds without a reading that make a gauge silent here.
    private static let patience = 30.0 * 60

    /// The picture at a step, from the daemon's own status and what responders were told.
    init(step: Int, status: JSONValue, tally: Tally) {
        self.step = step
        openCount = tally.open.count
        let stream = status["streams"].elements.first { $0["name"].text == "river.stage" }
        let silences = stream?["silent"].elements ?? []
        sensors = River.gauges.indices.map { index in
            let name = River.gauges[index].name
            let silence = silences.first { $0["source"].text == name }?["silent_s"].number
            if (silence ?? 0) >= Self.patience { return .silent }
            if tally.isOpen("river-flood/no-data", name) { return .lying }
            let stages = (0...max(step, 0)).reversed().lazy.compactMap {
                River.sent(by: index, at: $0)
            }
            return stages.first { $0 > -2 && $0 < 15 }.map(Sensor.stage) ?? .silent
        }
    }

    /// The line.
    func line(_ terminal: Terminal) -> String {
        let bars = sensors.indices.map { terminal.styled(bar($0), style($0)) }.joined()
        let time = terminal.styled(Story.clock(at: step), .bold)
        return "\(time)  [\(bars)]  \(words.joined(separator: ", "))"
    }

    private var words: [String] {
        var usable = 0
        var silent: [String] = []
        var lying: [String] = []
        var highest: (stage: Double, number: String)?
        for (index, sensor) in sensors.enumerated() {
            let number = String(index + 1)
            switch sensor {
            case .silent: silent.append(number)
            case .lying: lying.append(number)
            case .stage(let stage):
                usable += 1
                if stage > highest?.stage ?? -.infinity { highest = (stage, number) }
            }
        }
        var words = ["gauges \(usable)/\(sensors.count)"]
        if let highest {
            words.append("highest \(Self.metres(highest.stage)) m at \(highest.number)")
        }
        if !silent.isEmpty { words.append("silent " + silent.joined(separator: " ")) }
        if !lying.isEmpty { words.append("lying " + lying.joined(separator: " ")) }
        return words + [openCount == 0 ? "nothing open" : "\(openCount) open"]
    }

    /// How high the water is between the bed and a metre above flood stage, in eight steps.
    private func bar(_ index: Int) -> String {
        switch sensors[index] {
        case .silent: return "?"
        case .lying: return "×"
        case .stage(let stage):
            let gauge = River.gauges[index]
            let part = (stage - gauge.base) / (gauge.flood + 1 - gauge.base)
            let bars = Array("▁▂▃▄▅▆▇█")
            return String(bars[min(max(Int(part * 8), 0), 7)])
        }
    }

    private func style(_ index: Int) -> Style {
        guard case .stage(let stage) = sensors[index] else { return .bold }
        switch stage - River.gauges[index].flood {
        case 1...: return .extreme
        case 0..<1: return .severe
        case -0.5..<0: return .minor
        case _: return .plain
        }
    }

    private static func metres(_ stage: Double) -> String {
        let centimetres = Int((stage * 100).rounded())
        let rest = abs(centimetres % 100)
        return "\(centimetres / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
