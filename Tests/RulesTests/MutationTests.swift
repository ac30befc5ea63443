import Testing

@testable import Rules

/// Whatever the bytes, compiling them ends in a plan or in diagnostics with places in the file.
@Suite struct MutationTests {
    private static let good = """
        version: 1
        streams:
          river:
            time: {path: a.b, unit: ms}
            source: station
            fields: &f {station: string, "level": {type: double, unit: m, valid: [-5, .inf], missing: [-9]}}
          other: {topic: o, fields: *f}
        rules:
          - rule: high
            title: "R\\u00e9 'x' \\"y\\""
            on: river
            where: 'station != ''a'''
            by: [station]
            let: {g: "level - 0.5"}
            levels:
              watch: {when: level >= 3.0, clear: level < 2.8, severity: minor}
              warning: {when: g >= 4.0, severity: severe, for: {readings: 3}}
            clear_for: 1h
            no_data: {after: 45m, do: alert, severity: minor}
            area: {code: station}
            labels: {l: "station"}
            message: {en: {headline: "${title} ${fixed(level, 2)}"}}
          - rule: low
            on: other
            when: >-
              level < 1.0 ||
              station in ['a', 'b']
            severity: minor # end

        """

    private func run(_ bytes: [UInt8]) {
        let file = SourceFile(path: "f", bytes: bytes)
        switch RuleSet.compile([file], generation: 1, digest: digest) {
        case .compiled: break
        case .refused(let diagnostics):
            #expect(!diagnostics.isEmpty)
            for diagnostic in diagnostics {
                #expect(diagnostic.line >= 1 && diagnostic.column >= 1)
                #expect(diagnostic.caretLength >= 1)
                #expect(!diagnostic.rendered(colour: false).isEmpty)
            }
        }
    }

    @Test func everyPrefixIsAnswered() {
        let bytes = Array(Self.good.utf8)
        if case .refused(let diagnostics) = compile(Self.good) {
            Issue.record("\(diagnostics.map { $0.rendered(colour: false) })")
        }
        for length in 0...bytes.count { run(Array(bytes[..<length])) }
    }

    @Test func everyMissingLineIsAnswered() {
        let lines = Self.good.split(separator: "\n", omittingEmptySubsequences: false)
        for index in lines.indices {
            var rest = lines
            rest.remove(at: index)
            run(Array(rest.joined(separator: "\n").utf8))
            rest = lines
            rest.insert(lines[index], at: index)
            run(Array(rest.joined(separator: "\n").utf8))
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func mutationsAreAnswered(_ seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        func next(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
        let good = Array(Self.good.utf8)
        let interesting =
            Array("{}[]:,&*!|>'\"#-? \n\t$%@`<\\~.0".utf8) + [0, 0x7F, 0xC3, 0xE2, 0xFF]
        for _ in 0..<500 {
            var bytes = good
            for _ in 0...next(4) {
                let at = next(bytes.count)
                switch next(5) {
                case 0: bytes[at] = UInt8(next(256))
                case 1: bytes[at] = interesting[next(interesting.count)]
                case 2: bytes.insert(interesting[next(interesting.count)], at: at)
                case 3: bytes.removeSubrange(at..<min(bytes.count, at + 1 + next(12)))
                default:
                    let from = next(good.count)
                    bytes.insert(contentsOf: good[from..<min(good.count, from + next(40))], at: at)
                }
                if bytes.isEmpty { bytes = good }
            }
            run(bytes)
        }
    }
}
