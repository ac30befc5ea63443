/// The rule files that `shared/workloads/tocsin_rules.py` prints, made here so that tests need no
/// Python.
enum WorkloadFiles {
    static let header = """
        version: 1
        streams:
          readings:
            time: time
            fields: {source: string, type: string, value: double, lat: double, lon: double}
        rules:

        """

    static func rule(_ name: String, type: String, raise: Int, clear: Int) -> String {
        """
          - rule: \(name)
            on: readings
            where: type == '\(type)'
            by: [source]
            when: value > \(raise).0
            clear: value < \(clear).0
            severity: minor
            for: 30s

        """
    }

    /// 100 rules: ten thresholds for each of ten types.
    static var w1: String {
        let types = [
            "water_level", "rainfall", "wind_speed", "temperature", "humidity", "pressure",
            "soil_moisture", "river_flow", "seismic_rms", "tide",
        ]
        var text = header
        for (index, type) in types.enumerated() {
            for step in 0..<10 {
                let raise = 60 + 5 * step
                text += rule(
                    "r\(100 + index * 10 + step)", type: type, raise: raise,
                    clear: raise - (3 + step % 3))
            }
        }
        return text
    }

    /// A window.
    static let w2 =
        header + """
              - rule: mean-high
                on: readings
                by: [source]
                when: avg(value, '5m') > 70.0
                severity: minor

            """

    /// A sequence.
    static let w3 =
        header + """
              - rule: up-then-down
                by: [source]
                sequence:
                  - up:   {on: readings, where: value > 75.0}
                  - down: {on: readings, where: value < 65.0}
                within: 60s
                severity: minor

            """
}
