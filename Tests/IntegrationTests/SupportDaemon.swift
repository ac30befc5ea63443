import Foundation

/// A daemon in a folder of its own: written, started, killed and started again by a test.
///
/// Its sockets are files in the folder, so that no port is taken and a restart finds them again;
/// `usesTCP` asks for loopback ports instead.
final class TestDaemon {
    let folder: TestFolder
    let feed: String
    let escalations: String
    let recovery: String
    private(set) var process: RunningCommand?
    /// What it finds in its environment beside what is in ours.
    var environment: [String: String] = [:]
    /// What every run so far said, the running one's too.
    private var saidBefore = ""
    private var pusher: TestPusher?

    /// Writes `rules/rules.yaml` and `tocsin.yaml`.
    ///
    /// - Parameters:
    ///   - feedSettings: members of the feed beside name, bind and pattern.
    ///   - otherFeeds: more feeds, each as it stands in the file.
    init(
        rules: String, clock: String = "event", usesTCP: Bool = false, feedSettings: String = "",
        otherFeeds: [String] = []
    ) throws {
        folder = try TestFolder()
        if usesTCP {
            feed = "tcp://127.0.0.1:\(try freePort())"
            escalations = "tcp://127.0.0.1:\(try freePort())"
            recovery = "tcp://127.0.0.1:\(try freePort())"
        } else {
            feed = "ipc://\(folder("feed"))"
            escalations = "ipc://\(folder("escalations"))"
            recovery = "ipc://\(folder("recovery"))"
        }
        try write(rules: rules)
        let more = feedSettings.isEmpty ? "" : ", \(feedSettings)"
        try folder.write(
            "tocsin.yaml",
            """
            publisher: test-1
            rules: rules/
            state: state
            clock: \(clock)
            feeds:
              - {name: gauges, bind: "\(feed)", pattern: pull\(more)}
            \(otherFeeds.map { "  - {\($0)}" }.joined(separator: "\n"))
            escalations: {bind: "\(escalations)"}
            recovery: {bind: "\(recovery)"}

            """)
    }

    var state: String { folder("state") }

    /// The text of `tocsin.yaml`.
    var configuration: String {
        get throws { try String(contentsOfFile: folder("tocsin.yaml"), encoding: .utf8) }
    }

    /// What the daemon said in all its runs.
    var log: String { saidBefore + (process?.errors ?? "") }

    /// Puts other rules in place; the daemon does not know until it is told.
    func write(rules: String) throws { try folder.write("rules/rules.yaml", rules) }

    /// Starts it without waiting for it, by a program that becomes it, if one is given.
    func launch(within program: String? = nil, _ arguments: [String] = []) throws {
        saidBefore += process?.errors ?? ""
        let own = ["run", "--config", "tocsin.yaml"]
        guard let program else {
            process = try RunningCommand(own, in: folder, environment: environment)
            return
        }
        process = try RunningCommand(
            arguments + [try Place.binary()] + own, in: folder, executable: program,
            environment: environment)
    }

    /// The most memory it had so far.
    func peakKilobytes() throws -> Int {
        let pid = try process.map(\.pid) ?? { throw Failure("The daemon does not run.") }()
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return line.split(separator: " ").compactMap { Int($0) }.first ?? 0
    }

    /// Starts it with so many kilobytes of address space at most.
    func start(addressSpace: Int) throws {
        try start(within: "/bin/sh", ["-c", "ulimit -v \(addressSpace); exec \"$0\" \"$@\""])
    }

    /// Starts it and waits until it is up.
    func start(within program: String? = nil, _ arguments: [String] = []) throws {
        try launch(within: program, arguments)
        try waitUntil(10, for: "the daemon to be up; it said: \(process?.errors ?? "")") {
            process?.errors.contains("Tocsin is up.") == true || process?.isRunning == false
        }
        guard process?.isRunning == true else {
            throw Failure("The daemon did not start: \(process?.errors ?? "")")
        }
    }

