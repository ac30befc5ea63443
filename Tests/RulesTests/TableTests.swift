import TestSupport
import Testing

@testable import Rules

/// Tables from CSV: what is read, and what is said of mistakes in them.
@Suite struct TableTests {
    private static func rules(
        _ when: String, table: String = "{csv: t/gauges.csv, key: station}", more: String = ""
    ) -> String {
        """
        version: 1
        streams:
          level: {time: t, fields: {station: string, v: {type: double, unit: m}, n: int}}
        tables:
          gauges: \(table)
        rules:
          - rule: r
            on: level
            by: station
            severity: minor
            when: "\(when)"
            \(more)

        """
    }

    private static let good =
        "station:string,major:double:m,name,open:bool,since:timestamp,count:int\n"
        + "KE-1,5.5,\"Lake \"\"A\"\", north\",true,2026-01-01T00:00:00Z,3\n\nKE-2,,,,,\n"

    private func outcome(
        _ when: String = "v > gauges[station].major", csv: String = good,
        table: String = "{csv: t/gauges.csv, key: station}", more: String = ""
    ) -> RuleSet.Outcome {
        let file = SourceFile(
            path: "rules/a.yaml",
            bytes: Array(TableTests.rules(when, table: table, more: more).utf8))
        return RuleSet.compile([file], generation: 1, digest: digest) { path in
            path == "rules/t/gauges.csv"
                ? .bytes(Array(csv.utf8)) : .problem("there is no file \(path)")
        }
    }

    private func said(_ outcome: RuleSet.Outcome) -> [String] {
        let found =
            switch outcome {
            case .compiled(_, let warnings): warnings
            case .refused(let diagnostics): diagnostics
            }
        return found.map { problem in
            "\(problem.path):\(problem.line):\(problem.column): \(problem.message)"
                + (problem.hint.map { " | \($0)" } ?? "")
        }
    }

