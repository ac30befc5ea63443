import Wire

/// What field monitors report: attacks in the district of Kasu, and a rumour from Lowa.
struct Reports: DemoFeed {
    /// One report.
    struct Report: Sendable {
        /// Hours since the beginning.
        let hour: Double
        /// Where, in which district.
        let district: String
        let place: String
        /// `attack`, `roadblock` or `calm`.
        let kind: String
        /// People killed.
        let deaths: Int
        /// Whether a second source has confirmed it.
        var isConfirmed = true
    }

    /// The district from which a rumour comes, and when.
    static let rumourDistrict = "Lowa"
    static let rumourHour = 23.0
    /// When the attacks are over.
    static let calmHour = 34.5

    /// All reports, in order.
    static let all: [Report] = [
        Report(hour: 3, district: "Lowa", place: "Bora", kind: "roadblock", deaths: 0),
        Report(hour: 11, district: "Kasu", place: "Anta", kind: "attack", deaths: 0),
        Report(hour: 19, district: "Kasu", place: "Doro", kind: "attack", deaths: 3),
        Report(
            hour: rumourHour, district: rumourDistrict, place: "Bora", kind: "attack",
            deaths: 40, isConfirmed: false),
        Report(hour: 28, district: "Kasu", place: "Marolo", kind: "attack", deaths: 14),
        Report(hour: 30, district: "Lowa", place: "Bora", kind: "calm", deaths: 0),
        Report(hour: calmHour, district: "Kasu", place: "Marolo", kind: "calm", deaths: 0),
    ]

    let name = "reports"
    let topic = "conflict.report"

    func payloads(at step: Int) -> [[UInt8]] {
        Self.all.filter { Story.step(of: $0.hour) == step }.map { report in
            document(at: step) { writer in
                writer.key("reporter")
                writer.string("monitor \(report.district)")
                writer.key("district")
                writer.string(report.district)
                writer.key("place")
                writer.string(report.place)
                writer.key("kind")
                writer.string(report.kind)
                writer.key("deaths")
                writer.int(report.deaths)
                writer.key("confirmed")
                writer.bool(report.isConfirmed)
            }
        }
    }
}
