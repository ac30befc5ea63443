import Testing

@testable import Rules

/// Bad rule files, each with its problems marked where they must be told.
@Suite struct RefusalTests {
    @Test(
        arguments: [document, streams, fields, rules, levels, clauses, occasions, expressions]
            .joined())
    func problemsAreToldAtTheirPlaces(_ text: String) {
        let file = MarkedFile(text)
        #expect(!file.expected.isEmpty)
        let found = file.found(diagnostics(of: text))
        for problem in found where !file.expected.contains(problem) {
            Issue.record("not expected: \(problem)")
        }
        for problem in file.expected where !found.contains(problem) {
            Issue.record("not told: \(problem)")
        }
        #expect(found.count == file.expected.count)
    }

    private static let river = """
        version: 1
        streams:
          river: {fields: {station: string, level: double, count: int, at: timestamp, ok: bool}}
        rules:

        """

    private static func rule(_ lines: String) -> String {
        river + "  - rule: high\n    on: river\n    severity: minor\n" + lines
    }

    private static let document = [
        """
        verison: 1
        #<^~~~~~~ a rule file has no key `verison` | did you mean `version`?
        """,
        """
        version: 2
        #        ^ version 2 is not known | this Tocsin reads `version: 1`
        nonsense: 1
        #<^~~~~~~~ a rule file has no key `nonsense`
        """,
        """
        version: '1'
        #        ^~~ `version` must be a whole number, not the text '1'
        """,
        """
        version: 1
        policy: {}
        #<^~~~~~ `policy` is not in this version
        areas: {}
        #<^~~~~ `areas` is not in this version
        """,
        """
        version: 1
        streams: [a, b]
        #        ^ `streams` must be a mapping of streams, not a list
        rules: high
        #      ^~~~ `rules` must be a list of rules, not a single value
        """,
        """
        version: 1
        streams:
        #<^~~~~~~ `streams` has no value
        rules: []
        """,
        """
        version: 1
        rules: []
        rules: []
        #<^~~~~ the key `rules` is written twice | the first is in line 2
        """,
        """
        version: 1
        streams:
          a: {topic: x, idle: 5m, topic: y}
        #                         ^~~~~ the key `topic` is written twice | the first is in line 3
          b: {lateness: 1s}
          'b': {}
        # ^~~ the key `b` is written twice | the first is in line 5
        """,
        """
        version: 1
        streams:
          a: {topic: !text x}
        #            ^~~~~ YAML tags have no meaning here
          <<: {}
        # ^~ merge keys (`<<`) are not supported
        """,
        """
        version: 1
        streams:
          ? [a, b]
        #   ^ a key must be a single word
          : {}
        """,
    ]

