import Engine
import Evaluation
import Events
import Foundation
import Testing

/// Windows over recorded readings, beside a model that computes each of them afresh.
@Suite(.enabled(if: SharedData.isWanted, "needs ../shared/data"))
struct WindowStreamTests {
    private static let hour = 3600
    private static let day = 86_400

    /// A rule on a recorded stream.
    private func rules(
        _ rule: String, stream: String = "expect: 1h", by: String = "station", metric: String? = nil
    ) -> String {
        """
        version: 1
        streams:
          s:
            time: ts
            \(stream)
            fields:
              station: string
              metric: string
              value: double
              adm_1: {type: string, path: tags.adm_1}
        rules:
          - rule: r
            on: s
            by: \(by)
            severity: minor
            \(metric.map { "where: metric == '\($0)'" } ?? "title: All of them")
            \(rule)

        """
    }

    private func log(_ rules: String, _ stream: String) throws -> [NaiveWindows.Line] {
        try Rehearsal(rules).run(file: SharedData.path("streams/\(stream).jsonl"), topic: "s").log
            .map { line in
                NaiveWindows.Line(
                    time: Int(line.time.nanoseconds / 1_000_000_000),
                    key: line.key.first?.value.description ?? "", to: line.to)
            }
    }

    private func model(
        _ stream: String, key: [String] = ["station"], metric: String? = nil
    ) throws -> NaiveWindows {
        try NaiveWindows(
            file: SharedData.path("streams/\(stream).jsonl"), key: key, metric: metric)
    }

    private func counts(_ log: [NaiveWindows.Line]) -> [Int] {
        [log.count { $0.to == "active" }, log.count { $0.to == "inactive" }]
    }

    @Test func rainOfAnHourSixAndADay() throws {
        let file = try SharedData.path("streams/rain_telemetry_15min.jsonl")
        let lets =
            "let: {h: \"sum(value, '1h')\", s: \"sum(value, '6h')\", d: \"sum(value, '24h')\"}"
        let seen = try Rehearsal(
            rules("\(lets)\n    when: h > 1.99", stream: "expect: 15m")
        ).judgements(file: file, topic: "s", rule: "r")
        let noon = try #require(seen.first { "\($0.time)" == "2023-07-18T13:00:00Z" })
        let shown = noon.lets.map { entry in
            guard case .double(let value) = entry.value else { return "?" }
            return "\(entry.name)=\((value * 1e9).rounded() / 1e9)"
        }
        #expect(shown == ["h=2.0", "s=3.8", "d=5.8"])
        let log = try self.log(
            rules("when: sum(value, '1h') > 1.99", stream: "expect: 15m"), "rain_telemetry_15min")
        #expect(counts(log) == [5, 5])
        let model = try model("rain_telemetry_15min")
        #expect(
            log
                == model.log { key, time, count in
                    NaiveWindows.values(model.window(key, Self.hour, at: time, ofFirst: count))[
                        "sum"
                    ]
                    .map { $0 > 1.99 }
                })
    }

    @Test func fineParticlesOfADay() throws {
        let when = "when: avg(value, '24h') > 35.4 && count('24h') >= 18"
        let log = try self.log(rules(when), "air_pm25_carmel_valley")
        #expect(counts(log) == [2, 2])
        let model = try model("air_pm25_carmel_valley")
        #expect(log == model.log { self.isBadAir(model, $0, $1, $2, above: 35.4) })
    }

    private func isBadAir(
        _ model: NaiveWindows, _ key: String, _ time: Int, _ count: Int, above limit: Double
    ) -> Bool? {
        let values = NaiveWindows.values(model.window(key, Self.day, at: time, ofFirst: count))
        guard let mean = values["avg"], let readings = values["count"] else { return nil }
        return mean > limit && readings >= 18
    }

    /// 134 monitors, 43,000 readings: every key as the model has it.
    @Test func theCampFireOnEveryMonitor() throws {
        let when = "when: avg(value, '24h') > 55.45 && count('24h') >= 18"
        let log = try self.log(rules(when), "air_pm25_camp_fire")
        let model = try model("air_pm25_camp_fire")
        var byKey: [NaiveWindows.Line] = []
        for rows in Dictionary(grouping: model.rows, by: \.key).values {
            let one = NaiveWindows(rows: rows)
            byKey += one.log { self.isBadAir(one, $0, $1, $2, above: 55.45) }
        }
        func sorted(_ lines: [NaiveWindows.Line]) -> [String] { lines.map(\.description).sorted() }
        #expect(log.count > 100)
        #expect(sorted(log) == sorted(byKey))
    }

    /// A month of deaths by division: on rows alone it ends with the next report; with `every: 1d`
    /// when the month has passed.
    @Test(arguments: [nil, 86_400])
    func aMonthOfDeaths(every: Int?) throws {
        let rule = "when: sum(value, '30d') >= 25.0" + (every == nil ? "" : "\n    every: 1d")
        let log = try self.log(
            rules(rule, stream: "source: station", by: "adm_1"), "conflict_ucdp_bangladesh")
        let model = try model("conflict_ucdp_bangladesh", key: ["tags", "adm_1"])
        let expected = model.log(every: every) { key, time, count in
            let window = model.window(key, 30 * Self.day, at: time, ofFirst: count)
            return NaiveWindows.values(window)["sum"] ?? 0 >= 25.0
        }
        if every == nil { #expect(counts(log) == [10, 10]) }
        #expect(log.map(\.description).sorted() == expected.map(\.description).sorted())
        #expect(log.map(\.time) == expected.map(\.time))
        if every != nil {
            #expect(log.contains { line in !model.rows.contains { $0.time == line.time } })
        }
    }

    /// Every aggregate at every row of every gauge.
    @Test(arguments: [("river_usgs_iv", "stage", 3), ("river_camels_daily", "discharge", 240)])
    func riversInEveryAggregate(stream: String, metric: String, hours: Int) throws {
        let names = [
            "sum", "avg", "first", "last", "min", "max", "range", "delta", "stddev", "slope",
        ]
        let lets =
            names.map { "n_\($0): \"\($0)(value, '\(hours)h')\"" } + [
                "n_count: \"count('\(hours)h')\""
            ]
        let file = try SharedData.path("streams/\(stream).jsonl")
        let seen = try Rehearsal(
            rules(
                "let: {\(lets.joined(separator: ", "))}\n    when: n_count > 1000",
                metric: metric)
        ).judgements(file: file, topic: "s", rule: "r")
        let model = try model(stream, metric: metric)
        #expect(seen.count == model.rows.count)
        for (index, (judgement, row)) in zip(seen, model.rows).enumerated() {
            let window = model.window(
                row.key, hours * Self.hour, at: row.time, ofFirst: index + 1)
            let expected = NaiveWindows.values(window)
            for (name, value) in judgement.lets {
                let wanted = expected[String(name.dropFirst(2))]
                let isRight: Bool
                switch value {
                case .double(let number):
                    isRight = wanted.map { abs($0 - number) <= 1e-9 * max(1, abs($0)) } ?? false
                case .int(let number): isRight = wanted == Double(number)
                case _: isRight = wanted == nil
                }
                #expect(isRight, "\(name) of \(row): \(value), not \(String(describing: wanted))")
            }
        }
    }
}
