import ArgumentParser
import Client
import Foundation
import Glibc
import Transport

/// Where the running daemon is asked: its control socket, by itself or in its state folder.
struct ControlOptions: ParsableArguments {
    @Option(
        help: "The daemon's control socket; default: `control` in the state folder.",
        transform: Arguments.endpoint)
    var control: Endpoint?

    @Option(
        help: ArgumentHelp(
            "The daemon's state folder; default: $STATE_DIRECTORY, or /var/lib/tocsin.",
            valueName: "dir"))
    var state: String?

    mutating func validate() throws {
        if control != nil && state != nil {
            throw ValidationError("give --control or --state, not both")
        }
    }

    /// The state folder as an absolute path, if the answer may be looked for in one.
    var folder: String? {
        guard control == nil else { return nil }
        let environment = ProcessInfo.processInfo.environment["STATE_DIRECTORY"]
        let path = state ?? environment ?? "/var/lib/tocsin"
        return URL(fileURLWithPath: path).standardizedFileURL.path
    }

    /// The socket to ask.
    func endpoint() throws -> Endpoint {
        if let control { return control }
        let path = (folder ?? "") + "/control"
        do throws(EndpointError) {
            return try Endpoint("ipc://\(path)")
        } catch {
            throw CommandFailure(
                .configuration, error.sentence,
                hint: "name the control socket with --control, as `control:` in tocsin.yaml does")
        }
    }

    /// The daemon's answer; `nil` when none answers in time.
    func ask(
        _ command: String, flags: [String] = [], timeout: Duration = .seconds(3)
    ) throws -> [UInt8]? {
        let endpoint = try endpoint()
        // No file, no daemon, and one that we may not use does not answer: that needs no waiting.
        if case .ipc(let path) = endpoint.address, access(path, W_OK) != 0 { return nil }
        do throws(ControlClient.Failure) {
            return try ControlClient.ask(
                command, flags: flags, at: endpoint, context: try Self.context(), timeout: timeout)
        } catch {
            switch error {
            case .noAnswer: return nil
            case .transport(let error): throw Arguments.failure(error)
            }
        }
    }

    /// What a command ends with that nobody answered, as far as this user can tell why.
    func silence(_ status: ExitStatus) throws -> CommandFailure {
        let endpoint = try endpoint()
        var hint = "is `tocsin run` running with this state folder?"
        if case .ipc(let path) = endpoint.address, access(path, W_OK) != 0, errno == EACCES {
            hint = "you may not use it: it is for root, the daemon's own user and its group"
        }
        return CommandFailure(status, "no daemon answers at \(endpoint)", hint: hint)
    }

    private static func context() throws(ControlClient.Failure) -> ZeroMQContext {
        do throws(TransportError) {
            return try ZeroMQContext()
        } catch {
            throw .transport(error)
        }
    }

    /// The daemon's answer as JSON; an `{"error":…}` it gave is a failure, and so is an answer
    /// without `member`: some other socket was asked.
    static func parsed(_ answer: [UInt8], member: String) throws -> JSONValue {
        guard let value = JSONValue(answer), case .object = value else {
            throw CommandFailure(.failed, "the daemon's answer is no JSON object")
        }
        if let error = value["error"]["message"].text ?? value["error"].text {
            throw CommandFailure(.failed, "the daemon refuses: \(error.printable)")
        }
        guard !value[member].isNull else {
            throw CommandFailure(
                .failed, "the answer tells nothing of \(member)",
                hint: "is this the daemon's control socket?")
        }
        return value
    }
}
