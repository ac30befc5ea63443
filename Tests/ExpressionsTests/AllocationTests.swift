import Expressions
import Foundation
import Testing

/// A run allocates nothing: the promise that lets conditions stand on the hot path.
@Suite struct AllocationTests {
    /// Bytes that the C heap has handed out, all arenas together; nil where it cannot be asked.
    static func bytesInUse() -> Int? {
        #if os(Linux) && arch(x86_64)
            // struct mallinfo2 is ten words, returned through a pointer handed in front.
            typealias Function = @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer
            guard let symbol = dlsym(nil, "mallinfo2") else { return nil }
            var words = [Int](repeating: 0, count: 10)
            words.withUnsafeMutableBytes { buffer in
                guard let start = buffer.baseAddress else { return }
                _ = unsafeBitCast(symbol, to: Function.self)(start)
            }
            return words[7] + words[4]
        #else
            return nil
        #endif
    }

    /// A condition that takes every kind of instruction but `fixed`, joined text among them.
    static func condition() throws -> Condition {
        var builder = ProgramBuilder(mode: .rule)
        builder.load(0, .double, into: 0)
        builder.constant(.double(2), into: 1)
        builder.apply(.multiplyDouble, into: 0, 0, 1)
        builder.constant(.double(3), into: 1)
        builder.compare(.compareDouble, .greater, into: 0, 0, 1)
        builder.load(1, .string, into: 1)
        builder.constant(.string("-suffix"), into: 2)
        builder.apply(.concatenate, into: 1, 1, 2)
        builder.constant(.string("Jamuna-suffix"), into: 2)
        builder.compare(.compareText, .equal, into: 1, 1, 2)
        builder.apply(.and, into: 0, 0, 1)
        let program = try #require(builder.finish(.bool))
        return Condition(.general, program: program)
    }

    /// In a process of its own, because the heap is everybody's.
    @Test func aMillionRunsLeaveTheHeapAlone() async {
        await #expect(processExitsWith: .success) {
            let condition = try Self.condition()
            let scratch = Scratch()
            let owned = OwnedRow([.double(2), .string("Jamuna")])
            func run(_ count: Int) -> Int {
                var yes = 0
                for _ in 0..<count where condition.truth(owned.row, scratch) == .yes { yes += 1 }
                return yes
            }
            try #require(run(10) == 10)
            guard let before = Self.bytesInUse() else { return }
            try #require(run(1_000_000) == 1_000_000)
            let growth = (Self.bytesInUse() ?? 0) - before
            try #require(growth < 65_536, "the heap grew by \(growth) bytes")
        }
    }
}
