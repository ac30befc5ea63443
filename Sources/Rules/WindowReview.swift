import CEL
import Events
import Expressions

/// Finds windows that hold one row at most, because a reading is due less often than that, and those
/// that hold more than a window may.
///
/// A window is `(t - d, t]`, so of rows one `expect` apart it holds a second one only where d is
/// longer than that. Findings are warnings: rows may come more often than is promised.
struct WindowReview {
    /// The stream's nominal interval, nanoseconds.
    let expect: Int64

    /// Tells which windows of an expression are too short.
    func review(_ sites: [WindowSite], in expression: ExpressionText) {
        for site in sites {
            guard let message = complaint(site) else { continue }
            let least = TimeSpan(nanoseconds: expect)
            let example = TimeSpan(nanoseconds: expect * 3)
            let hint =
                site.length <= expect
                ? "look back further, as in '\(example)'" : "look back less far"
            expression.warn(
                Problem(
                    range: site.range, message: message,
                    hint: "the stream's `expect` is \(least): \(hint)"))
        }
    }

    private func complaint(_ site: WindowSite) -> String? {
        if site.aggregate.minimumRows > 1, site.length <= expect {
            return "this window holds at most one row and `\(site.aggregate.rawValue)` needs two: "
                + "it stays UNKNOWN"
        }
        if site.length < expect { return "this window holds at most one row" }
        let rows = site.length / expect
        guard rows > Limits.rowsPerWindow else { return nil }
        return "this window holds \(rows) rows, more than \(Limits.rowsPerWindow): it stays UNKNOWN"
    }
}
