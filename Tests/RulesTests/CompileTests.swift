import Evaluation
import Events
import Expressions
import Foundation
import Testing

@testable import Rules

/// Good rule files, and what plan they become.
@Suite struct CompileTests {
    private func plan(_ texts: String...) throws -> Plan {
        let files = texts.map { SourceFile(path: "rules.yaml", bytes: Array($0.utf8)) }
        switch RuleSet.compile(files, generation: 7, digest: digest) {
        case .compiled(let plan, let warnings):
            #expect(warnings == [])
            return plan
        case .refused(let diagnostics):
            let text = diagnostics.map { $0.rendered(colour: false) }.joined(separator: "\n")
            throw Refused(text: text)
        }
    }

    private struct Refused: Error { var text: String }

    private static let river = """
        version: 1
        streams:
          river.stage:
            time: time
            source: station
            lateness: 2m
            idle: 10m
            expect: 15m
            fields:
              station: string
              quality: string
              basin: string
              level: {type: double, unit: m, valid: [-5, .inf], missing: [-9999], path: value}
              state: {type: int, from: text, path: [a.b, c]}
        rules:
          - rule: river-stage
            title: "River above 'flood' stage"
            hazard: flood
            source: {title: NWSM 10-950, url: "https://example.org/a", region: US, confidence: verified}
            on: river.stage
            where: quality != 'suspect'
            by: [station]
            let: {g: "level - 0.5", unused: "level * 2.0"}
            levels:                          # low to high
              watch:     {when: level >= 3.0,  clear: level < 2.8, severity: minor}
              warning:   {when: g >= 4.0,      clear: g < 3.8,     severity: severe, for: 10m}
              emergency: {when: "level >= 5.0 && state > 0", severity: extreme, for: {readings: 3}}
            clear_for: 1h
            no_data: {after: 45m, do: hold}
            lifetime: 6h
            area: {code: basin}
            labels: {twice: unused, basin: basin}
            message:
              en: {headline: "${title} at ${station}", description: "Level ${fixed(level, 2)} m", instruction: "Move to high ground."}
              pt-BR: {headline: "Rio"}
            cap: {category: Met, urgency: Expected, certainty: Observed, responseType: [Monitor]}

        """

    @Test func theDesignsExampleCompiles() throws {
        let plan = try plan(Self.river)
        #expect(plan.generation == 7)
        let stream = try #require(plan.streams.first)
        #expect(stream.name == "river.stage" && stream.topic == "river.stage")
        #expect(stream.time == .member(path: ["time"], format: .rfc3339))
        #expect(stream.source == 0)
        #expect(stream.lateness == 120_000_000_000 && stream.expect == 900_000_000_000)
        #expect(stream.fields.map(\.name) == ["station", "quality", "basin", "level", "state"])
        let level = stream.fields[3]
        #expect(level.unit == "m" && level.path == ["value"] && level.missing == [.double(-9999)])
        #expect(level.valid == -5...Double.infinity)
        #expect(stream.fields[4].path == ["a.b", "c"] && stream.fields[4].fromText)

        let rule = try #require(plan.rules.first)
        #expect(rule.stream == 0 && rule.by == [0])
        #expect(rule.whereText == "quality != 'suspect'" && rule.where != nil)
        #expect(rule.levels.map(\.hold) == [.time(0), .time(600_000_000_000), .readings(3)])
        #expect(rule.levels.map { $0.clear != nil } == [true, true, false])
        #expect(rule.levels[0].when.comparison?.cell == 3)
        #expect(rule.clearFor == 3_600_000_000_000)
        #expect(rule.shown.map(\.name) == ["g", "level", "state"])
        #expect(rule.lets.map(\.name) == ["g", "unused"])
        #expect(rule.labels.map(\.name) == ["basin", "twice"])
        #expect(rule.area != nil)
        #expect(rule.message.map(\.name) == ["en", "pt-BR"])
        let words = rule.message[0].content
        #expect(words.levels.count == 3)
        #expect(
            words.levels.allSatisfy {
                $0.map(\.name) == ["headline", "description", "instruction"]
            })
        #expect(words.clear.isEmpty && words.noData.isEmpty)

