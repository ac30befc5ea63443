import TestSupport
import Testing

@testable import Evaluation

/// The table of keys beside a dictionary.
@Suite struct KeyTableTests {
    /// A key of up to 40 bytes; short ones often come again.
    private func key(_ random: inout Seeded) -> [UInt8] {
        let length = random.chance(0.5) ? random.int(0...2) : random.int(0...40)
        return (0..<length).map { _ in UInt8(random.int(0...7)) }
    }

    @Test func agreesWithADictionary() {
        for seed in 0..<20 {
            var random = Seeded(UInt64(seed))
            var table = KeyTable()
            var model: [[UInt8]: Int] = [:]
            for _ in 0..<1_000 {
                let key = key(&random)
                let index = key.withUnsafeBytes { bytes in
                    let hash = KeyTable.hash(bytes)
                    let found = table.find(bytes, hash: hash)
                    #expect(found == model[key], "seed \(seed): \(key)")
                    return found ?? table.insert(bytes, hash: hash)
                }
                // Indexes are dense, in order of arrival, and stay.
                let expected = model[key] ?? model.count
                #expect(index == expected)
                model[key] = expected
                #expect(table.count == model.count)
            }
            for (key, index) in model { #expect(table.bytes(of: index) == key) }
        }
    }

    /// All keys fall on one place and have one tag: only their bytes tell them apart.
    @Test func keysOfEqualHashAreToldApart() {
        var table = KeyTable()
        let keys = (0..<40).map { [UInt8]("station-".utf8) + [UInt8($0), 0, UInt8($0 % 2)] }
        for hash in [0, UInt64.max] {
            table = KeyTable()
            for (index, key) in keys.enumerated() {
                key.withUnsafeBytes { bytes in
                    #expect(table.find(bytes, hash: hash) == nil)
                    #expect(table.insert(bytes, hash: hash) == index)
                }
            }
            for (index, key) in keys.enumerated() {
                #expect(key.withUnsafeBytes { table.find($0, hash: hash) } == index)
                // A key that only begins like a known one, or goes on behind it, is another.
                #expect((key + [0]).withUnsafeBytes { table.find($0, hash: hash) } == nil)
                #expect(key.dropLast().withUnsafeBytes { table.find($0, hash: hash) } == nil)
            }
        }
    }

    @Test func manyKeysAreAllFoundAgain() {
        var table = KeyTable()
        for number in UInt64(0)..<20_000 {
            withUnsafeBytes(of: number) { bytes in
                #expect(table.insert(bytes, hash: KeyTable.hash(bytes)) == Int(number))
            }
        }
        let lost = (UInt64(0)..<20_000).filter { number in
            withUnsafeBytes(of: number) { bytes in
                table.find(bytes, hash: KeyTable.hash(bytes)) != Int(number)
            }
        }
        #expect(lost.isEmpty)
        let strangers = (UInt64(20_000)..<40_000).filter { number in
            withUnsafeBytes(of: number) { bytes in
                table.find(bytes, hash: KeyTable.hash(bytes)) != nil
            }
        }
        #expect(strangers.isEmpty)
    }

    /// Every byte of a key and its length count, however long the key is.
    @Test func theHashSeesEveryByte() {
        for length in 0...33 {
            let key = (0..<length).map { UInt8($0) }
            let hash = key.withUnsafeBytes { KeyTable.hash($0) }
            #expect((key + [0]).withUnsafeBytes { KeyTable.hash($0) } != hash)
            for index in key.indices {
                var other = key
                other[index] ^= 0x80
                #expect(other.withUnsafeBytes { KeyTable.hash($0) } != hash, "\(index)/\(length)")
            }
        }
    }

    /// An empty buffer may have an address or not: it is the same key, also after the table grew.
    @Test func anEmptyKeyIsFoundWhereverItLies() {
        var table = KeyTable()
        let nowhere = UnsafeRawBufferPointer(start: nil, count: 0)
        #expect(table.insert(nowhere, hash: KeyTable.hash(nowhere)) == 0)
        for number in UInt64(0)..<200 {
            withUnsafeBytes(of: number) { _ = table.insert($0, hash: KeyTable.hash($0)) }
        }
        #expect(table.find(nowhere, hash: KeyTable.hash(nowhere)) == 0)
        withUnsafeBytes(of: UInt64(7)) { bytes in
            let somewhere = UnsafeRawBufferPointer(start: bytes.baseAddress, count: 0)
            #expect(table.find(somewhere, hash: KeyTable.hash(somewhere)) == 0)
        }
    }
}
