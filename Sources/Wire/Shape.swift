internal import Events

// A shape is the form that documents of a stream have had: the literal bytes between values, and
// what each value is. A document is decoded by it in one pass, if it has the same form:
//
//   {"source":"  text→0  ","value":  double→1  ,"time":"  time  "}
//
// Literals are compared eight bytes at a time; values are parsed in place and checked as strictly as
// the scanner does, also those of members that are not declared. At the first surprise the document
// goes to the scanner, whose answer is the only one: a shape never refuses a document.

/// What stands behind a step's literal.
enum ShapeStepKind: UInt8 {
    /// Nothing: the literal goes on in the next step.
    case nothing
    /// Nothing: the document is over.
    case end
    /// A number of a double field; null leaves it unknown.
    case double
    /// The same, of a field with a valid range or missing values.
    case rangedDouble
    /// A number of an int field; null leaves it unknown.
    case integer
    /// The inside of a string field's value; the literal ends with the quote.
    case text
    /// The same, of a field with missing values.
    case checkedText
    /// `true` or `false` of a bool field; null leaves it unknown.
    case bool
    /// The inside of an RFC 3339 time; the literal ends with the quote.
    case time
    /// A number of units since 1970; null leaves a field unknown.
    case epoch
    /// A declared value in need of more thought: noted in its slot, judged at the end.
    case noted
    /// The inside of a string that is not declared.
    case skippedText
    /// A number that is not declared.
    case skippedNumber
    /// Any other value that is not declared.
    case skippedValue
    /// A value where a declared path goes on: it has no object there, and is skipped.
    case skippedStump
    /// The inside of the topic member, declared as a string field or not.
    case topic
}

/// One literal of at most sixteen bytes and the value behind it.
struct ShapeStep: BitwiseCopyable {
    /// The literal's bytes, and what of them counts.
    var first: UInt64 = 0
    var firstMask: UInt64 = 0
    var second: UInt64 = 0
    var secondMask: UInt64 = 0
    /// Bytes of the literal.
    var length: Int32 = 0
    /// Bytes that must be readable from the literal's start, for its words and the value's.
    var reach: Int32 = 0
    var kind: ShapeStepKind
    /// The first byte of the next literal.
    var next: UInt8 = 0
    /// The field, -1 when it is none.
    var field: Int8 = -1
    /// Whether the value is the event's time.
    var isEventTime = false
    /// Containers around the value, and the slot it is noted in.
    var depth: Int16 = 0
    var slot: Int16 = -1
    /// The field's bit in the presence.
    var bit: UInt64 = 0
    /// Nanoseconds of a unit of an epoch time.
    var unit: Int64 = 0

    /// Whether the literal stands at `place`; `reach` bytes from there must be readable.
    @inline(__always)
    static func matches(_ step: UnsafePointer<ShapeStep>, _ place: UnsafeRawPointer) -> Bool {
        let first = (Word.load(place) ^ step.pointee.first) & step.pointee.firstMask
        let second = (Word.load(place + 8) ^ step.pointee.second) & step.pointee.secondMask
        return first | second == 0
    }
}

/// One learned form.
struct Shape: BitwiseCopyable {
    static let stepCapacity = 320

    var steps: UnsafeMutablePointer<ShapeStep>?
    /// Whether it may be used.
    var isValid = false
    /// Whether its literals hold a newline.
    var spansLines = false
    /// Whether it was learned from documents that name their topic.
    var checksTopic = false
    /// Fields judged at the end.
    var notedFields: UInt64 = 0
    var notesTime = false
}

/// The shapes of one stream, the one that fitted last first.
///
/// Learning is bounded: each shape learned doubles the number of misses until the next is, each hit
/// takes one off, so that documents without a lasting form cost a scan and no more.
struct ShapeSet: BitwiseCopyable {
    static let count = 4
    private static let longestInterval = 4096

    /// As many as `count`.
    let shapes: UnsafeMutablePointer<Shape>
    private var misses = 0
    private var interval = 1

    init(memory: inout Allocations) {
        shapes = memory.make(Shape.self, count: ShapeSet.count)
        for index in 0..<ShapeSet.count { shapes[index] = Shape() }
    }

    /// So many documents were decoded by a shape.
    mutating func hit(_ count: Int) {
        interval = max(1, interval - count)
    }

    /// A document had to be scanned: whether the next shape is to be learned from it.
    mutating func isTimeToLearn() -> Bool {
        misses += 1
        guard misses >= interval else { return false }
        misses = 0
        interval = min(interval * 2, ShapeSet.longestInterval)
        return true
    }

    /// The shape at `index` is the latest.
    func moveToFront(_ index: Int) {
        let latest = shapes[index]
        var index = index
        while index > 0 {
            shapes[index] = shapes[index - 1]
            index -= 1
        }
        shapes[0] = latest
    }
}

extension ShapeStepKind {
    /// Whether the step's literal ends with the opening quote of its value.
    var isInsideQuotes: Bool {
        switch self {
        case .text, .checkedText, .time, .skippedText, .topic: true
        case .nothing, .end, .double, .rangedDouble, .integer, .bool, .epoch, .noted,
            .skippedNumber, .skippedValue, .skippedStump:
            false
        }
    }
}
