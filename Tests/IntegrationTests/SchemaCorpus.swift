/// Files that say everything there is to say, and files that say too much or too little.
enum SchemaCorpus {
    static let rules = """
        version: 1
        streams:
          river.stage:
            topic: river.stage
            time: {path: [properties, time], unit: ms}
            source: station
            id: {field: count, keep: 36h, max: 5000}
            expect: 15m
            lateness: 1h30m
            idle: 2h
            fields:
              station: {type: string, missing: ['', n/a]}
              level: {type: double, unit: m, valid: [-5, .inf], missing: [-9999, N/A, ''], path: values.level}
              count: {type: int, missing: [-1, 0], path: [values, count], from: text}
              ok: {type: bool, missing: [false]}
              at: timestamp
              flow: {type: double, path: {path: [msg], key: flow}}
          plain: {time: t, topic: 7, fields: {v: double}}
          short: {time: {path: a.b, key: ts, unit: s}, id: e, fields: {e: string}}
        rules:
          - rule: river-stage
            title: River above flood stage
            hazard: flood
            area: {code: station}
            on: river.stage
            where: count > 0
            by: [station, ok]
            let: {g: level - 0.5, 'yes': true}
            levels:
              watch: {when: g >= 3.0, clear: g < 2.8, severity: minor, for: 10m}
              warning: {when: g >= 4.0, severity: severe, for: {readings: 3}}
            clear_for: 1h
            no_data: {after: 45m, do: alert, severity: moderate}
            every: 1m
            lifetime: 12h
            labels: {basin: "'Malewa'", shown: level}
            message:
              en:
                headline: "${title}"
                description: "${fixed(level, 2)}"
                instruction: Leave
                levels: {watch: {instruction: Look}, warning: {headline: Out, description: Now}}
                clear: {headline: "${title} is over", description: Quiet, instruction: Come back}
                no_data: {instruction: Ask}
              pt-BR: {headline: Cheia, clear: Passou}
            cap:
              category: Met
              urgency: Immediate
              certainty: Observed
              responseType: [Evacuate, Monitor]
            source: {title: Flood stages, url: 'https://example.org', region: KE, confidence: high}
          - rule: 2026
            on: plain
            when: true
            clear: v < 1.0
            severity: extreme
            for: 0s
            cap: {responseType: Monitor}
            no_data: {after: 1d}
            message: It is so
          - {rule: third, on: plain, by: v1, when: v1, severity: minor}

        """
        .replacing("fields: {v: double}", with: "fields: {v: double, v1: bool}")

    private static func rule(_ members: String) -> String {
        """
        version: 1
        streams: {s: {fields: {k: string, v: double}}}
        rules: [{rule: r, on: s, \(members)}]

        """
    }

    private static func field(_ members: String) -> String {
        "version: 1\nstreams: {s: {fields: {f: {\(members)}}}}\n"
    }

    private static func stream(_ members: String) -> String {
        "version: 1\nstreams: {s: {\(members), fields: {k: string}}}\n"
    }

