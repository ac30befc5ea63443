import Events
import Wire

/// The time in which the demo's story plays: 36 hours from a Monday morning, in steps of ten
/// minutes, and what happens at which step for the viewer to know.
enum Story {
    /// Something that happens in the story, told beside what Tocsin makes of it.
    struct Scene: Sendable {
        /// Hours since the beginning.
        let hour: Double
        /// One sentence.
        let sentence: String
    }

    /// Hours that it lasts.
    static let hours = 36
    /// Steps in an hour.
    static let stepsPerHour = 6
    /// The last step; the first is 0.
    static let lastStep = hours * stepsPerHour

    private static let beginning =
        (Timestamp.days(year: 2026, month: 3, day: 2) * 24 + 6) * 3600

    /// What happens, in order.
    static let scenes: [Scene] = [
        Scene(hour: 0.5, sentence: "Rain in the hills. A flood wave gathers above gauge 1."),
        Scene(hour: River.lie, sentence: "Sensor 7 breaks: now it says 99.9 m, or -9999 m."),
        Scene(hour: River.lie + 0.8, sentence: "99.9 m is no stage of a river: unknown, no flood."),
        Scene(hour: River.silence.lowerBound, sentence: "The wave cuts the line of gauge 4."),
        Scene(
            hour: River.silence.lowerBound + 0.8,
            sentence: "Silence is not safety: the watch at gauge 4 stays."),
        Scene(hour: 14.5, sentence: "Bush fires: smoke drifts into the town."),
        Scene(
            hour: Air.puff.lowerBound,
            sentence: "A truck burns at the Bus Park: 20 minutes, too short to count."),
        Scene(hour: River.silence.upperBound, sentence: "The line of gauge 4 is mended."),
        Scene(
            hour: Reports.rumourHour,
            sentence: "A rumour from Lowa: 40 dead. Not confirmed, so not judged."),
        Scene(hour: Reports.calmHour, sentence: "The field monitor in Kasu reports calm."),
    ]

    /// Hours since the beginning at a step.
    static func hour(of step: Int) -> Double { Double(step) / Double(stepsPerHour) }

    /// The step at, or first after, a number of hours since the beginning.
    static func step(of hour: Double) -> Int {
        Int((hour * Double(stepsPerHour)).rounded(.up))
    }

    /// The time at a step, as readings carry it: RFC 3339.
    static func time(at step: Int) -> String { timestamp(at: step).description }

    /// The time at a step as a viewer reads it: `Mon 14:20`.
    static func clock(at step: Int) -> String { clock(timestamp(at: step)) }

    /// An RFC 3339 time as a viewer reads it; nine blanks when it is none.
    static func clock(_ text: String?) -> String {
        guard let time = text.flatMap(Timestamp.init(rfc3339:)) else { return "         " }
        return clock(time)
    }

    /// The step of an RFC 3339 time, or the last before it; nil when it is none.
    static func step(of text: String?) -> Int? {
        guard let time = text.flatMap(Timestamp.init(rfc3339:)) else { return nil }
        let seconds = Int(time.nanoseconds / Timestamp.nanosecondsPerSecond) - beginning
        return seconds * stepsPerHour / 3600
    }

    private static func timestamp(at step: Int) -> Timestamp {
        let seconds = beginning + step * 3600 / stepsPerHour
        return Timestamp(nanoseconds: Int64(seconds) * Timestamp.nanosecondsPerSecond)
    }

    private static func clock(_ time: Timestamp) -> String {
        let minutes = Int(time.nanoseconds / (60 * Timestamp.nanosecondsPerSecond))
        let (day, minute) = minutes.quotientAndRemainder(dividingBy: 24 * 60)
        // 1970 began on a Thursday.
        let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        return "\(names[day % 7]) \(twoDigits(minute / 60)):\(twoDigits(minute % 60))"
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
