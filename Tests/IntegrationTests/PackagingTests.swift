import Foundation
import Testing

extension RealBinaryTests {
    /// What `make install` leaves is what a Debian system expects to find.
    @Suite struct PackagingTests {
        /// Where Debian has programs that are not for everyone.
        private static func program(_ name: String) -> String? {
            ["/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/"].map { $0 + name }
                .first(where: FileManager.default.isExecutableFile(atPath:))
        }

        /// A test asks for a program, or is skipped, saying so.
        private static func has(_ name: String) -> Bool { program(name) != nil }

        private func run(
            _ name: String, _ arguments: [String], in folder: TestFolder,
            environment: [String: String] = [:]
        ) throws -> Finished {
            try RunningCommand(
                arguments, in: folder, executable: try #require(Self.program(name)),
                environment: environment
            ).wait(60)
        }

        /// `make install` or `make uninstall` into a folder of the test.
        private func make(_ target: String, in folder: TestFolder) throws {
            let binary = try Place.binary()
            let made = try run(
                "make",
                ["-C", Place.root.path, target, "DESTDIR=\(folder("root"))", "BINARY=\(binary)"],
                in: folder)
            #expect(made.code == 0, "\(made.errors)")
        }

        /// A copy of the unit whose commands are there.
        private func runnableUnit(in folder: TestFolder) throws -> String {
            let unit = Place.root.appendingPathComponent("systemd/tocsin.service")
            let text = try String(contentsOf: unit, encoding: .utf8)
                .replacing("=/usr/bin/tocsin", with: "=\(try Place.binary())")
            return try folder.write("tocsin.service", text)
        }

        /// It runs where Swift is not installed.
        @Test func theBinaryHoldsSwift() throws {
            let folder = try TestFolder()
            let needed = try run("ldd", [try Place.binary()], in: folder)
            #expect(needed.code == 0)
            #expect(needed.text.contains("libzmq.so") && needed.text.contains("libsqlite3.so"))
            #expect(!needed.text.contains("libswift") && !needed.text.contains("libFoundation"))
        }

        @Test(.enabled(if: has("systemd-analyze"), "systemd-analyze is not installed."))
        func theUnitIsWellFormed() throws {
            let folder = try TestFolder()
            let verified = try run(
                "systemd-analyze", ["verify", "--man=no", try runnableUnit(in: folder)], in: folder)
            #expect(verified.code == 0, "\(verified.errors)")
            #expect(!verified.errors.contains("tocsin.service"), "\(verified.errors)")
        }

        /// At most 1.3 of 10: what it may reach beside its network and its own folders is little.
        @Test(.enabled(if: has("systemd-analyze"), "systemd-analyze is not installed."))
        func theUnitIsHardened() throws {
            let folder = try TestFolder()
            let unit = Place.root.appendingPathComponent("systemd/tocsin.service").path
            let judged = try run(
                "systemd-analyze", ["security", "--offline=true", "--threshold=13", unit],
                in: folder)
            #expect(judged.code == 0, "\(judged.text.suffix(2000))")
        }

        /// The configuration that is shipped is good, in one form, and its rules are found.
        @Test func theShippedConfigurationIsGood() throws {
            let folder = try TestFolder()
            let file = Place.root.appendingPathComponent("systemd/tocsin.yaml").path
            let formatted = try tocsin(["fmt", "--check", file], in: folder)
            #expect(formatted.code == 0, "\(formatted.text)")
            let text = try String(contentsOfFile: file, encoding: .utf8)
            #expect(text.contains("rules: /usr/share/tocsin/rules"))
            try folder.write(
                "tocsin.yaml",
                text.replacing(
                    "/usr/share/tocsin/rules",
                    with: Place.root.appendingPathComponent("rules").path))
            let checked = try tocsin(["check", "--config", "tocsin.yaml"], in: folder)
            #expect(checked.code == 0, "\(checked.text)")
            #expect(checked.text.contains("no errors"), "\(checked.text)")
        }

        /// What is offered in the shipped configuration can be taken by uncommenting it.
        @Test func whatTheShippedConfigurationOffersIsGood() throws {
            let folder = try TestFolder()
            let text = try String(
                contentsOf: Place.root.appendingPathComponent("systemd/tocsin.yaml"),
                encoding: .utf8)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                let offers = ["# - {", "# publisher: ", "# control: "]
                guard offers.contains(where: line.hasPrefix) else { return String(line) }
                return (line.hasPrefix("# -") ? "  " : "") + line.dropFirst(2)
            }
            #expect(lines.contains { $0.contains("pattern: router, carries: reports") })
            let rules = Place.root.appendingPathComponent("rules").path
            try folder.write(
                "tocsin.yaml",
                lines.joined(separator: "\n").replacing("/usr/share/tocsin/rules", with: rules))
            let checked = try tocsin(["check", "--config", "tocsin.yaml"], in: folder)
            #expect(checked.code == 0, "\(checked.text)")
        }