    /// Pushes one reading to the feed. All of a run's go over one connection, so that they arrive in
    /// the order in which they were sent; two connections promise no order.
    func push(_ topic: String, _ payload: String) throws {
        let pusher = try self.pusher ?? TestPusher(feed)
        self.pusher = pusher
        try pusher.send(topic, payload)
    }

    /// `kill -9`, and no more.
    func kill() {
        pusher = nil
        process?.end()
    }

    /// SIGTERM; how it ended.
    @discardableResult
    func stop() throws -> Finished {
        guard let process else { throw Failure("The daemon does not run.") }
        pusher = nil
        process.signal(SIGTERM)
        return try process.wait(10)
    }

    /// The daemon reads its rules again; waits until it said how that went.
    func reload() throws {
        let before = log.count
        process?.signal(SIGHUP)
        try waitUntil(5, for: "the reload; it said: \(log)") {
            let said = log.dropFirst(before)
            return said.contains("The rules were reloaded.")
                || said.lowercased().contains("the old rules go on")
        }
    }

    /// `tocsin status --json`.
    func status() throws -> JSONDocument {
        let answer = try tocsin(["status", "--state", state, "--json"], in: folder)
        guard answer.code == 0 else {
            throw Failure("`tocsin status` ended with \(answer.code): \(answer.errors)")
        }
        return try JSONDocument(bytes: answer.output)
    }

    /// `tocsin incidents --json`.
    func incidents() throws -> [JSONDocument] {
        let answer = try tocsin(["incidents", "--state", state, "--json"], in: folder)
        guard answer.code == 0 else {
            throw Failure("`tocsin incidents` ended with \(answer.code): \(answer.errors)")
        }
        return try JSONDocument(bytes: answer.output)["incidents"].elements
    }

    /// Waits until so many elements came in and nothing is on its way.
    func waitUntilTaken(_ elements: Int, seconds: Double = 20) throws {
        try waitUntilDone(elements, seconds) { _ in true }
    }

    /// Waits until what was taken is decided and committed.
    func waitUntilCommitted(_ elements: Int) throws {
        try waitUntilDone(elements, 10) { status in
            let journal = status["stages"].elements.first { $0["name"].text == "journal" } ?? .null
            return journal["in"] == journal["out"]
        }
    }

    private func waitUntilDone(
        _ elements: Int, _ seconds: Double, _ isDone: (JSONDocument) -> Bool
    ) throws {
        var last = JSONDocument.null
        try waitUntil(seconds, for: "\(elements) elements; status is \(last)") {
            last = try status()
            let law = last["conservation"]
            return law["in"].number ?? 0 >= elements && law["in_flight"].number == 0
                && isDone(last)
        }
    }

    /// Starts `tocsin watch --json` on it.
    func watch(_ arguments: [String] = ["--since", "1"]) throws -> RunningCommand {
        try RunningCommand(
            ["watch", "--from", escalations, "--recovery", recovery, "--json"] + arguments,
            in: folder)
    }

    /// The first `count` escalations, by a watcher that ends when it has them.
    func escalations(_ count: Int, seconds: Double = 10) throws -> [JSONDocument] {
        let watcher = try watch([
            "--since", "1", "--count", "\(count)", "--timeout", "\(seconds)",
        ])
        let finished = try watcher.wait(seconds + 5)
        guard finished.code == 0 else {
            throw Failure(
                "\(finished.lines.count) of \(count) escalations came: \(finished.errors)\n\(log)")
        }
        return try finished.documents()
    }

    /// The newest `seq`: how many escalations were ever said.
    func head() throws -> Int { try status()["journal"]["head"].number ?? -1 }

    /// `tocsin publish`, to its end.
    func publish(
        _ file: String, topic: String, arguments: [String] = [], seconds: Double = 20
    ) throws {
        let finished = try tocsin(
            ["publish", file, "--to", feed, "--topic", topic] + arguments, in: folder,
            seconds: seconds)
        guard finished.code == 0 else {
            throw Failure("`tocsin publish` ended with \(finished.code): \(finished.errors)")
        }
    }
}
