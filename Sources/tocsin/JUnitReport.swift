import Daemon
import Rules

/// Results of rule tests as JUnit XML, the form that build servers read: a suite for each file, a
/// case for each test.
///
/// Source: <https://github.com/testmoapp/junitxml>.
enum JUnitReport {
    /// The document.
    static func text(_ results: [RuleTestResults]) -> String {
        var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#]
        let tests = results.flatMap(\.tests)
        let failures = tests.count { !$0.outcome.isPassed }
        let errors = results.count { !$0.isRunnable }
        lines.append(
            "<testsuites name=\"tocsin test\" tests=\"\(tests.count)\" failures=\"\(failures)\" "
                + "errors=\"\(errors)\" time=\"\(seconds(tests.map(\.seconds)))\">")
        for result in results { lines += suite(result) }
        lines.append("</testsuites>")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func suite(_ result: RuleTestResults) -> [String] {
        let failures = result.tests.count { !$0.outcome.isPassed }
        let path = escaped(result.path)
        var lines = [
            "  <testsuite name=\"\(path)\" tests=\"\(result.tests.count)\" "
                + "failures=\"\(failures)\" errors=\"\(result.isRunnable ? 0 : 1)\" "
                + "time=\"\(seconds(result.tests.map(\.seconds)))\">"
        ]
        if !result.isRunnable {
            let text = result.diagnostics.map { $0.rendered(colour: false) }
            lines.append("    <testcase name=\"\(path)\" classname=\"\(path)\">")
            lines.append(
                "      <error message=\"the file or its rules have errors\">"
                    + "\(escaped(text.joined(separator: "\n")))</error>")
            lines.append("    </testcase>")
        }
        for (test, outcome, time) in result.tests {
            let head =
                "    <testcase name=\"\(escaped(test.name))\" classname=\"\(path)\" "
                + "file=\"\(path)\" line=\"\(test.line)\" time=\"\(seconds([time]))\""
            guard !outcome.isPassed else {
                lines.append(head + "/>")
                continue
            }
            let found = RuleTestReport.failures(test, outcome)
            lines.append(head + ">")
            lines.append(
                "      <failure message=\"\(escaped(found.first ?? ""))\">"
                    + "\(escaped(found.joined(separator: "\n")))</failure>")
            lines.append("    </testcase>")
        }
        lines.append("  </testsuite>")
        return lines
    }

    private static func seconds(_ parts: [Double]) -> String {
        let milliseconds = Int((parts.reduce(0, +) * 1000).rounded())
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000)."
            + String(repeating: "0", count: 3 - rest.count) + rest
    }

    /// Text as XML 1.0 takes it, in an element or in double quotes.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n": result += "&#10;"
            case "\t": result += "&#9;"
            case _:
                let isAllowed =
                    scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
                result.unicodeScalars.append(isAllowed ? scalar : "\u{FFFD}")
            }
        }
        return result
    }
}
