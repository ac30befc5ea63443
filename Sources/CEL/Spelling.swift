/// Did-you-mean.
enum Spelling {
    /// The candidate that takes the fewest edits, if they are few for the word's length.
    static func nearest(to word: String, in candidates: [String]) -> String? {
        let bytes = Array(word.lowercased().utf8.prefix(64))
        var best: (distance: Int, name: String)?
        for name in candidates {
            let other = Array(name.lowercased().utf8.prefix(64))
            let edits = distance(bytes, other)
            guard edits <= max(1, min(bytes.count, other.count) / 3) else { continue }
            if edits < best?.distance ?? .max { best = (edits, name) }
        }
        return best?.name
    }

    /// Insertions, deletions, replacements and swaps of neighbours between two words.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var before: [Int] = []
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var edits = min(
                    last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    edits = min(edits, before[j - 1] + 1)
                }
                row.append(edits)
            }
            (before, last) = (last, row)
        }
        return last[b.count]
    }
}
