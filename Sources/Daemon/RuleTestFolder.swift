import Foundation
package import Rules

/// Test files on disk.
package enum RuleTestFolder {
    /// The test files at a path: the file itself, or every `*.test.yaml` below a folder but what is
    /// hidden or set aside (names that begin with `.` or `_`), in order of path.
    package static func files(at path: String) throws(StartFailure) -> [SourceFile] {
        let found = try RuleFolder.names(at: path, "test file or folder", "folder", where: isTest)
        guard let found else { return [try RuleFolder.file(at: test(path))] }
        return try found.map { name throws(StartFailure) in try RuleFolder.file(at: name) }
    }

    /// A test file, or that of a rule file.
    private static func test(_ path: String) throws(StartFailure) -> String {
        if isTest(path) { return path }
        let stem = (path as NSString).deletingPathExtension
        for suffix in [".test.yaml", ".test.yml"]
        where FileManager.default.fileExists(atPath: stem + suffix) {
            return stem + suffix
        }
        throw StartFailure("\(path) is not a test file: its name does not end in .test.yaml.")
    }

    /// Whether a file holds tests, by its name.
    package static func isTest(_ name: String) -> Bool {
        name.hasSuffix(".test.yaml") || name.hasSuffix(".test.yml")
    }

    /// The rule files that a test file tests: those it names, else `X.yaml` beside `X.test.yaml`,
    /// else its folder.
    package static func rules(of path: String, named: [String]?) -> [String] {
        let folder = (path as NSString).deletingLastPathComponent
        func beside(_ name: String) -> String {
            name.hasPrefix("/") ? name : (folder as NSString).appendingPathComponent(name)
        }
        if let named, !named.isEmpty { return named.map(beside) }
        for suffix in [".yaml", ".yml"] where path.hasSuffix(".test\(suffix)") {
            let own = path.dropLast(".test\(suffix)".count) + suffix
            if FileManager.default.fileExists(atPath: String(own)) { return [String(own)] }
        }
        return [folder.isEmpty ? "." : folder]
    }
}
