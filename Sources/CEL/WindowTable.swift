public import Expressions
import Synchronization

/// The windows that the expressions of one rule ask for: each is a cell behind the stream's fields.
///
/// Equal calls are one window. It is shared by all expressions of the rule, which is why it is a
/// class.
public final class WindowTable: Sendable {
    /// Reads a length of time as the rule file writes it, in nanoseconds.
    public typealias Span = @Sendable (String) -> Int64?

    private let firstCell: Int
    private let calls = Mutex<[WindowCall]>([])
    let span: Span

    /// A table without windows; cells begin at `firstCell`.
    public init(firstCell: Int, span: @escaping Span) {
        self.firstCell = firstCell
        self.span = span
    }

    /// The windows in the order of their cells.
    public var windows: [WindowCall] { calls.withLock { $0 } }

    /// The cell of a window; nil when a row has no more of them.
    func cell(for call: WindowCall) -> Int? {
        calls.withLock { calls in
            if let known = calls.firstIndex(where: { $0.isSame(as: call) }) {
                return firstCell + known
            }
            guard firstCell + calls.count < Row.cellLimit else { return nil }
            calls.append(call)
            return firstCell + calls.count - 1
        }
    }
}
