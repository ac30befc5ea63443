package import Evaluation
import Events

/// Reads a test file (`*.test.yaml`) against the plan of the rules that it tests.
///
///     RuleTestFile ─► which rules ─► Plan ─► RuleTestLoader ─► [RuleTest]
///                     (paths)                 TestInputLoader, ExpectationLoader
package struct RuleTestFile {
    let section: Section
    /// Where its problems are told.
    package let report: Report
    /// The rule files or folders that it names, relative to its own folder; nil when it names none.
    package let rules: [String]?

    /// Opens a file; nil when it cannot be read as one, which `report` tells.
    package static func open(_ file: SourceFile) -> (file: RuleTestFile?, report: Report) {
        let document = YAMLDocument(file)
        guard let section = Cursor(document)?.section(RuleTestVocabulary.file) else {
            return (nil, document.report)
        }
        return (RuleTestFile(section: section, report: document.report), document.report)
    }

    /// Tells what is wrong with the rules that it tests, where it names them.
    package func refuse(_ sentence: String) {
        report.error(sentence, at: section["rules"]?.range ?? 0..<0)
    }

    private init(section: Section, report: Report) {
        self.section = section
        self.report = report
        rules = section["rules"]?.listOrSingle(of: "paths")?.compactMap { $0.text() }
    }
}

/// Reads the tests of one file.
package struct RuleTestLoader {
    private let file: RuleTestFile
    private let plan: Plan

    /// A loader of a file that tests the rules of a plan.
    package init(_ file: RuleTestFile, plan: Plan) {
        self.file = file
        self.plan = plan
    }

    /// The tests; what is wrong is told in the file's report, and then none of them is run.
    package func load() -> [RuleTest] {
        if let version = file.section.required("version", hint: "write `version: 1` at the top"),
            let number = version.int(), number != 1
        {
            version.fail(
                "version \(number) is not known", hint: "this Tocsin reads `version: 1`")
        }
        var clock = TestClock.standard
        var rules: [String]?
        if let defaults = file.section["defaults"]?.section(RuleTestVocabulary.defaults) {
            clock = clock.with(defaults)
            rules = defaults["rule"].map(ruleNames)
        }
        var names: [String: String] = [:]
        let items = file.section.required("tests", hint: "`tests:` lists them")?.list(of: "tests")
        if let tests = file.section["tests"], items?.isEmpty == true {
            tests.fail("there are no tests")
        }
        return (items ?? []).compactMap { item in
            guard let section = item.section(RuleTestVocabulary.test) else { return nil }
            return test(section, item, clock, rules, &names)
        }
    }

    private func test(
        _ section: Section, _ item: Cursor, _ defaults: TestClock, _ defaultRules: [String]?,
        _ names: inout [String: String]
    ) -> RuleTest? {
        let before = file.report.errorCount
        let title = section.required("test", hint: "`test:` says what it shows")
        let name = title?.text()
        if let title, let name {
            if let first = names[name] {
                title.fail("there is a test `\(name)` already", hint: "it is at \(first)")
            }
            names[name] = file.report.position(of: title.range)
        }
        let clock = defaults.with(section)
        let rules = section["rule"].map(ruleNames) ?? defaultRules
        let until = section["until"].flatMap(clock.time)
        let inputs = section.required("input", hint: "`input:` lists readings")?
            .list(of: "streams with their readings")
        let readings = (inputs ?? []).flatMap { input in
            TestInputLoader(plan: plan, clock: clock).readings(input)
        }
        let expectations = ExpectationLoader(plan: plan, clock: clock, rules: rules)
        let transitions = section["expect"].map(expectations.transitions)
        let values = section["values"].map(expectations.values) ?? []
        if !section.has("expect"), !section.has("values") {
            section.missing(
                "`expect` or `values`", hint: "`expect: []` says that nothing happens")
        }
        if let until, let last = readings.map(\.arrival).max(), until < last {
            section["until"]?.fail(
                "a reading comes after that, at \(Timestamp(nanoseconds: last))",
                hint: "`until` says how long time goes on after the last reading")
        }
        guard file.report.errorCount == before, let name else { return nil }
        // A stable order: what comes at the same time comes as it is written.
        let ordered = readings.enumerated().sorted { left, right in
            (left.element.arrival, left.offset) < (right.element.arrival, right.offset)
        }.map(\.element)
        return RuleTest(
            name: name, line: file.report.source.lineNumber(at: item.range.lowerBound),
            rules: rules, start: clock.start, readings: ordered, until: until,
            transitions: transitions, values: values)
    }

    /// One rule or a list of them, which the plan must have.
    private func ruleNames(_ cursor: Cursor) -> [String] {
        let known = plan.rules.map(\.description.name)
        return (cursor.listOrSingle(of: "rules") ?? []).compactMap { item in
            guard let name = item.text() else { return nil }
            // What a rule says of silent keys belongs to it.
            if !known.contains(RuleDescription.rule(ofSilence: name) ?? name) {
                item.fail(
                    "there is no rule `\(name)`", hint: Spelling.hint(for: name, among: known))
            }
            return name
        }
    }
}