    private static let streams = [
        """
        version: 1
        streams:
          river level: {}
        # ^~~~~~~~~~~ `river level` is not a topic
          river:
            topic: a,b
        #          ^~~ `a,b` is not a topic | topics have letters, digits, `.`, `_`, `/` and `-`
            expand: {field: samples, rate: fs}
        #   ^~~~~~ `expand` is not in this version
            latness: 2m
        #   ^~~~~~~ a stream has no key `latness` | did you mean `lateness`?
        """,
        """
        version: 1
        streams:
          a: {topic: x}
          b: {topic: x}
        #            ^ topic `x` is already that of stream `a` | it is declared at rules.yaml:3:3
          x: {}
        # ^ topic `x` is already that of stream `a`
        """,
        """
        version: 1
        streams:
          a:
            lateness: 90
        #             ^~ `lateness` must be a duration, not the bare number `90` | write the unit: `90s`, `90m` or `90h`
            idle: 0s
        #         ^~ `idle` must be longer than 0s
            expect: 1m1h
        #           ^~~~ `1m1h` is not a duration | write it as `90s`, `15m`, `1h30m` or `7d`, largest unit first
          b:
            lateness: 600w
        #             ^~~~ `lateness` must be at most 520w, not `600w`
            idle: [1m]
        #         ^ `idle` must be a duration, not a list
        """,
        """
        version: 1
        streams:
          a:
            source: staton
        #           ^~~~~~ `staton` is not a field of this stream | did you mean `station`?
            fields: {station: string, value: double}
          b:
            source: value
        #           ^~~~~ the source must be a string or an int, and `value` is a double
            fields: {value: double}
        """,
        """
        version: 1
        streams:
          a: {id: evnt, fields: {event: string}}
        #         ^~~~ `evnt` is not a field of this stream | did you mean `event`?
          b: {id: at, fields: {at: timestamp}}
        #         ^~ the id must be a string or an int, and `at` is a timestamp
          c: {id: {field: evnt, keep: 1}, fields: {event: string}}
        #                 ^~~~ `evnt` is not a field of this stream | did you mean `event`?
        #                             ^ `keep` must be a duration, not the bare number `1`
          d: {id: {max: 0}}
        #     ^~ an `id` needs `field`
        #               ^ `max` must lie between 1 and 100000000
          e: {id: {field: n, kep: 1h}, fields: {n: int}}
        #                    ^~~ an `id` has no key `kep` | did you mean `keep`?
          f: {id: n, keep: 1h, fields: {n: int}}
        #            ^~~~ a stream has no key `keep` | it belongs to the id: `id: {field: …, keep: 24h}`
          g: {id: [n], fields: {n: int}}
        #         ^ `id` must be text, not a list
          h: {id: n, fields: {n: duoble}}
        #                        ^~~~~~ `n` cannot be `duoble` | did you mean `double`?
        """,
        """
        version: 1
        streams:
          a: {time: properties.time}
        #           ^~~~~~~~~~~~~~~ `properties.time` has a dot
          b: {time: {unit: ms}}
        #     ^~~~ a `time` needs `path`
          c: {time: {path: ts, unit: m}}
        #                            ^ `unit` cannot be `m` | did you mean `s`?
          d: {time: {path: ts, unti: s}}
        #                      ^~~~ a `time` has no key `unti` | did you mean `unit`?
          e: {time: ts, fields: {ts: int}}
        #           ^~ `ts` is declared as int, and a time is RFC 3339 text
          f: {time: {path: ts, unit: s}, fields: {ts: timestamp}}
        #           ^ `ts` is declared as timestamp, and a time with a unit is a number
          i: {time: {path: msg, key: 'a=b'}}
        #                            ^~~~~ `a=b` is not a key of a text
          j: {time: ts, fields: {ts: {type: timestamp, path: {path: msg, key: ts}}}}
        #           ^~ `ts` is a field that stands at `msg` | write `time: {path: msg, key: ts}`
          k: {time: {path: msg, key: ts, unit: s}, fields: {msg: timestamp}}
          g: {time: {path: [a.b, '']}}
          h: {time: {path: a..b}}
        #                  ^~~~ `a..b` has an empty member
        """,
    ]

    private static let fields = [
        """
        version: 1
        streams:
          a:
            fields:
              level: duoble
        #            ^~~~~~ `level` cannot be `duoble` | did you mean `double`?
              in: int
        #     ^~ `in` is a word of the expression language
              a.b: int
        #     ^~~ `a.b` has a dot | give it a name and say where it stands: `{type: …, path: a.b}`
              2nd: int
        #     ^~~ `2nd` is not a name
              some: {unit: m}
        #     ^~~~ a field needs `type`
              mean:
        #     ^~~~ `mean` has no value
        """,
        """
        version: 1
        streams:
          a:
            fields:
              a: {type: string, unit: m}
        #                             ^ only numbers have a unit, and `a` is a string
              b: {type: bool, valid: [0, 1]}
        #                            ^ only numbers have a `valid` range, and `b` is a bool
              c: {type: double, valid: [40, -5]}
        #                              ^ the range is empty
              d: {type: double, valid: [0]}
        #                              ^ `valid` must have two numbers
              e: {type: double, valid: [a, 1]}
        #                               ^ an item of `valid` must be a number, not `a`
              f: {type: int, missing: [-9999, 1.5]}
        #                                     ^~~ an item of `missing` must be a whole number, not `1.5`
              g: {type: bool, missing: yes}
        #                              ^~~ `missing` must be `true` or `false`, not `yes`
              h: {type: timestamp, missing: x}
        #                                   ^ a timestamp has no `missing` values
              i: {type: timestamp, unit: ms}
        #                                ^~ only numbers have a unit, and `i` is a timestamp
              j: {type: string, from: text}
        #                             ^~~~ `from: text` is for numbers and bools, and `j` is a string
              k: {type: double, from: number}
        #                             ^~~~~~ `from` cannot be `number`
              l: {type: double, path: msg, key: stage}
        #                                  ^~~ a field has no key `key` | it belongs to the path: `path: {path: msg, key: …}`
              m: {type: double, path: []}
        #                             ^ `path` is empty
              n: {type: double, path: {path: msg}}
        #                       ^~~~ a `path` into a text needs `key` | `key: n`
              o: {type: double, path: {path: [], key: n}}
        #                                    ^ `path` is empty
              p: {type: double, path: {path: msg, key: a b}}
        #                                              ^~~ `a b` is not a key of a text
              q: {type: double, path: {path: msg, key: ''}}
        #                                              ^~ `key` is empty
              r: {type: double, path: {path: msg, kye: r}}
        #                                         ^~~ a `path` into a text has no key `kye` | did you mean `key`?
        """,
    ]