    static let badRules = [
        rule("when: v > 1.0, severity: minor, levels: {a: {when: v > 1.0, severity: minor}}"),
        rule("for: 1m, levels: {a: {when: v > 1.0, severity: minor}}"),
        rule("levels: {inactive: {when: v > 1.0, severity: minor}}"),
        rule("levels: {pending: {when: v > 1.0, severity: minor}}"),
        rule("when: v > 1.0"), rule("severity: minor"), rule("let: {if: v}, when: v > 1.0"),
        rule("when: v > 1.0, severity: minor, quorum: {distinct: k}"),
        rule("when: v > 1.0, severity: minor, no_data: {after: 1h, severity: minor}"),
        rule("when: v > 1.0, severity: minor, no_data: {after: 1h, do: clear, severity: minor}"),
        rule("when: v > 1.0, severity: minor, area: districts"),
        rule("when: v > 1.0, severity: minor, message: {headline: x}"),
        rule("when: v > 1.0, severity: minor, message: {en: {}}"),
        rule("when: v > 1.0, severity: minor, message: {en: {headline: x, clear: {}}}"),
        rule("when: v > 1.0, severity: minor, message: {en: {headline: x, clear: [Over]}}"),
        rule("when: v > 1.0, severity: minor, message: {en: {headline: x, no_data: {title: x}}}"),
        rule("when: v > 1.0, severity: minor, message: {en: {headline: x, levels: {}}}"),
        rule("when: v > 1.0, severity: minor, message: {en: {headline: x, levels: {active: {}}}}"),
        rule("when: v > 1.0, severity: minor, message: {en: {clear: {headline: x}}}"),
        rule("when: v > 1.0, severity: minor, let: {a: {window: 1h}}"),
        field("type: string, unit: m"), field("type: bool, valid: [0, 1]"),
        field("type: timestamp, from: text"), field("type: string, from: text"),
        field("type: timestamp, missing: [x]"), field("type: int, missing: 1.5"),
        field("type: double, missing: [true]"), field("type: bool, missing: [1]"),
        field("type: int, from: number"), field("type: int, key: k"), field("unit: m"),
        "version: 2\n", "version: '1'\n", "rules: []\n", "version: 1\nareas: {}\n", "[]\n",
        "rules\n",
        "version: 1\nstreams: {s: {time: a.b}}\n",
        "version: 1\nstreams: {s: {fields: {a.b: int}}}\n",
        "version: 1\nstreams: {s: {fields: {2nd: int}}}\n",
        "version: 1\nstreams: {s: {fields: {\((0...64).map { "f\($0): int" }.joined(separator: ", "))}}}\n",
        "version: 1\nstreams: {s: {topic: \(String(repeating: "x", count: 241))}}\n",
        "version: 1\nstreams: {s: {time: {path: t, unit: m}}}\n",
        stream("id: {keep: 1h}"), stream("id: {field: k, keep: 0s}"), stream("id: ''"),
        stream("id: {field: k, max: 0}"), stream("id: {field: k, max: many}"), stream("keep: 1h"),
        stream("id: [k]"), stream("time: {path: t, key: 'a b'}"), stream("time: {key: t}"),
        field("type: int, path: {path: m}"), field("type: int, path: {key: m}"),
        field("type: int, path: {path: m, key: 'a=1'}"),
        field("type: int, path: {path: m, key: ''}"),
    ]

    static let configuration = """
        publisher: nbo-1
        rules: rules/
        state: ./state
        clock: event
        feeds:
          - name: gauges
            connect: tcp://gauges.example:5556
            pattern: sub
            topics: [river., rain.]
            insecure: true
            status: exercise
            framing: topic+payload
            format: json
            limits: {frame: 1MiB, depth: 8, text: 1024, readings: 100}
          - {name: 2, bind: "tcp://127.0.0.1:*", topics: river., limits: {frame: 65536, text: 1KiB}}
          - {name: push, bind: "tcp://[::1]:5563", pattern: pull}
          - {name: field, bind: "ipc:///run/tocsin/field", pattern: router, format: senml}
          - name: logs
            bind: "tcp://127.0.0.1:*"
            pattern: pull
            framing: payload
            compression: zlib
            stream: logs
            carries: reports
            sequence: feed
            limits: {backlog: 1MiB}
          - {name: any, bind: "ipc:///any", stream: {field: kind}, framing: "topic:payload"}
        escalations: {bind: "tcp://*:5571", insecure: true}
        recovery: {bind: "ipc:///run/tocsin/recovery"}
        control: ipc:///run/tocsin/control

        """

    private static func feed(_ members: String) -> String { "feeds: [{name: f, \(members)}]\n" }

    static let badConfigurations = [
        feed("pattern: pull"), feed("bind: 'ipc:///a', connect: 'ipc:///b'"),
        feed("bind: 'ipc:///a', pattern: pull, topics: [x]"),
        feed("bind: 'ipc:///a', pattern: router, topics: [x]"),
        feed("bind: 'ipc:///a', topics: []"), feed("bind: 'ipc:///a', framing: frames"),
        feed("bind: 'ipc:///a', format: xml"), feed("bind: 'ipc:///a', compression: gzip"),
        feed("bind: 'ipc:///a', carries: nothing"), feed("bind: 'ipc:///a', sequence: topic"),
        feed("bind: 'ipc:///a', limits: {backlog: 1}"),
        feed("bind: 'ipc:///a', stream: {field: ''}"),
        feed("bind: 'ipc:///a', status: system"), feed("bind: 'ipc:///a', framing: payload"),
        feed("bind: 'ipc:///a', limits: {frame: 63}"),
        feed("bind: 'ipc:///a', limits: {frame: 1GiB}"),
        feed("bind: 'ipc:///a', limits: {depth: 513}"),
        feed("bind: 'ipc:///a', stream: {member: s}"),
        feed("bind: 'inproc://a'"), feed("bind: 'tcp://127.0.0.1'"), feed("bind: 'ipc://a'"),
        "feeds: []\nconsole: {}\n", "recovery: {connect: x}\n", "publisher: two words\n",
        "clock: walk\n", "control: 5\n", "[]\n",
    ]

