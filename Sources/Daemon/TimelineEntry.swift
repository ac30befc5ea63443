package import Events
package import Rules

/// A place on the timeline of a test: what was expected and what happened there.
package enum TimelineEntry: Sendable {
    /// As expected.
    case agreed(Transition)
    /// It happened otherwise.
    case differs(expected: RuleTest.ExpectedTransition, actual: Transition, how: [String])
    /// Expected, and it did not happen.
    case missing(RuleTest.ExpectedTransition)
    /// It happened, and nobody expected it.
    case surplus(Transition)

    /// Whether it is as expected.
    package var isAgreed: Bool {
        if case .agreed = self { true } else { false }
    }

    /// Aligns two logs: as many lines as possible agree, in order; among the others, those of one
    /// time and rule and key are shown side by side.
    package static func align(
        _ expected: [RuleTest.ExpectedTransition], _ actual: [Transition]
    ) -> [TimelineEntry] {
        var entries: [TimelineEntry] = []
        var (i, j) = (0, 0)
        for (row, column) in agreements(expected, actual) + [(expected.count, actual.count)] {
            entries += between(Array(expected[i..<row]), Array(actual[j..<column]))
            if column < actual.count { entries.append(.agreed(actual[column])) }
            (i, j) = (row + 1, column + 1)
        }
        return entries
    }

    /// The longest common subsequence, as pairs of indexes.
    ///
    /// What agrees at both ends is taken first, so that the table is as large as the difference.
    private static func agreements(
        _ expected: [RuleTest.ExpectedTransition], _ actual: [Transition]
    ) -> [(Int, Int)] {
        var head = 0
        while head < min(expected.count, actual.count), expected[head].agrees(with: actual[head]) {
            head += 1
        }
        var tail = 0
        let most = min(expected.count, actual.count) - head
        while tail < most,
            expected[expected.count - 1 - tail].agrees(with: actual[actual.count - 1 - tail])
        {
            tail += 1
        }
        let rows = Array(expected[head..<(expected.count - tail)])
        let columns = Array(actual[head..<(actual.count - tail)])
        let middle = longest(rows, columns).map { ($0 + head, $1 + head) }
        let last = (0..<tail).reversed().map { (expected.count - 1 - $0, actual.count - 1 - $0) }
        return (0..<head).map { ($0, $0) } + middle + last
    }

    private static func longest(
        _ rows: [RuleTest.ExpectedTransition], _ columns: [Transition]
    ) -> [(Int, Int)] {
        // Beyond this the difference is told without a search for what might agree inside it.
        guard rows.count * columns.count <= 4_000_000 else { return [] }
        let width = columns.count + 1
        var lengths = [Int32](repeating: 0, count: (rows.count + 1) * width)
        for row in rows.indices.reversed() {
            for column in columns.indices.reversed() {
                lengths[row * width + column] =
                    rows[row].agrees(with: columns[column])
                    ? lengths[(row + 1) * width + column + 1] + 1
                    : max(
                        lengths[(row + 1) * width + column], lengths[row * width + column + 1])
            }
        }
        var pairs: [(Int, Int)] = []
        var (row, column) = (0, 0)
        while row < rows.count, column < columns.count {
            if rows[row].agrees(with: columns[column]) {
                pairs.append((row, column))
                (row, column) = (row + 1, column + 1)
            } else if lengths[(row + 1) * width + column] >= lengths[row * width + column + 1] {
                row += 1
            } else {
                column += 1
            }
        }
        return pairs
    }

    /// What lies between two agreements, in order of time.
    private static func between(
        _ expected: [RuleTest.ExpectedTransition], _ actual: [Transition]
    ) -> [TimelineEntry] {
        var rest = actual
        var entries: [(time: Int64, entry: TimelineEntry)] = []
        for line in expected {
            if let index = rest.firstIndex(where: { line.isAbout($0) }) {
                let found = rest.remove(at: index)
                let how = line.differences(from: found)
                entries.append(
                    (line.time, .differs(expected: line, actual: found, how: how)))
            } else {
                entries.append((line.time, .missing(line)))
            }
        }
        entries += rest.map { ($0.time.nanoseconds, .surplus($0)) }
        return entries.enumerated().sorted {
            ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
        }.map(\.element.entry)
    }
}

extension RuleTest.ExpectedTransition {
    /// Whether the line speaks of the same time, rule and key.
    fileprivate func isAbout(_ actual: Transition) -> Bool {
        time == actual.time.nanoseconds && rule.map { $0 == actual.rule } ?? true
            && key.matches(actual.key)
    }

    fileprivate func agrees(with actual: Transition) -> Bool {
        isAbout(actual) && differences(from: actual).isEmpty
    }

    /// What else of the line is not as expected, as `what is …, expected …`.
    fileprivate func differences(from actual: Transition) -> [String] {
        var found: [String] = []
        func compare(_ what: String, _ expected: String?, _ actual: String?) {
            guard let expected, expected != actual else { return }
            found.append("`\(what)` is \(actual ?? "-"), expected \(expected)")
        }
        compare("from", from, actual.from)
        compare("to", to, actual.to)
        compare("severity", severity, actual.severity?.name)
        compare("cause", cause, actual.cause)
        for (name, value) in values {
            guard let shown = actual.values.first(where: { $0.name == name })?.value else {
                let names = actual.values.map(\.name).joined(separator: ", ")
                found.append("the log shows no value `\(name)`, but \(names)")
                continue
            }
            if !value.matches(shown) {
                found.append("`\(name)` is \(shown), expected \(value)")
            }
        }
        return found
    }
}
