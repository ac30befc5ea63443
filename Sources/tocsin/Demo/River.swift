import Foundation
import Wire

/// Seven sensors on a river: six gauges that a flood wave passes one after the other, of which the
/// fourth falls silent as it comes, and a seventh that lies.
struct River: DemoFeed {
    /// A gauge and how the wave passes it.
    struct Gauge: Sendable {
        /// Its number, counted downstream, and its place.
        let name: String
        /// The stage at which the place floods, in metres; the rules say the same.
        let flood: Double
        /// The stage before and long after the wave.
        let base: Double
        /// The highest stage of the wave.
        let peak: Double
        /// Hours since the beginning when the wave begins to rise.
        let arrival: Double
        /// Hours from there to the peak.
        let rise: Double
    }

    /// The sensors, upstream first; the last one lies.
    static let gauges: [Gauge] = [
        Gauge(name: "1 Highfield", flood: 2.0, base: 0.7, peak: 2.7, arrival: 2, rise: 4.0),
        Gauge(name: "2 Stonegate", flood: 3.0, base: 1.1, peak: 4.4, arrival: 4.5, rise: 4.5),
        Gauge(name: "3 Millford", flood: 4.0, base: 1.5, peak: 5.4, arrival: 7.5, rise: 5.0),
        Gauge(name: "4 Fairtown", flood: 4.5, base: 1.8, peak: 6.0, arrival: 10.5, rise: 5.5),
        Gauge(name: "5 Oldport", flood: 5.0, base: 2.2, peak: 5.7, arrival: 14, rise: 6.0),
        Gauge(name: "6 Seagate", flood: 3.5, base: 1.6, peak: 3.35, arrival: 17.5, rise: 6.5),
        Gauge(name: liar, flood: 2.5, base: 1.2, peak: 1.3, arrival: 4, rise: 4.0),
    ]

    /// The gauge that falls silent.
    static let silent = "4 Fairtown"
    /// The hours during which it does.
    static let silence = 13.5..<17.0
    /// The sensor that lies.
    static let liar = "7 Millweir"
    /// The hour from which it does.
    static let lie = 7.0

    let name = "gauges"
    let topic = "river.stage"

    func payloads(at step: Int) -> [[UInt8]] {
        Self.gauges.indices.compactMap { index in
            guard let stage = Self.sent(by: index, at: step) else { return nil }
            return document(at: step) { writer in
                writer.key("gauge")
                writer.string(Self.gauges[index].name)
                writer.key("stage")
                writer.double(stage)
            }
        }
    }

    /// What a gauge sends at a step, in metres; nil when it sends nothing.
    static func sent(by index: Int, at step: Int) -> Double? {
        let gauge = gauges[index]
        let hour = Story.hour(of: step)
        if gauge.name == silent, silence.contains(hour) { return nil }
        if gauge.name == liar, hour >= lie { return step % 9 < 5 ? 99.9 : -9999 }
        let wave = Self.wave((hour - gauge.arrival) / gauge.rise)
        let noise = 0.03 * Noise.value(instrument: index, step: step)
        return (gauge.base + (gauge.peak - gauge.base) * wave + noise).rounded(decimals: 2)
    }

    /// Readings of the sensor that lies, up to a step.
    static func lies(through step: Int) -> Int {
        max(0, step - Story.step(of: lie) + 1)
    }

    /// A flood wave of height 1 at time 1: a quick rise, a slow recession (a gamma curve, as unit
    /// hydrographs have it).
    private static func wave(_ time: Double) -> Double {
        time <= 0 ? 0 : pow(time * exp(1 - time), 3.5)
    }
}
