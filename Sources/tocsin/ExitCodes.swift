import ArgumentParser
import Daemon

/// What the exit code of the command says; the same for every subcommand.
enum ExitStatus: Int32 {
    /// It did what it was asked to.
    case ok = 0
    /// It worked, and what it checked is wrong: a rule, a line, a chain.
    case wrong = 1
    /// The command line cannot be understood.
    case usage = 2
    /// What was waited for did not come in time.
    case timedOut = 3
    /// It failed for a reason of its own.
    case failed = 70
    /// The configuration or the machine does not allow it: a port in use, a folder not writable.
    case configuration = 78
}

/// Why a command ends, as one sentence for an operator, and what can be done.
///
/// Printed as `tocsin: SENTENCE`, the hint below it; the code becomes the exit code.
struct CommandFailure: Error, CustomStringConvertible {
    /// The exit code.
    let code: ExitStatus
    /// What happened, without its full stop.
    let sentence: String
    /// What to do about it.
    let hint: String?

    /// A failure.
    init(_ code: ExitStatus, _ sentence: String, hint: String? = nil) {
        self.code = code
        self.sentence = sentence
        self.hint = hint
    }

    var description: String {
        "tocsin: \(sentence)" + (hint.map { "\n        \($0)" } ?? "")
    }
}

/// How a run of the command ended: what to print, where, and the exit code.
struct Ending {
    /// The text to print, without its line end; empty for none.
    let text: String
    /// Whether the text is the output that was asked for (help, version) or tells of a fault.
    let isOutput: Bool
    /// The exit code.
    let code: Int32

    /// The ending that an error of the parser or of a command leads to.
    init(of error: any Error) {
        switch error {
        case let failure as CommandFailure:
            (text, isOutput, code) = (failure.description, false, failure.code.rawValue)
        case let failure as StartFailure:
            (text, isOutput) = ("tocsin: \(failure)", false)
            code = ExitStatus.configuration.rawValue
        case is OutputClosed:
            // Whoever read us has seen enough: `tocsin watch | head`.
            (text, isOutput, code) = ("", true, ExitStatus.ok.rawValue)
        case let exit as ExitCode:
            (text, isOutput, code) = ("", true, exit.rawValue)
        case _:
            let parserCode = Tocsin.exitCode(for: error)
            text = Tocsin.fullMessage(for: error)
            isOutput = parserCode == .success
            switch parserCode {
            case .success: code = ExitStatus.ok.rawValue
            case .validationFailure: code = ExitStatus.usage.rawValue
            case _: code = ExitStatus.failed.rawValue
            }
        }
    }
}