        /// What ExecStartPre asks: mistakes of the configuration and of its rules, told alike.
        @Test func aConfigurationIsCheckedWithItsRules() throws {
            let daemon = try TestDaemon(rules: StopTests.rules)
            let arguments = ["check", "--config", "tocsin.yaml"]
            #expect(try tocsin(arguments, in: daemon.folder).code == 0)
            try daemon.write(rules: StopTests.rules.replacing("v > 1.0", with: "w > 1.0"))
            var checked = try tocsin(arguments, in: daemon.folder)
            #expect(checked.code == 1 && checked.text.contains("rules.yaml:"), "\(checked.text)")
            let good = try daemon.configuration
            try daemon.folder.write("tocsin.yaml", good + "clok: wall\n")
            checked = try tocsin(arguments, in: daemon.folder)
            #expect(checked.code == 1 && checked.text.contains("tocsin.yaml:"), "\(checked.text)")
            try daemon.folder.write("tocsin.yaml", good.replacing("rules/", with: "nowhere/"))
            #expect(try tocsin(arguments, in: daemon.folder).code == 78)
            #expect(
                try tocsin(["check", "--config", "absent.yaml"], in: daemon.folder).code == 78)
            #expect(try tocsin(["check"], in: daemon.folder).code == 2)
            #expect(try tocsin(["check", "rules"] + arguments[1...], in: daemon.folder).code == 2)
        }

        /// A warning is told, and keeps a daemon from starting only where it is asked to.
        @Test func warningsMayBeAllowed() throws {
            let rules = StopTests.rules.replacing("fields:", with: "expect: 1h\n    fields:")
                .replacing("when: v > 1.0", with: "when: m > 1.0")
                .replacing("by: [k]", with: "by: [k]\n    let: {m: \"avg(v, '1m')\"}")
            let daemon = try TestDaemon(rules: rules)
            let arguments = ["check", "--config", "tocsin.yaml"]
            let strict = try tocsin(arguments, in: daemon.folder)
            #expect(strict.code == 1 && strict.text.contains("1 warning."), "\(strict.text)")
            let lenient = try tocsin(arguments + ["--allow-warnings"], in: daemon.folder)
            #expect(lenient.code == 0 && lenient.text == strict.text)
        }

        @Test func itIsInstalledAndTakenAway() throws {
            let folder = try TestFolder()
            let root = folder("root")
            let mine = "# mine\npublisher: me\n"
            try make("install", in: folder)
            let files = [
                "usr/bin/tocsin", "lib/systemd/system/tocsin.service", "etc/tocsin/tocsin.yaml",
                "usr/share/man/man1/tocsin.1", "usr/share/bash-completion/completions/tocsin",
                "usr/share/zsh/vendor-completions/_tocsin",
                "usr/share/fish/vendor_completions.d/tocsin.fish",
                "usr/share/tocsin/rules/river.yaml", "usr/share/tocsin/rules/tables/gauges.csv",
            ].map { "\(root)/\($0)" }
            for file in files {
                let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
                #expect(try #require(size) > 0, "\(file)")
            }
            // The commands of the unit, and the folders it is given, are where the tree has them.
            let unit = try String(contentsOfFile: files[1], encoding: .utf8)
            for line in unit.split(separator: "\n") where line.hasPrefix("ExecStart") {
                let words = line.split(separator: "=", maxSplits: 1)[1].split(separator: " ")
                #expect(FileManager.default.isExecutableFile(atPath: "\(root)\(words[0])"))
                let file = words.first { $0.hasSuffix(".yaml") }
                #expect(FileManager.default.fileExists(atPath: "\(root)\(try #require(file))"))
            }
            let version = try RunningCommand(["--version"], in: folder, executable: files[0])
            #expect(try version.wait(10).code == 0)
            // What the operator changed stays, through another install and the end.
            try mine.write(toFile: files[2], atomically: true, encoding: .utf8)
            try make("install", in: folder)
            try make("uninstall", in: folder)
            #expect(try String(contentsOfFile: files[2], encoding: .utf8) == mine)
            for file in files where file != files[2] {
                #expect(!FileManager.default.fileExists(atPath: file), "\(file)")
            }
        }

        @Test func theManualPageRenders() throws {
            let folder = try TestFolder()
            let page = try tocsin(["manual"], in: folder)
            #expect(page.code == 0)
            let file = try folder.write("tocsin.1", page.text)
            // Whatever is here to render it; a page that all of them refuse is found by one.
            if Self.has("mandoc") {
                let lint = try run("mandoc", ["-T", "lint", "-W", "error", file], in: folder)
                #expect(lint.code == 0, "\(lint.text)")
            }
            guard Self.has("groff") else { return }
            let shown = try run(
                "groff", ["-man", "-T", "utf8", "-ww", "-K", "utf8", "-P-cbou", file], in: folder)
            #expect(shown.code == 0 && shown.errors.isEmpty, "\(shown.errors)")
            for word in ["NAME", "SYNOPSIS", "tocsin backtest", "--log-level", "EXIT STATUS"] {
                #expect(shown.text.contains(word), "\(word)")
            }
            #expect(!shown.text.contains("journal-socket"))
        }

        @Test(arguments: ["bash", "zsh", "fish"])
        func completionsAreScripts(shell: String) throws {
            let folder = try TestFolder()
            let script = try tocsin(["--generate-completion-script", shell], in: folder)
            #expect(script.code == 0 && script.text.contains("backtest"))
            guard Self.has(shell) else { return }
            let file = try folder.write("completions", script.text)
            let read = try run(shell, ["-n", file], in: folder)
            #expect(read.code == 0, "\(read.errors)")
        }
    }
}
