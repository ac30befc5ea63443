import Foundation
import Wire

/// Four monitors of fine dust in a town into which smoke drifts.
struct Air: DemoFeed {
    /// A monitor and how much of the smoke reaches it.
    struct Monitor: Sendable {
        /// Its place.
        let name: String
        /// PM2.5 on an ordinary day, in micrograms a cubic metre.
        let base: Double
        /// PM2.5 that the smoke adds at its thickest.
        let smoke: Double
    }

    /// The monitors.
    static let monitors: [Monitor] = [
        Monitor(name: "Hospital", base: 22, smoke: 260),
        Monitor(name: "School", base: 18, smoke: 105),
        Monitor(name: "Harbour", base: 14, smoke: 24),
        Monitor(name: "Bus Park", base: 26, smoke: 20),
    ]

    /// The monitor beside which a truck burns, too short to matter.
    static let puffMonitor = "Bus Park"
    /// The hours during which it does: three readings.
    static let puff = 15.5..<15.9

    let name = "air"
    let topic = "air.pm25"

    func payloads(at step: Int) -> [[UInt8]] {
        Self.monitors.indices.map { index in
            document(at: step) { writer in
                writer.key("monitor")
                writer.string(Self.monitors[index].name)
                writer.key("pm25")
                writer.double(Self.sent(by: index, at: step))
            }
        }
    }

    /// What a monitor sends at a step.
    static func sent(by index: Int, at step: Int) -> Double {
        let monitor = monitors[index]
        let hour = Story.hour(of: step)
        let distance = (hour - 21) / 4.4
        let smoke = monitor.smoke * exp(-distance * distance)
        let isPuff = monitor.name == puffMonitor && puff.contains(hour)
        let noise = 1 + 0.06 * Noise.value(instrument: 100 + index, step: step)
        return ((monitor.base + smoke + (isPuff ? 180 : 0)) * noise).rounded(decimals: 1)
    }
}
