import ArgumentParser
import Testing

@testable import tocsin

@Suite("Exit codes")
struct EndingTests {
    @Test(
        "what cannot be understood is 2",
        arguments: [
            ["watch", "--nonsense"], ["watch", "--count", "0"], ["watch", "--from", "nowhere"],
            ["publish", "f", "--to", "tcp://127.0.0.1:1"], ["watch", "--timeout", "soon"],
            ["publish", "f", "--to", "tcp://*:1", "--topic", "t"], ["frobnicate"],
            ["publish", "f", "--to", "tcp://h:1", "--topic", "t", "--speed", "0"],
            ["publish", "f", "--to", "ipc:///a", "--topic", "t", "--speed", "recorded"],
            ["publish", "f", "--to", "ipc:///a", "--frames", "--topic", "t"],
            ["publish", "f", "--to", "ipc:///a", "--frames", "--batch", "2"],
            ["publish", "f", "--to", "ipc:///a", "--topic", "t", "--ack", "--pattern", "pub"],
            ["publish", "f", "--to", "ipc:///a", "--topic", "t", "--ack", "--bind"],
            ["report", "--set", "a=1"], ["report", "--stream", "s", "--set", "a"],
            ["report", "--stream", "s", "--set", "a=1", "--time", "noon"],
            ["dead-letters", "--reason", "typo"],
            ["status", "--state", "a", "--control", "ipc:///b"], ["watch", "--since", "0"],
        ])
    func usage(arguments: [String]) {
        do {
            _ = try Tocsin.parseAsRoot(arguments)
            Issue.record("\(arguments) was understood")
        } catch {
            let ending = Ending(of: error)
            #expect(ending.code == 2)
            #expect(!ending.isOutput && !ending.text.isEmpty)
        }
    }

    @Test("help and version are output and 0; help has an example each")
    func help() {
        for arguments in [
            ["publish"], ["report"], ["watch"], ["incidents"], ["status"], ["dead-letters"], [],
        ] {
            do {
                var command = try Tocsin.parseAsRoot(arguments + ["--help"])
                try command.run()
                Issue.record("no help for \(arguments)")
            } catch {
                let ending = Ending(of: error)
                #expect(ending.code == 0 && ending.isOutput)
                #expect(ending.text.contains("EXAMPLE\n  ") && ending.text.contains("tocsin "))
            }
        }
    }

    @Test("our own failures keep their code")
    func own() {
        let failure = CommandFailure(.configuration, "the port is taken", hint: "take another")
        let ending = Ending(of: failure)
        #expect(ending.code == 78)
        #expect(ending.text == "tocsin: the port is taken\n        take another")
        #expect(Ending(of: OutputClosed()).code == 0)
        #expect(Ending(of: CommandFailure(.timedOut, "late")).code == 3)
    }

    @Test("lengths of time")
    func durations() throws {
        #expect(try Arguments.duration("5") == .seconds(5))
        #expect(try Arguments.duration("0.5") == .milliseconds(500))
        #expect(try Arguments.duration("1m30s") == .seconds(90))
        #expect(throws: (any Error).self) { try Arguments.duration("-1") }
    }
}
