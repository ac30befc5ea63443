import Events
import TestSupport
import Testing

@testable import Engine

@Suite struct DuplicateTests {
    /// Against a plain list, with few ids, short memories and ids of all lengths.
    @Test(arguments: [1, 2, 7, 64, 65, 500], [10, 1000, 1_000_000] as [Int64])
    func theTableAgreesWithAPlainList(limit: Int, keep: Int64) {
        var random = Seeded(UInt64(limit) + UInt64(keep))
        var table = DuplicateTable(keep: keep, limit: limit)
        var list: [(key: [UInt8], arrival: Int64)] = []
        var now: Int64 = 0
        for step in 0..<6000 {
            now += Int64(random.int(0...20))
            let number = random.int(0...(limit * 2))
            let key =
                Array(repeating: UInt8(number % 251), count: number % 90 + 1)
                + [UInt8(number / 251)]
            list.removeAll { now - $0.arrival >= keep }
            let wanted = list.contains { $0.key == key }
            let found = key.withUnsafeBytes { table.isRepeated($0, arrival: now) }
            #expect(found == wanted, "step \(step)")
            guard found == wanted else { return }
            if !wanted {
                if list.count == limit { list.removeFirst() }
                list.append((key, now))
            }
            let count = table.count
            #expect(count == list.count)
        }
    }

    private static let text = """
        version: 1
        streams:
          s:
            time: t
            source: who
            id: {field: id, keep: 10m}
            fields: {who: string, id: string, k: string, x: double}
        rules:
          - {rule: r, on: s, by: k, when: x > 1.0, for: {readings: 2}, severity: minor}
        """

    private func row(
        _ id: String?, who: String? = "a", x: Double = 2
    ) -> [String: Scalar] {
        [
            "who": who.map { .string($0) } ?? .unknown, "id": id.map { .string($0) } ?? .unknown,
            "k": .string("k"), "x": .double(x),
        ]
    }

    /// What comes again does not count: not for `readings`, not for anything.
    @Test func whatComesAgainIsNotJudged() throws {
        var engine = Rehearsed(try RuleText.plan(Self.text))
        engine.row(row("1"), at: seconds(0))
        engine.row(row("1"), at: seconds(10))
        #expect(engine.said.isEmpty)
        #expect(engine.engine.duplicatesByFeed == [1])
        engine.row(row("2"), at: seconds(20))
        #expect(engine.lines == ["20 alert r[k] -→active minor"])
    }

    /// The same id of another source, an UNKNOWN id, and an id after its time are new.
    @Test func whatIsNewIsJudged() throws {
        var engine = Rehearsed(try RuleText.plan(Self.text))
        engine.row(row("1", x: 0), at: seconds(0))
        engine.row(row("1", who: "b", x: 0), at: seconds(1))
        engine.row(row("1", who: nil, x: 0), at: seconds(2))
        engine.row(row(nil, x: 0), at: seconds(3))
        engine.row(row(nil, x: 0), at: seconds(4))
        engine.row(row("1", x: 0), at: seconds(600))
        #expect(engine.engine.duplicatesByFeed.isEmpty)
        #expect(engine.engine.evaluation.events == 6)
        engine.row(row("1", x: 0), at: seconds(1199))
        #expect(engine.engine.duplicatesByFeed == [1])
    }

    /// A reload forgets no id, unless what makes an id is another.
    @Test func idsOutliveAReload() throws {
        var engine = Rehearsed(try RuleText.plan(Self.text))
        engine.row(row("1"), at: seconds(0))
        engine.replace(try RuleText.plan(Self.text.replacing("x > 1.0", with: "x > 1.5")))
        engine.row(row("1"), at: seconds(1))
        #expect(engine.engine.duplicatesByFeed == [1])
        engine.replace(try RuleText.plan(Self.text.replacing("keep: 10m", with: "keep: 11m")))
        engine.row(row("1"), at: seconds(2))
        #expect(engine.engine.duplicatesByFeed == [1])
    }

    /// An event without its key is refused, and the same one with it is taken.
    @Test func whatIsRefusedIsNotRemembered() throws {
        var engine = Rehearsed(
            try RuleText.plan(Self.text.replacing("readings: 2", with: "readings: 1")))
        var keyless = row("1")
        keyless["k"] = .unknown
        engine.row(keyless, at: seconds(0))
        #expect(engine.said.isEmpty)
        engine.row(row("1"), at: seconds(10))
        #expect(engine.said.count == 1)
        engine.row(row("1"), at: seconds(20))
        #expect(engine.engine.duplicatesByFeed == [1])
    }
}
