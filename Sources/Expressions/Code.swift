/// The memory of a program: its instructions and its text literals.
///
/// `@unchecked Sendable` because nothing writes to it between `init` and `deinit`: what threads
/// share is constant. It is a class so that the addresses in it stay valid for as long as any
/// program or condition that uses them.
@safe
@usableFromInline
final class Code: @unchecked Sendable {
    /// What a run reads. It lies in memory of its own, so that a condition can hold its address and
    /// run without touching a reference count, which would cost more than the run.
    @unsafe
    @usableFromInline
    struct View {
        let instructions: UnsafeMutablePointer<Instruction>
        let count: Int
        let pool: UnsafeMutableRawPointer
        /// Whether numbers that are not finite are UNKNOWN.
        let isRuled: Bool
        /// Whether a run puts text together and must start with an empty arena.
        let buildsText: Bool
    }

    let view: UnsafeMutablePointer<View>
    /// The tables whose addresses stand in the instructions.
    private let tables: [Table]

    init(_ steps: [Instruction], pool bytes: [UInt8], mode: Mode, tables: [Table] = []) {
        self.tables = tables
        let instructions = UnsafeMutablePointer<Instruction>.allocate(
            capacity: max(steps.count, 1))
        for (index, step) in steps.enumerated() {
            unsafe (instructions + index).initialize(to: step)
        }
        let pool = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 8)
        for (index, byte) in bytes.enumerated() {
            unsafe pool.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
        }
        let buildsText = steps.contains { $0.opcode.buildsText }
        unsafe view = .allocate(capacity: 1)
        unsafe view.initialize(
            to: View(
                instructions: instructions, count: steps.count, pool: pool,
                isRuled: mode == .rule, buildsText: buildsText))
    }

    deinit {
        unsafe view.pointee.instructions.deallocate()
        unsafe view.pointee.pool.deallocate()
        unsafe view.deallocate()
    }
}
