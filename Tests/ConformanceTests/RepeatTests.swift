import Foundation
import Testing

/// Same input, same output, byte for byte: twice in one process, and in two processes.
@Suite struct RepeatTests {
    private static let rules = """
        version: 1
        streams:
          s: {time: {path: t, unit: s}, expect: 30s, fields: {k: string, kind: string, value: double}}
        rules:
          - rule: high
            on: s
            where: kind == 'a'
            by: k
            levels:
              low: {when: value > 40.0, clear: value < 35.0, severity: minor}
              top: {when: value > 70.0, severity: severe, for: 45s}
            clear_for: 20s
            no_data: {after: 3m, do: alert}
          - {rule: any, on: s, by: [kind, k], when: value > 55.0, severity: moderate, for: 1m}
        """

    private func lines() -> [String] {
        var state: UInt64 = 7
        return (0..<4000).map { index in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Double(state >> 40 & 0xFFFF) / 655.36
            let key = "k\(state >> 33 & 15)"
            let kind = state >> 20 & 1 == 0 ? "a" : "b"
            let time = index * 5 - Int(state >> 57) % 3
            let text = state >> 50 & 31 == 0 ? "null" : "\(value)"
            return "{\"t\":\(time),\"k\":\"\(key)\",\"kind\":\"\(kind)\",\"value\":\(text)}"
        }
    }

    @Test func twiceInOneProcess() throws {
        let rehearsal = try Rehearsal(RepeatTests.rules)
        let first = try rehearsal.run(lines()).map { "\($0)" }
        let second = try rehearsal.run(lines()).map { "\($0)" }
        #expect(first.count > 500)
        #expect(first == second)
    }

    @Test func inTwoProcesses() throws {
        let binary = try #require(Binary.path, "build the binary first: make build")
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("repeat-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let rules = folder.appendingPathComponent("rules.yaml")
        let input = folder.appendingPathComponent("input.jsonl")
        try RepeatTests.rules.write(to: rules, atomically: false, encoding: .utf8)
        try (lines().joined(separator: "\n") + "\n").write(
            to: input, atomically: false, encoding: .utf8)
        let outputs = try (0..<2).map { _ in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: binary)
            process.arguments = [
                "backtest", rules.path, "--input", input.path, "--topic", "s", "--json",
            ]
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            let data = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            return data
        }
        #expect(outputs[0].count > 50_000)
        #expect(outputs[0] == outputs[1])
    }
}

/// The binary under test: `TOCSIN_BINARY`, else the release build.
enum Binary {
    static var path: String? {
        if let path = ProcessInfo.processInfo.environment["TOCSIN_BINARY"] { return path }
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let path = folder.appendingPathComponent(".build/release/tocsin").path
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        return nil
    }
}
