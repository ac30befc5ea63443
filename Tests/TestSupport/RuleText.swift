package import Evaluation
import Events
import Rules

/// Rules written in a test as an author would write them.
package enum RuleText {
    /// What the rule compiler said.
    package struct Refused: Error, CustomStringConvertible {
        package let description: String
    }

    /// The plan of one rule file, which may name tables among `files`.
    package static func plan(
        _ text: String, generation: UInt32 = 1, maximumKeys: Int = Limits.keysPerRule,
        files: [String: String] = [:]
    ) throws -> Plan {
        let file = SourceFile(path: "rules.yaml", bytes: Array(text.utf8))
        switch RuleSet.compile(
            [file], generation: generation, maximumKeys: maximumKeys, digest: digest,
            read: { path in
                files[path].map { .bytes(Array($0.utf8)) } ?? .problem("there is no file \(path)")
            })
        {
        case .compiled(let plan, _): return plan
        case .refused(let diagnostics):
            throw Refused(
                description: diagnostics.map { $0.rendered(colour: false) }.joined(separator: "\n"))
        }
    }

    /// Stands in for SHA-256, which belongs to the edge: 32 bytes, different for different input as
    /// far as tests go.
    package static let digest: @Sendable ([UInt8]) -> [UInt8] = { bytes in
        var result: [UInt8] = []
        for lane in 0..<4 {
            var state: UInt64 = 0xCBF2_9CE4_8422_2325 &+ UInt64(lane) &* 0x9E37_79B9_7F4A_7C15
            for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
            state ^= state >> 29
            for shift in stride(from: 0, to: 64, by: 8) {
                result.append(UInt8(truncatingIfNeeded: state >> UInt64(shift)))
            }
        }
        return result
    }
}
