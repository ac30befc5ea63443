import CZlib
import TestSupport
import Testing

@testable import Daemon

@Suite struct InflaterTests {
    private func packed(_ bytes: [UInt8]) -> [UInt8] {
        var size = compressBound(UInt(bytes.count))
        var packed = [UInt8](repeating: 0, count: Int(size))
        let code = compress2(&packed, &size, bytes, UInt(bytes.count), 6)
        precondition(code == Z_OK, "zlib packs what it is given.")
        return Array(packed[..<Int(size)])
    }

    private func inflated(
        _ packed: [UInt8], _ inflater: inout Inflater
    ) throws(Inflater.Failure) -> [UInt8] {
        // Typed throws do not pass through the closure.
        var outcome: Result<[UInt8], Inflater.Failure> = .success([])
        packed.withUnsafeBytes { bytes in
            do throws(Inflater.Failure) {
                outcome = .success(Array(try inflater.inflate(bytes)))
            } catch { outcome = .failure(error) }
        }
        return try outcome.get()
    }

    @Test(arguments: [0, 1, 100, 65_535, 65_536, 65_537, 1_000_000])
    func whatWasPackedComesOut(count: Int) throws {
        var inflater = Inflater(limit: 1_000_000)
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 % 251) }
        for _ in 0..<3 { #expect(try inflated(packed(bytes), &inflater) == bytes) }
    }

    /// A bomb is refused at the limit, and the next payload is not touched by it.
    @Test func aBombIsRefusedAtTheLimit() throws {
        var inflater = Inflater(limit: 100_000)
        let exact = [UInt8](repeating: 65, count: 100_000)
        #expect(try inflated(packed(exact), &inflater) == exact)
        for size in [100_001, 50_000_000] {
            let bomb = packed([UInt8](repeating: 65, count: size))
            do {
                _ = try inflated(bomb, &inflater)
                Issue.record("\(size) bytes passed")
            } catch Inflater.Failure.tooLarge {} catch { Issue.record("\(error)") }
        }
        #expect(try inflated(packed([1, 2]), &inflater) == [1, 2])
    }

    /// Every cut and every changed byte is refused or gives what was packed, and never more.
    @Test func damageIsToldAndTotal() throws {
        var inflater = Inflater(limit: 4096)
        let bytes = Array("{\"level\": 5.25, \"station\": \"KE-001\"}".utf8)
        let good = packed(bytes)
        for cut in 0..<good.count {
            #expect(throws: Inflater.Failure.self) {
                try inflated(Array(good[..<cut]), &inflater)
            }
        }
        #expect(throws: Inflater.Failure.self) { try inflated(good + [0], &inflater) }
        for index in good.indices {
            for bit in 0..<8 {
                var bad = good
                bad[index] ^= 1 << UInt8(bit)
                if let out = try? inflated(bad, &inflater) { #expect(out == bytes) }
            }
        }
        #expect(throws: Inflater.Failure.self) { try inflated(bytes, &inflater) }
    }
}
