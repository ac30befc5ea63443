import Foundation

/// How a command ended.
struct Finished {
    let code: Int32
    let output: [UInt8]
    let errors: String

    var text: String { String(decoding: output, as: UTF8.self) }
    var lines: [String] { text.split(separator: "\n").map(String.init) }

    /// Each line as JSON.
    func documents() throws -> [JSONDocument] { try lines.map(JSONDocument.init(text:)) }
}

/// A process of a test. What it prints goes to files, so that it never waits for us.
final class RunningCommand {
    private let process = Process()
    private let ended = DispatchGroup()
    private let outputPath: String
    private let errorPath: String
    let pid: Int32

    /// Starts `tocsin` with arguments, or another executable.
    init(
        _ arguments: [String], in folder: TestFolder, executable: String? = nil,
        environment: [String: String] = [:], input: String? = nil
    ) throws {
        let name = UUID().uuidString.prefix(8)
        outputPath = folder("out-\(name)")
        errorPath = folder("err-\(name)")
        process.executableURL = URL(fileURLWithPath: try executable ?? Place.binary())
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        for path in [outputPath, errorPath] {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        process.standardOutput = FileHandle(forWritingAtPath: outputPath)
        process.standardError = FileHandle(forWritingAtPath: errorPath)
        process.standardInput =
            try input.map { text in
                FileHandle(forReadingAtPath: try folder.write("in-\(name)", text))
            } ?? FileHandle.nullDevice
        ended.enter()
        process.terminationHandler = { [ended] _ in ended.leave() }
        do { try process.run() } catch {
            ended.leave()
            throw error
        }
        pid = process.processIdentifier
    }

    deinit { end() }

    var isRunning: Bool { process.isRunning }

    /// What it printed so far.
    var output: [UInt8] { Array(FileManager.default.contents(atPath: outputPath) ?? Data()) }

    /// What it said on standard error so far.
    var errors: String {
        String(decoding: FileManager.default.contents(atPath: errorPath) ?? Data(), as: UTF8.self)
    }

    /// The whole lines it printed so far.
    var lines: [[UInt8]] {
        let output = output
        guard let end = output.lastIndex(of: 10) else { return [] }
        return output[..<end].split(separator: 10, omittingEmptySubsequences: false)
            .map(Array.init)
    }

    /// Sends it a signal.
    func signal(_ signal: Int32) { if process.isRunning { kill(pid, signal) } }

    /// Waits for its end; after so many seconds it is killed, and that is a failure.
    func wait(_ seconds: Double) throws -> Finished {
        if ended.wait(timeout: .now() + seconds) != .success {
            let said = errors
            end()
            throw Failure(
                "`\(process.arguments?.joined(separator: " ") ?? "")` did not end within "
                    + "\(seconds) s; it said: \(said.suffix(2000))")
        }
        let code = process.terminationReason == .exit ? process.terminationStatus : -1
        return Finished(code: code, output: output, errors: errors)
    }

    /// Kills it and waits until it is gone.
    func end() {
        guard process.isRunning else { return }
        kill(pid, SIGKILL)
        _ = ended.wait(timeout: .now() + 10)
    }

    /// Waits until it printed at least so many lines.
    func waitForLines(_ count: Int, seconds: Double) throws {
        try waitUntil(
            seconds, for: "\(count) lines; there are \(lines.count); it said: \(errors)"
        ) { lines.count >= count || !isRunning }
        guard lines.count >= count else {
            throw Failure("It ended after \(lines.count) of \(count) lines and said: \(errors)")
        }
    }
}

/// Runs `tocsin` to its end.
func tocsin(
    _ arguments: [String], in folder: TestFolder, input: String? = nil,
    environment: [String: String] = [:], seconds: Double = 20
) throws -> Finished {
    try RunningCommand(arguments, in: folder, environment: environment, input: input)
        .wait(seconds)
}

/// A JSON document to look into.
indirect enum JSONDocument: Decodable, Equatable {
    case object([String: JSONDocument])
    case array([JSONDocument])
    case string(String)
    case number(Double)
    case bool(Bool)
    case null

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONDocument].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONDocument].self))
        }
    }

    /// Parses a text; what it is not is told with it.
    init(text: String) throws {
        guard let value = try? JSONDecoder().decode(JSONDocument.self, from: Data(text.utf8))
        else { throw Failure("This is no JSON: \(text.prefix(500))") }
        self = value
    }

    init(bytes: [UInt8]) throws { try self.init(text: String(decoding: bytes, as: UTF8.self)) }

    subscript(name: String) -> JSONDocument {
        if case .object(let members) = self { members[name] ?? .null } else { .null }
    }

    var text: String? { if case .string(let value) = self { value } else { nil } }
    var number: Int? { if case .number(let value) = self { Int(exactly: value) } else { nil } }
    var double: Double? { if case .number(let value) = self { value } else { nil } }
    var flag: Bool? { if case .bool(let value) = self { value } else { nil } }
    var elements: [JSONDocument] { if case .array(let value) = self { value } else { [] } }
    var texts: [String] { elements.compactMap(\.text) }
    var names: [String] {
        if case .object(let members) = self { members.keys.sorted() } else { [] }
    }
}