    private static let rules = [
        """
        version: 1
        rules:
          - title: x
        #   ^~~~~ a rule needs `rule`
        #   ^~~~~ a rule needs `on`
        #   ^~~~~ a rule needs `when`
        #   ^~~~~ a rule needs `severity`
          - high
        #   ^~~~ an item of `rules` must be a mapping, not a single value
        """,
        river + """
              - rule: high water
            #         ^~~~~~~~~~ `high water` is not a name
                on: rivers
            #       ^~~~~~ no stream `rivers` is declared | did you mean `river`?
                when: levle > 4
                severity: sever
            #             ^~~~~ `severity` cannot be `sever` | did you mean `severe`?
            """,
        river + """
              - {rule: high, on: river, when: level > 4, severity: minor}
              - {rule: high, on: river, when: level > 4, severity: minor}
            #          ^~~~ rule `high` is declared twice | the first is at rules.yaml:5:12
            """,
        rule(
            """
                when: level > 4
                by: [station, level, sation, station, at]
            #                 ^~~~~ `level` is a double, which cannot be a key
            #                        ^~~~~~ `sation` is not a field of stream `river`
            #                                ^~~~~~~ `station` is already in the key
            #                                         ^~ `at` is a timestamp, which cannot be a key
            """),
        rule(
            """
                when: level > 4
                whre: station != ''
            #   ^~~~ a rule has no key `whre` | did you mean `where`?
                every: 1h
                max_keys: 0
            #             ^ `max_keys` must lie between 1 and 100000000
                inhibits: [low]
            #   ^~~~~~~~ `inhibits` is not in this version
                lifetime: 0s
            #             ^~ `lifetime` must be longer than 0s
                hazard: flash flood
            #           ^~~~~~~~~~~ `flash flood` is not a name
                title: ''
            #          ^~ `title` is empty
                area: districts
            #         ^~~~~~~~~ an area by name is not in this version | write `area: {code: EXPRESSION}`
            """),
        river + """
              - rule: quake
                on: river
                quorum: {distinct: station, at_least: 4, within: 10s, radius: 100km}
            #   ^~~~~~ `quorum` is not in this version
                severity: minor
              - rule: silent
                on: river
                absent: {for: 3m}
            #   ^~~~~~ `absent` is not in this version
              - rule: flood
                from: {stage: {rule: quake}}
            #   ^~~~ `from` is not in this version
            """,
    ]

    private static let levels = [
        rule(
            """
                levels: {}
            #           ^ `levels` is empty
            """
        ).replacing("    severity: minor\n", with: ""),
        """
        version: 1
        streams:
          river: {fields: {level: double}}
        rules:
          - rule: high
            on: river
            when: level > 1
        #         ^~~~~~~~~ `when` belongs to each level when a rule has `levels`
            for: 10m
        #        ^~~ `for` belongs to each level when a rule has `levels` | move it into the levels
            levels:
              pending: {when: level > 1, severity: minor}
        #     ^~~~~~~ a level cannot be called `pending`
              watch: {when: level > 2, severity: severe}
              warning: {when: level > 3, severity: minor}
        #                                          ^~~~~ level `warning` is milder than `watch` below it
              danger: {when: level > 4}
        #     ^~~~~~ a level needs `severity`
              worst: {severity: extreme, hold: 1h}
        #     ^~~~~ a level needs `when`
        #                                ^~~~ a level has no key `hold`
              last: level > 9
        #           ^~~~~~~~~ `last` must be a mapping, not a single value
        """,
        rule(
            """
                when: level > 4
                for: {readings: 0}
            #                   ^ `readings` must lie between 1 and 1000000
                clear_for: 1
            #              ^ `clear_for` must be a duration, not the bare number `1`
                no_data: {do: hold, severity: minor}
            #   ^~~~~~~ a `no_data` needs `after`
            #                                 ^~~~~ `severity` is for `do: alert` only
            """),
        rule(
            """
                when: level > 4
                for: {reading: 3}
            #         ^~~~~~~ a `for` has no key `reading` | did you mean `readings`?
                no_data: {after: 45m, do: hodl}
            #                             ^~~~ `do` cannot be `hodl` | did you mean `hold`?
            """),
    ]