    @Test func aTableIsReadWithItsTypes() throws {
        guard case .compiled(let plan, let warnings) = outcome() else {
            Issue.record("\(said(outcome()))")
            return
        }
        #expect(warnings.isEmpty)
        let table = try #require(plan.tables.first)
        #expect(table.name == "gauges" && table.key == "station" && table.rowCount == 2)
        #expect(
            table.columns.map { "\($0.name) \($0.type) \($0.unit ?? "-")" } == [
                "station string -", "major double m", "name string -", "open bool -",
                "since timestamp -", "count int -",
            ])
    }

    /// Same content, same version; any change is another one, and another hash of the rule.
    @Test func versionsFollowTheContent() throws {
        func plan(_ csv: String) throws -> (version: String, hash: String) {
            guard case .compiled(let plan, _) = outcome(csv: csv) else {
                throw TestFailure("refused")
            }
            return (plan.tables[0].version, plan.rules[0].description.hash)
        }
        let first = try plan(TableTests.good)
        #expect(first == (try plan(TableTests.good)))
        let other = try plan(TableTests.good.replacing("5.5", with: "5.6"))
        #expect(other.version != first.version && other.hash != first.hash)
    }

    private struct TestFailure: Error {
        init(_: String) {}
    }

    @Test(arguments: [
        (
            "",
            "1:1: the table is empty | its first line names the columns: `station:string,major:double:m`"
        ),
        (
            "station;major:double\n",
            "1:1: `station;major:double` is not a column | cells are separated by commas"
        ),
        (
            "station,major:float\nA,1\n",
            "1:9: a column cannot be a `float` | there is `string`, `int`, `double`, `bool` and `timestamp`"
        ),
        (
            "station,major:doubel\nA,1\n",
            "1:9: a column cannot be a `doubel` | did you mean `double`?"
        ),
        ("station,station\nA,1\n", "1:9: column `station` stands twice"),
        ("station,\nA,1\n", "1:9: a column has no name | write `name:type`"),
        ("station,name:string:m\nA,1\n", "1:9: only numbers have a unit, and `name` is a string"),
        (
            "station,a:int:m:n\nA,1\n",
            "1:9: `a:int:m:n` has too many colons | write `name:type:unit`"
        ),
        (
            "station,major:double\nA,abc\n",
            "2:3: `abc` is not a double, which `major` is | leave the cell empty where nothing is known"
        ),
        (
            "station,major:double\nA,\"5,5\"\n",
            "2:3: `5,5` is not a double, which `major` is | decimals have a point, and thousands no mark"
        ),
        (
            "station,major:double\nA,5,5\n",
            "2:5: the row has 3 cells and the header 2 | a cell that has a comma stands in quotes; decimals have a point"
        ),
        ("station,major:double\nA\n", "2:1: the row has 1 cells and the header 2"),
        (
            "station,major:double\nA,nan\n",
            "2:3: `nan` is not a double, which `major` is | leave the cell empty where nothing is known"
        ),
        (
            "station,open:bool\nA,yes\n",
            "2:3: `yes` is not a bool, which `open` is | write `true` or `false`"
        ),
        (
            "station,n:int\nA,1.5\n",
            "2:3: `1.5` is not an int, which `n` is | an int is whole; `double` in the header takes any number"
        ),
        (
            "station,t:timestamp\nA,today\n",
            "2:3: `today` is not a timestamp, which `t` is | write it like 2026-01-31T06:00:00Z"
        ),
        (
            "station,major:double\n,1\n",
            "2:1: the row has no key | `station` finds the row: it must have a value"
        ),
        (
            "station,major:double\nA,1\nB,2\nA,3\n",
            "4:1: `A` has a row already | the first is in line 2"
        ),
        (
            "station,name\nA,\"b\n",
            "2:3: a quote is not closed | a quote inside a quoted cell is written twice"
        ),
        (
            "station,name\nA,\"b\"c\n",
            "2:6: text follows the closing quote | a quote inside a quoted cell is written twice; cells end at a comma"
        ),
    ])
    func mistakesAreToldAtTheirPlace(csv: String, expected: String) {
        let found = said(outcome("n > 3", csv: csv))
        #expect(found.contains("rules/t/gauges.csv:\(expected)"), "\(found)")
    }

    @Test func allMistakesAtOnce() {
        let found = said(outcome("n > 3", csv: "station,a:double\nA,x\nB,1\nC,y\nA,2\n,3\n"))
        #expect(found.count == 3, "\(found)")
    }

    @Test(arguments: [
        (
            "{csv: t/gauge.csv, key: station}",
            "rules/a.yaml:5:17: there is no file rules/t/gauge.csv"
        ),
        (
            "{csv: t/gauges.csv, key: statoin}",
            "rules/a.yaml:5:36: rules/t/gauges.csv has no column `statoin` | did you mean `station`?"
        ),
        (
            "{csv: t/gauges.csv, key: major}",
            "rules/a.yaml:5:36: the key `major` is a double | a row is found by a string, an int or a bool"
        ),
        (
            "{csv: t/gauges.csv}",
            "rules/a.yaml:5:3: a table needs `key` | `key:` names the column that finds a row"
        ),
        (
            "{csv: t/gauges.csv, key: station, kee: 3}",
            "rules/a.yaml:5:45: a table has no key `kee` | did you mean `key`?"
        ),
        (
            "{csv: t/gauges.csv, key: station, columns: {minor: double}}",
            "rules/a.yaml:5:55: rules/t/gauges.csv has no column `minor`"
        ),
        (
            "{csv: t/gauges.csv, key: station, columns: {major: int}}",
            "rules/t/gauges.csv:1:16: `major` is a double here and an int in the rule file"
        ),
    ])
    func declarationsAreChecked(table: String, expected: String) {
        let found = said(outcome("n > 3", table: table))
        #expect(found.contains(expected), "\(found)")
    }

    /// A broken table is told once, not in every rule that reads it.
    @Test func aBrokenTableIsToldOnce() {
        #expect(said(outcome(csv: "station,major:double:m\nA,x\n")).count == 1)
        #expect(said(outcome(table: "{csv: nowhere.csv, key: station}")).count == 1)
    }

    @Test(arguments: [
        ("v > gauge[station].major", "there is no table `gauge` | did you mean `gauges`?"),
        ("v > gauges[station].majr", "table `gauges` has no column `majr` | did you mean `major`?"),
        (
            "v > gauges[n].major",
            "`n` is an int, and the rows of `gauges` are found by a string, `station`"
        ),
        (
            "v > gauges[station]",
            "`v` is a double and `gauges[station]` is a row of a table: they cannot be compared with `>`"
        ),
        (
            "gauges[station]",
            "`gauges[station]` is a whole row of a table | name a column: `gauges[station].column`"
        ),
        (
            "v > gauges.major",
            "`gauges` is a table: a row of it is found by its key | write `gauges[station].major`"
        ),
        (
            "v > gauges[station]['major']",
            "`gauges[station]` is a row already | a column is `gauges[station].column`"
        ),
        (
            "v > gauges[station].?major",
            "`gauges[station].?major` may be absent | give it a default: `gauges[station].?major.orValue(…)`"
        ),
        (
            "v > gauges[?station].major",
            "`gauges[?station].major` may be absent | give it a default: `gauges[?station].major.orValue(…)`"
        ),
        (
            "v > gauges[station].major.orValue(3.0)",
            "`gauges[station].major` is not optional | ask with `?`: `gauges[station].?major.orValue(…)`"
        ),
        (
            "v > gauges[?station].?major.orValue('x')",
            "`gauges[?station].?major` is a double and its default `'x'` a string"
        ),
        (
            "v.orValue(3.0) > 2.0",
            "`orValue` follows an optional column of a table | write it like `gauges[?station].?major.orValue(9.0)`"
        ),
        (
            "station in gauge",
            "`in` needs a list on its right, such as `['a', 'b']`, or the name of a table"
        ),
    ])
    func usesAreChecked(when: String, expected: String) {
        let found = said(outcome(when))
        #expect(found.contains { $0.contains(expected) || $0.hasPrefix(expected) }, "\(found)")
    }

    /// Units of columns are compared like those of fields.
    @Test func unitsOfColumnsCount() {
        let csv = TableTests.good.replacing("double:m", with: "double:ft")
        #expect(said(outcome(csv: csv)).first?.contains("is in m and") == true)
        // One unit, written in two ways.
        let other = said(outcome(csv: TableTests.good.replacing("double:m", with: "double:M")))
        #expect(
            other.first?.hasSuffix("did you mean `m`? units are compared as they are written")
                == true)
    }

    @Test func tenThousandRowsAreRead() {
        var csv = "station:string,a:double,b:double,c:double,name\n"
        for row in 0..<10_000 { csv += "S\(row),\(row).5,1.25,-3e2,\"Station \(row)\"\n" }
        guard case .compiled(let plan, _) = outcome("v > gauges[station].a", csv: csv) else {
            Issue.record("refused")
            return
        }
        #expect(plan.tables[0].rowCount == 10_000)
    }

    /// Nothing read as a table brings the reader down.
    @Test func anythingIsReadOrRefused() {
        var seed = Seeded(3)
        let alphabet = Array("station,:\"\n\r ;.5aé\u{FEFF}\0double".unicodeScalars)
        for _ in 0..<2_000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...40, using: &seed) {
                text.unicodeScalars.append(alphabet.randomElement(using: &seed) ?? "x")
            }
            _ = outcome("n > 3", csv: text)
        }
    }
}
