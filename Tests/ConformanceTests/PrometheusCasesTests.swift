import Foundation
import Testing

/// Alert states as promtool gives them: `for` as it is, `keep_firing_for` as `clear_for`.
@Suite(.enabled(if: SharedData.isWanted, "needs ../shared/data"))
struct PrometheusCasesTests {
    struct Family: Decodable {
        var family: String
    }

    struct Case: Decodable {
        var id: String
        var interval: Int
        var hold: Int
        var keepFiring: Int
        var op: String
        var threshold: Double
        var series: [String: [Double?]]
        var expected: [String: [String]]

        enum CodingKeys: String, CodingKey {
            case id, op, threshold, series, expected
            case interval = "interval_s"
            case hold = "for_s"
            case keepFiring = "keep_firing_for_s"
        }
    }

    @Test func everyStateOfEveryCase() throws {
        let path = try SharedData.path("prometheus/for_cases.jsonl")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        var judged = 0
        for line in text.split(separator: "\n") {
            // Gaps and stale marks have no counterpart: a key without `expect` is judged by rows.
            let family = try JSONDecoder().decode(Family.self, from: Data(line.utf8)).family
            guard family != "gaps", family != "stale" else { continue }
            let testCase = try JSONDecoder().decode(Case.self, from: Data(line.utf8))
            for (key, states) in testCase.expected {
                let got = try self.states(of: testCase, key: key)
                #expect(got == states, "\(testCase.id) \(key)")
                judged += states.count
            }
        }
        #expect(judged > 5000)
    }

    private func states(of testCase: Case, key: String) throws -> [String] {
        let rehearsal = try Rehearsal(
            """
            version: 1
            streams:
              s: {time: {path: t, unit: s}, fields: {k: string, value: double}}
            rules:
              - rule: r
                on: s
                by: k
                when: value \(testCase.op) \(testCase.threshold)
                severity: minor
                for: \(testCase.hold)s
                clear_for: \(testCase.keepFiring)s
            """)
        var lines: [String] = []
        let count = testCase.series.values.map(\.count).max() ?? 0
        for index in 0..<count {
            for (name, values) in testCase.series.sorted(by: { $0.key < $1.key })
            where index < values.count {
                let time = 1_000_000 + index * testCase.interval
                let value = values[index].map { "\($0)" } ?? "null"
                lines.append("{\"t\":\(time),\"k\":\"\(name)\",\"value\":\(value)}")
            }
        }
        var log = try rehearsal.run(lines).filter { $0.key.first?.value == .string(key) }
        var state = "inactive"
        return (0..<(testCase.expected[key]?.count ?? 0)).map { index in
            let time = Int64(1_000_000 + index * testCase.interval) * 1_000_000_000
            while let next = log.first, next.time.nanoseconds <= time {
                state = next.to == "active" ? "firing" : next.to
                log.removeFirst()
            }
            return state
        }
    }
}