        let description = rule.description
        #expect(description.name == "river-stage" && description.hazard == "flood")
        #expect(
            description.partition == Partition(stream: "river.stage", keyNames: ["station"]))
        #expect(description.levels.map(\.name) == ["watch", "warning", "emergency"])
        #expect(description.levels.map(\.severity) == [.minor, .severe, .extreme])
        let noData = NoDataPolicy(
            after: 2_700_000_000_000, action: .hold, severity: .minor,
            cap: .silence(category: "Met"))
        #expect(description.noData == noData)
        #expect(description.lifetime == 21_600_000_000_000)
        #expect(description.source?.confidence == "verified")
        #expect(description.cap.responseTypes == ["Monitor"] && description.cap.category == "Met")
        #expect(description.hash.count == 16)
    }

    @Test func idsAreRememberedAsDeclared() throws {
        func compiled(_ id: String) throws -> Plan {
            try plan(
                """
                version: 1
                streams: {s: {\(id)fields: {v: double, event: string, n: int}}}
                rules: [{rule: r, on: s, when: v > 1.0, severity: minor}]
                """)
        }
        let plain = try compiled("id: event, ").streams[0]
        #expect(plain.id == 1 && plain.keep == 86_400_000_000_000 && plain.keepCount == 1_000_000)
        let other = try compiled("id: {field: n, keep: 1h, max: 5}, ").streams[0]
        #expect(other.id == 2 && other.keep == 3_600_000_000_000 && other.keepCount == 5)
        #expect(try compiled("").streams[0].id == nil)
        // Repetitions change what is decided, so an id is part of a rule's hash.
        let hashes = try ["", "id: event, ", "id: n, ", "id: {field: n, keep: 1h}, "].map {
            try compiled($0).rules[0].description.hash
        }
        #expect(Set(hashes).count == 4)
    }

    @Test func fieldsMayStandInATextOfPairs() throws {
        func compiled(_ time: String, _ path: String) throws -> Plan {
            try plan(
                """
                version: 1
                streams: {s: {time: \(time), fields: {v: {type: double, path: \(path)}}}}
                rules: [{rule: r, on: s, when: v > 1.0, severity: minor}]
                """)
        }
        let stream = try compiled("{path: a.b, key: ts, unit: s}", "{path: [m.x], key: stage}")
            .streams[0]
        #expect(
            stream.time
                == .member(path: ["a", "b"], format: .epoch(unit: 1_000_000_000), key: "ts"))
        #expect(stream.fields[0].path == ["m.x"] && stream.fields[0].key == "stage")
        // Where a value stands decides what it is, so keys are part of a rule's hash.
        let all = [
            ("t", "m"), ("t", "{path: m, key: a}"), ("t", "{path: m, key: b}"),
            ("{path: t, key: a}", "m"), ("{path: t, key: b}", "m"),
        ]
        let hashes = try all.map { try compiled($0.0, $0.1).rules[0].description.hash }
        #expect(Set(hashes).count == all.count)
    }

    @Test func defaultsAreThoseOfTheDesign() throws {
        let plan = try plan(
            """
            version: 1
            streams: {beat: {}, s: {fields: {type: string, size: int}}}
            rules:
              - {rule: any, on: s, when: "type == 'a' && size > 3", severity: minor, message: "${title}: ${size}"}
            """)
        #expect(plan.streams[0].time == .arrival && plan.streams[0].source == nil)
        #expect(plan.streams[1].idle == 600_000_000_000 && plan.streams[1].lateness == 0)
        let rule = plan.rules[0]
        #expect(rule.stream == 1 && rule.by == [] && rule.where == nil && rule.whereText == "")
        #expect(rule.description.title == "any" && rule.description.hazard == "-")
        #expect(rule.description.levels == [LevelDescription(name: "active", severity: .minor)])
        #expect(rule.description.lifetime == 6 * 3600 * 1_000_000_000)
        #expect(rule.description.cap == CAPWords())
        #expect(rule.description.partition.text == "s|")
        #expect(rule.message.map(\.name) == ["en"])
        #expect(rule.shown.map(\.name) == ["size", "type"])
        #expect(plan.maximumKeys == Limits.keysPerRule)
    }

    @Test func filesMakeOneSet() throws {
        let plan = try plan(
            "version: 1\nrules:\n  - {rule: a, on: s, when: x > 1, severity: minor, by: k}\n",
            "\u{FEFF}version: 1\r\nstreams:\r\n  s: {fields: {k: int, x: int}}\r\n")
        #expect(plan.rules[0].by == [0])
    }

    @Test func aliasesWorkAndBlockScalarsToo() throws {
        let plan = try plan(
            """
            version: 1
            streams:
              a: {fields: &fields {k: string, x: double}}
              b: {topic: bb, fields: *fields}
            rules:
              - rule: one
                on: b
                by: &key [k]
                when: >
                  x > 1.0
                  && k != 'z'
                severity: minor
              - {rule: two, on: a, by: *key, when: 'k != ''its''', severity: minor}
            """)
        #expect(plan.streams[0].fields == plan.streams[1].fields)
        #expect(plan.rules.map(\.by) == [[0], [0]])
    }

    @Test func equalSelectionsAreShared() throws {
        let plan = try plan(
            """
            version: 1
            streams: {s: {fields: {k: string, x: double}}}
            rules:
              - {rule: a, on: s, by: k, where: "k == 'a'", when: x > 1, severity: minor}
              - {rule: b, on: s, by: k, where: 'k=="a"', when: x > 2, severity: minor}
              - {rule: c, on: s, by: k, let: {n: x + 1.0}, where: n > 2, when: x > 2, severity: minor}
              - {rule: d, on: s, by: k, let: {n: x + 2.0}, where: n > 2, when: x > 2, severity: minor}
            """)
        #expect(plan.selections.count == 3)
        #expect(plan.selections[0].rules == [0, 1])
    }

    @Test func theHashFollowsWhatDecides() throws {
        let original = try plan(Self.river).rules[0].description.hash
        func hash(_ old: String, _ new: String) throws -> String {
            #expect(Self.river.contains(old))
            return try plan(Self.river.replacingOccurrences(of: old, with: new))
                .rules[0].description.hash
        }
        let cosmetic = [
            ("River above 'flood' stage", "Fluss"), ("# low to high", "# other"),
            ("hazard: flood\n", "hazard: surge\n"),
            ("labels: {twice: unused, basin: basin}\n", "labels: {}\n"),
            ("quality != 'suspect'", "(quality) !=  \"suspect\""), ("lifetime: 6h", "lifetime: 7h"),
            ("when: level >= 3.0,  clear: level < 2.8", "clear: level < 2.8, when: level >= 3.0"),
            ("unused: \"level * 2.0\"", "unused: \"level * 3.0\""), ("Rio", "Rio!"),
            (
                "    clear_for: 1h\n    no_data: {after: 45m, do: hold}",
                "    no_data: {do: hold, after: 45m}\n    clear_for: 60m"
            ),
        ]
        for (old, new) in cosmetic { #expect(try hash(old, new) == original, "\(new)") }
        let deciding = [
            ("level >= 3.0", "level >= 3.1"), ("for: 10m", "for: 11m"),
            ("readings: 3", "readings: 4"),
            ("clear_for: 1h", "clear_for: 2h"), ("after: 45m", "after: 46m"),
            ("do: hold", "do: clear"),
            ("severity: severe", "severity: moderate"), ("watch: ", "look: "),
            ("'suspect'", "'bad'"),
            ("level - 0.5", "level - 0.6"), ("by: [station]", "by: [basin]"),
            ("valid: [-5,", "valid: [-6,"),
            ("expect: 15m", "expect: 16m"), ("path: value", "path: val"),
            ("clear: g < 3.8", "clear: g < 3.7"),
        ]
        var hashes: Set = [original]
        for (old, new) in deciding {
            #expect(hashes.insert(try hash(old, new)).inserted, "\(new)")
        }
    }

    @Test func aConditionThatIsNeverTrueIsWarnedOf() {
        let text = """
            version: 1
            streams: {s: {fields: {x: double}}}
            rules: [{rule: a, on: s, when: 1 > 2, severity: minor}]
            """
        guard case .compiled(let plan, let warnings) = compile(text) else {
            Issue.record("refused")
            return
        }
        #expect(warnings.map(\.message) == ["this condition is never TRUE"])
        #expect(warnings.map(\.severity) == [.warning])
        #expect(plan.rules.count == 1)
    }

    @Test func theWorkloadsCompileOrAreRefusedByName() throws {
        let plan = try plan(WorkloadFiles.w1)
        #expect(plan.rules.count == 100)
        #expect(plan.selections.count == 10)
        #expect(plan.selections.allSatisfy { $0.selector != nil && $0.residual == nil })
        let mean = try self.plan(WorkloadFiles.w2).rules[0]
        #expect(mean.windows.map(\.aggregate) == [.avg])
        #expect(mean.windows.map(\.length) == [300_000_000_000])
        #expect(mean.levels[0].when.comparison != nil)
        let w3 = diagnostics(of: WorkloadFiles.w3)
        #expect(w3.map { "\($0.line):\($0.column)" } == ["9:5", "12:5"])
        #expect(w3.allSatisfy { $0.message.contains("not in this version") })
    }

    @Test func aThousandRulesCompileInASecond() throws {
        var text = WorkloadFiles.header
        for number in 0..<1000 {
            text += WorkloadFiles.rule(
                "r\(number)", type: "type\(number % 10)", raise: 60 + number, clear: 50 + number)
        }
        let clock = ContinuousClock()
        let time = try clock.measure { _ = try plan(text) }
        print("1,000 rules compile in \(time)")
        #if !DEBUG
            #expect(time < .seconds(1))
        #endif
    }
}
