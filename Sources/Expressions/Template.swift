/// The text of a message with programs in it.
///
/// Rendering lives here, without syntax, so that what runs beside the hot path sees no parser.
public struct Template: Sendable {
    /// A piece of the text.
    public enum Segment: Sendable {
        /// Text as it stands.
        case text(String)
        /// The value of a program.
        case program(Program)
    }

    /// The pieces in order.
    public let segments: [Segment]

    /// A template of pieces.
    public init(_ segments: [Segment]) { self.segments = segments }

    /// The text for one row; what is UNKNOWN is shown as `?`.
    public func render(_ row: Row, _ scratch: Scratch) -> String {
        var result = ""
        for segment in segments {
            switch segment {
            case .text(let text): result += text
            case .program(let program): result += program.value(row, scratch).description
            }
        }
        return result
    }
}