    private static let clauses = [
        rule(
            """
                when: level > 4
                cap: {category: met, urgency: Soon, certainty: Observd, responseType: [Monitor, Flee, Monitor]}
            #                   ^~~ `category` cannot be `met`
            #                                 ^~~~ `urgency` cannot be `Soon`
            #                                                  ^~~~~~~ `certainty` cannot be `Observd`
            #                                                                                   ^~~~ an item of `responseType` cannot be `Flee`
            #                                                                                         ^~~~~~~ `Monitor` is already there
                source: {url: 'https://example.org', confidence: }
            #   ^~~~~~ a `source` needs `title`
            #                                        ^~~~~~~~~~ `confidence` has no value
            """),
        rule(
            """
                when: level > 4
                message:
                  english: {headline: x}
            #     ^~~~~~~ `english` is not a language tag
                  headline: x
            #     ^~~~~~~~ `headline` belongs to a language | write `message: {en: {headline: …}}`
                  en: {headline: '${title}: ${levle} m', instructions: 'Go'}
            #                                 ^~~~~ there is no field or let `levle`
            #                                            ^~~~~~~~~~~~ a message has no key `instructions` | did you mean `instruction`?
                  fr: {}
            #     ^~ a message needs a `headline`
            """),
        rule(
            """
                when: level > 4
                labels: {basin: Malewa, 'a b': station}
            #                   ^~~~~~ there is no field or let `Malewa` | text stands in quotes: `"'Malewa'"`
            #                           ^~~~~ `a b` is not a name
                area: {code: level}
            #                ^~~~~ the code of an area must be a string or an int
                let: {level: count, if: count, n: {count: true, over: 1h}, m: station + 1, k: n + m}
            #         ^~~~~ `level` is already a field of the stream
            #                       ^~ `if` is a word of the expression language | call it something else
            #                                     ^ a window in mapping form is not in this version
            #                                                                         ^ `station` is a string and `1` is an int: they cannot be added with `+`
            """),
    ]

    private static let occasions = [
        rule(
            """
                levels:
                  watch: {when: level > 4, severity: minor, cap: {urgency: Sooner, category: Met}}
            #                                                              ^~~~~~ `urgency` cannot be `Sooner`
                  flood: {when: level > 5, severity: severe}
                no_data: {after: 1h, do: hold, cap: {certainty: Possible}}
            #                                       ^ `cap` is for `do: alert` only
            """
        ).replacing("    severity: minor\n", with: ""),
        rule(
            """
                levels:
                  watch: {when: level > 4, severity: minor}
                  flood: {when: level > 5, severity: severe}
                no_data: {after: 1h, do: alert, cap: {certainty: Sure}}
            #                                                    ^~~~ `certainty` cannot be `Sure`
                message:
                  en:
                    headline: High water
                    levels:
                      flod: {instruction: Go}
            #         ^~~~ the rule has no level `flod` | did you mean `flood`?
                      flood: {instruction: 'Go, ${levle}'}
            #                                     ^~~~~ there is no field or let `levle`
                      watch: {}
            #         ^~~~~ an occasion needs a `headline`
                    clear: {headline: Over, instruktion: Go}
            #                               ^~~~~~~~~~~ an occasion has no key `instruktion` | did you mean `instruction`?
                    no_data: '${level} was the last'
                  clear: {headline: Over}
            #     ^~~~~ `clear` belongs to a language | write `message: {en: {clear: …}}`
            """
        ).replacing("    severity: minor\n", with: ""),
    ]

    private static let expressions = [
        rule(
            """
                when: levle > 4.0
            #         ^~~~~ there is no field or let `levle` | did you mean `level`?
                clear: "level < '3'"
            #                 ^ `level` is a double and `'3'` is a string: they cannot be compared with `<`
                where: 'station != ''''  && levle > 1'
            #                               ^~~~~ there is no field or let `levle`
            """),
        rule(
            """
                when: "station == \\"a\\" && levle > 1"
            #                              ^~~~~ there is no field or let `levle`
                where: level
            #          ^~~~~ `level` is a double; a condition is TRUE or FALSE
            """),
        rule(
            """
                when: [level > 4]
            #         ^ `when` must be an expression, not a list
                where: {level: 4}
            #          ^ `where` must be an expression, not a mapping
                clear: null
            #   ^~~~~ `clear` has no value
            """),
        rule(
            """
                when: median(level, '5m') > 70.0
            #         ^~~~~~ `median` is not in this version
                where: avg(level, '5m') > 1
            #          ^~~ `avg` looks at many rows; it stands in `let`, `when` and `clear` | `where` picks the rows that enter windows: ask in `when`
                clear: avg(level, '5 minutes') < 1
            #                     ^~~~~~~~~~~ '5 minutes' is not a length of time | write it like '30m', '1h30m' or '7d'
            """),
        rule(
            """
                let: {mean: "avg(level, '5m')"}
                where: mean > 1
            #          ^~~~~~~~ `where` decides which rows enter the windows: it cannot read one | ask for it in `when`
                when: mean > 1
            """),
    ]
}

extension String {
    fileprivate func replacing(_ part: String, with other: String) -> String {
        guard let range = firstRange(of: part) else { return self }
        return String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
    }
}
