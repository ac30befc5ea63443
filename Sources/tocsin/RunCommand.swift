import ArgumentParser
import Daemon
import Evaluation
import Foundation
import Glibc
import Logging
import Rules

/// `tocsin run`: the daemon.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the daemon: readings in, decisions journaled, escalations out.",
        discussion: """
            SIGTERM and SIGINT stop it within two seconds: what is in the line is decided, committed
            and published first. SIGHUP reads the rules again, all or nothing.

            Under systemd it tells when it is up, how it is and that every stage moves, and writes
            its log with fields: `journalctl TOCSIN_RULE=river-stage`.

            EXAMPLE
              tocsin run --config tocsin.yaml

            EXIT STATUS
              0 stopped as asked, 78 the configuration or the environment is wrong.
            """)

    @Option(help: "The configuration file.")
    var config: String

    @Option(help: "Least severe log line: debug, info, notice, warning, error or critical.")
    var logLevel = "info"

    @Option(help: .hidden)
    var journalSocket = JournaldLog.standardSocket

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let journald = JournaldLog(environment: environment, socket: journalSocket)
        let handler: any LogHandler = if let journald { journald } else { SentenceLogHandler() }
        var log = Logger(label: "tocsin", factory: { _ in handler })
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw ValidationError("There is no log level \(logLevel).")
        }
        log.logLevel = level
        let signals = SignalWaiter()
        let configuration = try load()
        guard let rules = configuration.rules else {
            throw CommandFailure(.configuration, "The configuration names no rules.")
        }
        let plan = try RuleFolder.plan(
            at: rules, json: false, place: configuration.places.rules)
        let complaints = configuration.complaints(about: plan)
        guard complaints.isEmpty else {
            throw CommandFailure(.configuration, complaints.joined(separator: "\n        "))
        }
        let service = ServiceManager(environment: environment)
        if configuration.feeds.isEmpty { log.warning("No feed is configured: nothing comes in.") }
        if plan.rules.isEmpty { log.warning("There is no rule: nothing is decided.") }
        // Text on standard error stays what it is: what begins and ends, and what is wrong.
        let daemon = try TocsinDaemon(
            configuration: configuration, plan: plan, log: log,
            incidentLog: journald == nil ? nil : log, service: service)
        let bound = daemon.boundEndpoints
        log.notice(
            "Tocsin is up.",
            metadata: [
                "rules": "\(plan.rules.count)", "feeds": "\(bound.feeds.joined(separator: " "))",
                "escalations": "\(bound.escalations)", "recovery": "\(bound.recovery)",
            ])
        while true {
            switch signals.next() {
            case SIGHUP: daemon.beginReload()
            case let signal:
                service?.tell(.stopping("Stopping: what is in the line goes out first."))
                log.notice("Stopping.", metadata: ["signal": "\(signal)"])
                daemon.stop()
                log.notice("Stopped.")
                return
            }
        }
    }

    private func load() throws -> Configuration {
        switch Configuration.load(try ConfigurationFile.read(config)) {
        case .loaded(let configuration, let warnings):
            try DiagnosticPrinter(toError: true).print(warnings)
            return configuration
        case .refused(let diagnostics):
            try DiagnosticPrinter(toError: true).print(diagnostics)
            throw ExitCode(78)
        }
    }
}

extension RuleFolder {
    /// The plan of the rules at a path; problems are printed, and errors end the command.
    static func plan(
        at path: String, json: Bool, failure: Int32 = 78, place: String? = nil
    ) throws -> Plan {
        switch try compile(at: [path], place: place) {
        case .compiled(let plan, let warnings):
            try DiagnosticPrinter(json: json, toError: true).print(warnings)
            return plan
        case .refused(let diagnostics):
            try DiagnosticPrinter(json: json, toError: true).print(diagnostics)
            throw ExitCode(failure)
        }
    }
}

extension RuleFolder {
    /// Compiles what lies at paths; `place` is where a configuration names them, if one does.
    static func compile(at paths: [String], place: String?) throws -> RuleSet.Outcome {
        do throws(StartFailure) { return try RuleFolder.compile(at: paths) } catch {
            throw StartFailure(Configuration.Places.at(place, error.description))
        }
    }
}

/// Waits for signals, by default those that steer the daemon, blocked in every thread started after
/// it.
struct SignalWaiter {
    private let set: sigset_t

    init(_ signals: [Int32] = [SIGTERM, SIGINT, SIGHUP]) {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        self.set = set
        // Whoever started us may have blocked the signal that a watchdog ends us by.
        var abort = sigset_t()
        sigemptyset(&abort)
        sigaddset(&abort, SIGABRT)
        pthread_sigmask(SIG_UNBLOCK, &abort, nil)
    }

    /// The next signal.
    func next() -> Int32 {
        var set = set
        var signal: Int32 = 0
        while sigwait(&set, &signal) != 0 {}
        return signal
    }
}

/// Log lines for an operator: time, level, a sentence, then its metadata.
struct SentenceLogHandler: LogHandler {
    var logLevel = Logger.Level.info
    var metadata = Logger.Metadata()

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata.merging(event.metadata ?? [:]) { $1 }
        all[MessageIdentity.metadataKey] = nil
        let pairs = all.sorted { $0.key < $1.key }.map { "  \($0.key)=\($0.value)" }.joined()
        let time = ISO8601DateFormatter().string(from: Date())
        let line = "\(time) \(event.level) \(event.message)\(pairs)\n"
        Output.error(line)
    }
}