    static let tests = [
        """
        version: 1
        rules: flood.yaml
        defaults: {start: 2026-01-01T00:00:00Z, step: 15m, rule: river-stage}
        tests:
          - test: A gauge passes its flood stage
            rule: river-stage
            start: 2026-01-01T00:00:00Z
            step: 15m
            until: 3h
            input:
              - stream: river.stage
                with: {station: KE-001}
                at: 0s
                step: 15m
                series: {level: "3.5 4.1*3 _ ? 1+0.5x10"}
              - stream: river.stage
                rows:
                  - {at: 10m, station: KE-002, level: 2.0}
                  - {at: 2026-01-01T01:00:00Z, arrives: 2h, station: KE-002, level: null}
            expect:
              - at: 15m
                key: {station: KE-001}
                from: inactive
                to: watch
                severity: minor
                cause: row
              - {at: 30m, to: warning, values: {level: 4.1, g.major: ~}}
            values:
              - {at: 30m, key: {station: KE-001}, let: {g_mean: 35.4}, when: {watch: true, b: null}}

        """,
        """
        version: 1
        rules: [a.yaml, b.yaml]
        tests:
          - test: Silence, by two rules
            rule: [river-stage, river-stage/no-data]
            input: [{stream: s, series: {level: 3.5, quality: [good, good, null, 7], n: "1-0.1x3 _*2 -1e3*2 .5 5. +3 1+-2x3"}}]
            expect: [{at: 2026-01-01T00:00:00.5+03:00, rule: river-stage/no-data, to: active, cause: no data}]
          - test: Nothing happens
            input: []
            until: 2026-01-01T01:00:00Z
            expect: []

        """,
    ]

    private static func test(_ members: String, input: String = "[]") -> String {
        "version: 1\ntests: [{test: t, input: \(input), \(members)}]\n"
    }

    private static func expectation(_ members: String) -> String {
        test("expect: [{\(members)}]")
    }

    static let badTests =
        [
            "tests: []\n", "version: 1\n", "version: 2\ntests: []\n", "version: 1\ntests: {}\n",
            "version: 1\nrule: x\ntests: []\n", "version: 1\nrules: {}\ntests: []\n",
            "version: 1\ndefaults: {until: 1h}\ntests: []\n",
            "version: 1\ndefaults: {start: 1h}\ntests: []\n",
            "version: 1\ndefaults: {step: 0s}\ntests: []\n",
            "version: 1\ntests: [{input: [], expect: []}]\n",
            "version: 1\ntests: [{test: t, expect: []}]\n", test("until: 1h"), test("expect: {}"),
            test("expect: [], step: 15"), test("expect: [], until: soon"), test("expcet: []"),
            test("expect: [], rule: 'a b'"), test("expect: [], start: 2026-01-01"),
            test("values: [{at: 1h}]"), test("values: [{at: 1h, let: []}]"),
            test("values: [{at: 1h, when: {watch: 1}}]"),
            test("values: [{let: {a: 1}}]"), test("values: [{at: 1h, let: {a: [1]}}]"),
            expectation("at: 1h"), expectation("to: watch"), expectation("at: -1h, to: watch"),
            expectation("at: 1h, to: watch, severity: bad"),
            expectation("at: 1h, to: watch, cause: plan"),
            expectation("at: 1h, to: watch, key: KE-001"),
            expectation("at: 1h, to: watch, key: {station: null}"),
            expectation("at: 1h, to: watch, values: {v: {a: 1}}"),
            expectation("at: 1h, to: watch, level: 1"),
        ]
        + [
            "{series: {a: 1}}", "{stream: s}", "{stream: s, series: {a: ' '}}",
            "{stream: s, series: {a: 1*0}}",
            "{stream: s, series: {a: 1}, rows: []}", "{stream: s, at: 1h, rows: []}",
            "{stream: s, series: {a: 1 x}}", "{stream: s, series: {a: 1+2}}",
            "{stream: s, series: {a: '_x3'}}", "{stream: s, series: {a: 1, 2}}",
            "{stream: s, series: {a: true}}", "{stream: s, series: {a: [[1]]}}",
            "{stream: s, rows: [{station: k}]}", "{stream: s, rows: [{at: 1h, level: [1]}]}",
            "{stream: s, rows: [{at: 1h, arrives: late}]}", "{stream: s, with: {a: {}}, rows: []}",
            "{stream: s, with: {a.b: 1}, rows: []}", "{stream: s t, rows: []}",
        ].map { test("expect: []", input: "[\($0)]") }
}
