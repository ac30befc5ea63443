import Daemon
import Evaluation
import Foundation
import Rules

/// Readings of a thousand stations as JSON lines, and rules over them: the same in every run.
struct Readings {
    /// All lines, each with its newline.
    let bytes: [UInt8]
    /// Start of each line.
    let starts: [Int]
    /// The values, in order.
    let values: [Double]

    static let types = [
        "water_level", "rainfall", "wind_speed", "temperature", "humidity", "pressure",
        "soil_moisture", "river_flow", "seismic_rms", "tide",
    ]

    /// `count` readings, of which as many went before as `earlier` says; calm ones stay below every
    /// threshold.
    init(count: Int, after earlier: Int = 0, isCalm: Bool = false) {
        var bytes: [UInt8] = []
        var starts: [Int] = []
        var values: [Double] = []
        var state: UInt64 = 42
        var levels = [Double](repeating: 50, count: 1000)
        for index in 0..<count {
            let station = index % 1000
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let step = Double(state >> 40) / Double(1 << 24) - 0.5
            levels[station] = 50 + 0.99 * (levels[station] - 50) + 10 * step
            let value = isCalm ? 12.34 : (levels[station] * 100).rounded() / 100
            values.append(value)
            starts.append(bytes.count)
            let seconds = (earlier + index) / 200
            let time = String(
                format: "2026-01-%02dT%02d:%02d:%02d.%03dZ", 1 + seconds / 86_400,
                seconds / 3600 % 24, seconds / 60 % 60, seconds % 60, index % 200 * 5)
            let type = Readings.types[station % 10]
            bytes += Array(
                "{\"source\":\"st\(String(format: "%04d", station))\",\"type\":\"\(type)\",\"time\":\"\(time)\",\"value\":\(value),\"lat\":12.3456,\"lon\":-65.4321}\n"
                    .utf8)
        }
        self.bytes = bytes
        self.starts = starts
        self.values = values
    }

    /// Windows over each station, judged against a table and by the clock, with a lookup that finds
    /// nothing.
    static func windowPlan() throws -> Plan {
        let rules = """
            version: 1
            streams:
              readings:
                time: time
                source: source
                expect: 5s
                fields: {source: string, type: string, value: double, lat: double, lon: double}
            tables:
              limits: {csv: limits.csv, key: source}
            rules:
              - rule: windows
                on: readings
                by: [source]
                let:
                  limit: limits[source].limit
                  mean: avg(value, '5m')
                levels:
                  watch: {when: "mean > limit && stddev(value, '1m') < 9.0", severity: minor}
                  top: {when: "max(value, '5m') - min(value, '2m') > limit", severity: severe, for: 1m}
                clear_for: 1m
                no_data: {after: 1h, do: alert}
              - rule: slopes
                on: readings
                by: [source]
                when: slope(value, '5m', '1h') > limits[source].limit || count(value > 20.0, '1m') > 3
                severity: minor
                every: 10s
              - rule: nowhere
                on: readings
                by: [source]
                when: value > limits[?type].?limit.orValue(99.0)
                severity: minor

            """
        var table = "source:string,limit:double\n"
        for station in 0..<1000 { table += "st\(String(format: "%04d", station)),50.5\n" }
        return try compile(rules, table: table)
    }

    /// Ten thresholds for each of the ten types.
    static func plan() throws -> Plan {
        var text = """
            version: 1
            streams:
              readings:
                time: time
                fields: {source: string, type: string, value: double, lat: double, lon: double}
            rules:

            """
        for type in types {
            for step in 0..<10 {
                let threshold = 60 + 5 * step
                text += """
                      - rule: \(type)-\(threshold)
                        on: readings
                        where: type == '\(type)'
                        by: [source]
                        when: value > \(threshold).0
                        clear: value < \(threshold - 4).0
                        severity: minor
                        for: 30s

                    """
            }
        }
        return try compile(text, table: "")
    }

    private static func compile(_ text: String, table: String) throws -> Plan {
        let file = SourceFile(path: "bench.yaml", bytes: Array(text.utf8))
        switch RuleSet.compile(
            [file], generation: 1, digest: Digest.sha256, read: { _ in .bytes(Array(table.utf8)) })
        {
        case .compiled(let plan, _): return plan
        case .refused(let diagnostics):
            throw StartFailure(diagnostics.map { $0.rendered(colour: false) }.joined())
        }
    }
}
