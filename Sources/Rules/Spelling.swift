/// Finds what a misspelt word was meant to be.
package enum Spelling {
    /// The candidate nearest to `word`, if one is near enough: at most a third of its letters
    /// differ. Swapped neighbours and a wrong case count as one difference.
    package static func closest(to word: String, among candidates: some Sequence<String>) -> String?
    {
        guard word.utf8.count <= 64 else { return nil }
        var best: (word: String, distance: Int)?
        for candidate in candidates where candidate != word {
            if candidate.lowercased() == word.lowercased() { return candidate }
            let limit = max(1, min(word.utf8.count, candidate.utf8.count) / 3)
            let difference = distance(Array(word.unicodeScalars), Array(candidate.unicodeScalars))
            guard difference <= limit, difference < best?.distance ?? .max else { continue }
            best = (candidate, difference)
        }
        return best?.word
    }

    /// `did you mean …?`, or the list of candidates when it is short, or nothing.
    package static func hint(for word: String, among candidates: [String]) -> String? {
        if let meant = closest(to: word, among: candidates) { return "did you mean `\(meant)`?" }
        guard !candidates.isEmpty, candidates.count <= 16 else { return nil }
        return "there is " + list(candidates)
    }

    /// `a`, `b` and `c`.
    package static func list(_ words: [String]) -> String {
        let quoted = words.map { "`\($0)`" }
        guard quoted.count > 1, let last = quoted.last else { return quoted.joined() }
        return quoted.dropLast().joined(separator: ", ") + " and " + last
    }

    /// Optimal string alignment: insertions, deletions, substitutions and swapped neighbours.
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        guard abs(left.count - right.count) <= max(left.count, right.count) / 3 + 1 else {
            return .max
        }
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for (row, scalar) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                let substituted = previous[column] + (scalar == other ? 0 : 1)
                var cost = min(substituted, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, scalar == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforePrevious[column - 1] + 1)
                }
                current.append(cost)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}
