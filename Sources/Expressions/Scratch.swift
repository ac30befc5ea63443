/// The working memory of programs: registers, and room for text that a program puts together.
///
/// A thread makes one and hands it to every run, so that a run allocates nothing. It is a class
/// because its memory must keep its address; it is not `Sendable` because two runs must not share
/// it at the same time.
@safe
public final class Scratch {
    // The class owns both buffers: allocated here, freed in deinit, never handed out beyond a run.
    let registers: UnsafeMutablePointer<Register>
    let text: UnsafeMutableRawPointer
    let textLimit: Int
    /// Bytes of `text` in use by the current run.
    var textUsed = 0

    /// Working memory with room for `textLimit` bytes of text a run; a text that does not fit is
    /// UNKNOWN.
    public init(textLimit: Int = 4096) {
        precondition(textLimit >= 0, "a limit is not negative")
        unsafe registers = .allocate(capacity: Program.registerLimit)
        unsafe registers.initialize(repeating: .unknown, count: Program.registerLimit)
        unsafe text = .allocate(byteCount: max(textLimit, 1), alignment: 8)
        self.textLimit = textLimit
    }

    deinit {
        unsafe registers.deallocate()
        unsafe text.deallocate()
    }

    /// Room for `count` bytes of text, or nil when the run has used up its share.
    @unsafe
    func reserveText(_ count: Int) -> UnsafeMutableRawPointer? {
        guard count <= textLimit - textUsed else { return nil }
        defer { textUsed += count }
        return unsafe text + textUsed
    }
}

/// One value during a run.
struct Register {
    /// Double bits, Int64, 0 or 1, nanoseconds, or the address of text. Zero when UNKNOWN.
    var bits: UInt64
    /// Length of text in bytes, zero for anything else, -1 when UNKNOWN.
    var size: Int

    static let unknown = Register(bits: 0, size: -1)

    @inline(__always)
    init(bits: UInt64, size: Int) {
        self.bits = bits
        self.size = size
    }

    @inline(__always)
    init(_ value: Int64) { self.init(bits: UInt64(bitPattern: value), size: 0) }

    @inline(__always)
    init(_ value: Bool) { self.init(bits: value ? 1 : 0, size: 0) }

    // Boolean operations have no branches: data decides them, and would mispredict.

    /// 1 for a Boolean that is UNKNOWN.
    @inline(__always)
    private var doubt: UInt64 { UInt64(bitPattern: Int64(size)) & 1 }

    @inline(__always)
    private init(yes: UInt64, maybe: UInt64) {
        self.init(bits: yes, size: -Int(truncatingIfNeeded: yes ^ maybe))
    }

    /// Kleene AND.
    @inline(__always)
    static func && (left: Register, right: Register) -> Register {
        Register(
            yes: left.bits & right.bits,
            maybe: (left.bits | left.doubt) & (right.bits | right.doubt))
    }

    /// Kleene OR.
    @inline(__always)
    static func || (left: Register, right: Register) -> Register {
        Register(
            yes: left.bits | right.bits,
            maybe: left.bits | left.doubt | right.bits | right.doubt)
    }

    /// Kleene NOT.
    @inline(__always)
    static prefix func ! (operand: Register) -> Register {
        Register(bits: (operand.bits ^ 1) & ~operand.doubt, size: operand.size)
    }

    @inline(__always)
    var isKnown: Bool { size >= 0 }

    @inline(__always)
    var int: Int64 { Int64(bitPattern: bits) }

    @inline(__always)
    var double: Double { Double(bitPattern: bits) }

    /// Of a Boolean register.
    @inline(__always)
    var truth: Truth { size < 0 ? .unknown : (bits == 0 ? .no : .yes) }

    /// Of a text register: its bytes, which outlive the run's use of them.
    @inline(__always)
    @unsafe
    var text: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(
            start: UnsafeRawPointer(bitPattern: UInt(bits)), count: max(size, 0))
    }
}
