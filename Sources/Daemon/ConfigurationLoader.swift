import Foundation
package import Rules
import Transport

/// Reads `tocsin.yaml`, and tells all that is wrong with it at once.
package struct ConfigurationLoader {
    /// What became of the file.
    package enum Outcome: Sendable {
        /// The configuration, and what to look at all the same.
        case loaded(Configuration, warnings: [Diagnostic])
        /// Everything that is wrong, from top to bottom.
        case refused([Diagnostic])
    }

    /// What the daemon's surroundings say, handed in so that a load depends on nothing else.
    package struct Surroundings: Sendable {
        /// The default publisher.
        package var hostName: String
        /// Where relative paths begin, when the file's own path is relative; absolute.
        package var workingDirectory: String

        /// Surroundings.
        package init(hostName: String, workingDirectory: String) {
            self.hostName = hostName
            self.workingDirectory = workingDirectory
        }
    }

    static let defaultState = "/var/lib/tocsin"
    static let defaultEscalations = "tcp://127.0.0.1:5571"
    static let defaultRecovery = "tcp://127.0.0.1:5572"

    private let file: SourceFile
    private let surroundings: Surroundings

    /// Loads the configuration in `file`; relative paths in it begin at its folder.
    package static func load(_ file: SourceFile, in surroundings: Surroundings) -> Outcome {
        ConfigurationLoader(file: file, surroundings: surroundings).load()
    }

    private func load() -> Outcome {
        let document = YAMLDocument(file)
        let configuration = Cursor(document)?.section(Self.vocabulary).flatMap(configuration)
        let diagnostics = document.report.sorted
        guard let configuration, !document.report.hasErrors else { return .refused(diagnostics) }
        return .loaded(configuration, warnings: diagnostics)
    }

    private func configuration(_ section: Section) -> Configuration? {
        let publisher = section["publisher"].map { $0.identity() } ?? surroundings.hostName
        let rules = section["rules"].map { $0.text() } ?? "rules"
        let state = section["state"].map { $0.text() } ?? Self.defaultState
        let clock = section["clock"].map { $0.word(of: Self.clocks) } ?? "wall"
        var sockets = SocketRegister()
        let feeds = section["feeds"].map { FeedLoader.feeds($0, clock: clock, &sockets) } ?? []
        let escalations = listener(section["escalations"], Self.defaultEscalations, &sockets)
        let recovery = listener(section["recovery"], Self.defaultRecovery, &sockets)
        let control = self.control(section, state: state.map(absolute), &sockets)
        guard let publisher, let rules, let state,
            let clock = clock.flatMap(Configuration.Clock.init),
            let feeds, let escalations, let recovery, let control
        else { return nil }
        var configuration = Configuration(
            publisher: publisher, rules: absolute(rules), state: absolute(state), clock: clock,
            feeds: feeds, escalations: escalations, recovery: recovery, control: control)
        configuration.places.rules = section["rules"]?.position
        configuration.places.state = section["state"]?.position
        configuration.places.endpoints = sockets.places
        configuration.places.streams = sockets.streams
        return configuration
    }

    private func listener(
        _ cursor: Cursor?, _ standard: String, _ sockets: inout SocketRegister
    ) -> Endpoint? {
        guard let cursor else { return try? Endpoint(standard) }
        guard let section = cursor.section(Self.listenerVocabulary) else { return nil }
        let insecure = section["insecure"].map { $0.bool() } ?? false
        guard let bind = section["bind"] else { return try? Endpoint(standard) }
        return sockets.endpoint(bind, binds: true, insecure: insecure)
    }

    private func control(
        _ section: Section, state: String?, _ sockets: inout SocketRegister
    ) -> Endpoint? {
        if let cursor = section["control"] {
            // Commands are not authenticated beyond what the local host does.
            guard let endpoint = sockets.endpoint(cursor, binds: true, insecure: true) else {
                return nil
            }
            guard endpoint.isLoopback else {
                return cursor.fail(
                    "`control` is for this host only", hint: "write `ipc:///run/tocsin/control`")
            }
            return endpoint
        }
        guard let state else { return nil }
        do throws(EndpointError) {
            return try Endpoint("ipc://\(state)/control")
        } catch {
            let message = "the control socket cannot lie in the state folder: \(error.sentence)"
            guard let cursor = section["state"] else { return nil }
            return cursor.fail(message, hint: "write `control: ipc:///run/tocsin/control`")
        }
    }

    /// A path of the file, seen from the root.
    private func absolute(_ path: String) -> String {
        let folder = file.path.lastIndex(of: "/").map { String(file.path[...$0]) } ?? ""
        let joined = Self.join(Self.join(surroundings.workingDirectory, folder), path)
        return joined.count > 1 && joined.hasSuffix("/") ? String(joined.dropLast()) : joined
    }

    private static func join(_ folder: String, _ path: String) -> String {
        if path.hasPrefix("/") || folder.isEmpty { return path }
        let rest = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return folder.hasSuffix("/") ? folder + rest : folder + "/" + rest
    }
}

extension Configuration {
    /// Loads a file as `ConfigurationLoader` does, in the surroundings of this process.
    package static func load(_ file: SourceFile) -> ConfigurationLoader.Outcome {
        ConfigurationLoader.load(
            file,
            in: .init(
                hostName: ProcessInfo.processInfo.hostName,
                workingDirectory: FileManager.default.currentDirectoryPath))
    }
}

extension Cursor {
    /// Where the value stands, as `FILE:LINE:COLUMN`.
    var position: String { report.position(of: range) }
}
