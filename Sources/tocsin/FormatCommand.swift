import ArgumentParser
import Daemon
import Foundation
import Rules

/// `tocsin fmt`: rule files, tests and `tocsin.yaml` in one form.
struct FormatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt",
        abstract: "Format rule files, their tests and tocsin.yaml.",
        discussion: """
            Puts keys in the order of the reference, indents by two, and gives expressions the \
            quotes they need. Comments stay with what they belong to, and values, lists and names \
            (streams, fields, levels, let) as they are. A file with errors is told and left alone.

            EXAMPLE
              tocsin fmt rules/ rules/_guide tocsin.yaml
              tocsin fmt --check rules/
              tocsin fmt - < rules/river.yaml

            EXIT STATUS
              0 all is formatted, 1 a file has errors or (with --check) would change, 78 a file \
            cannot be read or written.
            """)

    @Argument(
        help: "Files, or folders of them; - reads standard input and writes standard output.")
    var paths: [String]

    @Flag(help: "Write nothing; tell which files would change, and where first.")
    var check = false

    func validate() throws {
        guard paths.count == 1 || !paths.contains("-") else {
            throw ValidationError("standard input (-) is formatted alone")
        }
    }

    func run() throws {
        if paths == ["-"] { return try runOnInput() }
        var files: [SourceFile] = []
        var seen: Set<String> = []
        for path in paths {
            files += try FormatFolder.files(at: path).filter { seen.insert($0.path).inserted }
        }
        var isWrong = false
        for file in files {
            guard let result = try formatted(file) else {
                isWrong = true
                continue
            }
            guard result != file.bytes else { continue }
            if check {
                isWrong = true
                try tell(file, result)
            } else {
                try AtomicFile(path: file.path).replace(with: result)
                try Output.line(file.path)
            }
        }
        if isWrong { throw ExitCode(ExitStatus.wrong.rawValue) }
    }

    private func runOnInput() throws {
        guard let data = try? FileHandle.standardInput.readToEnd() ?? Data() else {
            throw CommandFailure(.configuration, "cannot read standard input")
        }
        let file = SourceFile(path: "-", bytes: Array(data))
        guard let result = try formatted(file) else { throw ExitCode(ExitStatus.wrong.rawValue) }
        guard check else { return try Output.write(result) }
        guard result != file.bytes else { return }
        try tell(file, result)
        throw ExitCode(ExitStatus.wrong.rawValue)
    }

    /// The file as it should be; nil when it cannot be, which is told.
    private func formatted(_ file: SourceFile) throws -> [UInt8]? {
        switch FileFormatter(FormatFolder.vocabulary(of: file)).format(file) {
        case .formatted(let bytes): return bytes
        case .refused(let diagnostics):
            try DiagnosticPrinter(toError: true).print(diagnostics)
            return nil
        }
    }

    /// Tells where a file would change first.
    private func tell(_ file: SourceFile, _ result: [UInt8]) throws {
        let old = file.bytes.split(separator: 10, omittingEmptySubsequences: false)
        let new = result.split(separator: 10, omittingEmptySubsequences: false)
        let same = zip(old, new).prefix { $0 == $1 }.count
        var text = "\(file.path):\(same + 1): would change"
        for (sign, lines) in [("-", old), ("+", new)] where same < lines.count {
            text += "\n  \(sign) \(String(decoding: lines[same], as: UTF8.self))"
        }
        try Output.line(text)
    }
}
