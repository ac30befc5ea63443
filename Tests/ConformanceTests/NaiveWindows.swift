import Foundation

/// Windows over recorded readings, each computed afresh from all rows: slow and plain.
struct NaiveWindows {
    struct Row {
        /// Seconds since 1970.
        var time: Int
        var key: String
        var value: Double
    }

    /// A line of the log.
    struct Line: Equatable, CustomStringConvertible {
        var time: Int
        var key: String
        var to: String

        var description: String { "\(time) \(key) \(to)" }
    }

    let rows: [Row]

    /// Readings in the order in which they came.
    init(rows: [Row]) { self.rows = rows }

    /// The readings of a file that have the wanted `metric`, nil for any; `key` is a path of members.
    init(file: String, key: [String], metric: String? = nil) throws {
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
        let times = ISO8601DateFormatter()
        rows = try text.split(separator: "\n").compactMap { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            guard let members = object as? [String: Any],
                metric == nil || members["metric"] as? String == metric,
                let time = (members["ts"] as? String).flatMap(times.date(from:)),
                let value = (members["value"] as? NSNumber)?.doubleValue
            else { return nil }
            var node: Any? = members
            for name in key { node = (node as? [String: Any])?[name] }
            return Row(
                time: Int(time.timeIntervalSince1970), key: node as? String ?? "", value: value)
        }
    }

    /// Rows of the key in `(time − length, time]`, of the first `count` rows of the file.
    func window(_ key: String, _ length: Int, at time: Int, ofFirst count: Int) -> [Row] {
        rows[..<count].filter { $0.key == key && $0.time > time - length && $0.time <= time }
    }

    /// Numbers of some rows by the names of the aggregates.
    static func values(_ window: [Row]) -> [String: Double] {
        guard let first = window.first, let last = window.last else { return ["count": 0] }
        let values = window.map(\.value)
        let sum = values.reduce(0, +)
        let mean = sum / Double(values.count)
        var found: [String: Double] = [
            "count": Double(values.count), "sum": sum, "avg": mean, "first": first.value,
            "last": last.value, "min": values.min() ?? 0, "max": values.max() ?? 0,
        ]
        found["range"] = (values.max() ?? 0) - (values.min() ?? 0)
        guard values.count > 1 else { return found }
        found["delta"] = last.value - first.value
        let squares = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
        found["stddev"] = (squares / Double(values.count - 1)).squareRoot()
        // Least squares over seconds.
        let middle = window.map { Double($0.time - first.time) }.reduce(0, +) / Double(values.count)
        var (above, below) = (0.0, 0.0)
        for row in window {
            let x = Double(row.time - first.time) - middle
            above += x * (row.value - mean)
            below += x * x
        }
        if below > 0 { found["slope"] = above / below }
        return found
    }

    /// The log of a condition over windows, TRUE or FALSE at each row, nil for UNKNOWN; with `every`,
    /// also at each multiple of so many seconds at which the key has no row, up to the last row.
    func log(every: Int? = nil, _ condition: (_ key: String, _ time: Int, _ count: Int) -> Bool?)
        -> [Line]
    {
        var active: Set<String> = []
        var lines: [(line: Line, order: Int)] = []
        func judge(_ key: String, _ time: Int, _ count: Int, order: Int) {
            guard let truth = condition(key, time, count), truth != active.contains(key) else {
                return
            }
            if truth { active.insert(key) } else { active.remove(key) }
            lines.append((Line(time: time, key: key, to: truth ? "active" : "inactive"), order))
        }
        var newest: [String: Int] = [:]
        func judgeBetween(_ key: String, upTo end: Int, inclusive: Bool, _ count: Int) {
            guard let every, let last = newest[key] else { return }
            var time = (last / every + 1) * every
            while time < end || inclusive && time == end {
                judge(key, time, count, order: -1)
                time += every
            }
        }
        for (index, row) in rows.enumerated() {
            judgeBetween(row.key, upTo: row.time, inclusive: false, index)
            judge(row.key, row.time, index + 1, order: index)
            newest[row.key] = row.time
        }
        let end = rows.map(\.time).max() ?? 0
        for key in newest.keys.sorted() {
            judgeBetween(key, upTo: end, inclusive: true, rows.count)
        }
        return lines.sorted {
            ($0.line.time, $0.order, $0.line.key) < ($1.line.time, $1.order, $1.line.key)
        }
        .map(\.line)
    }
}
