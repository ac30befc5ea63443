import Foundation
package import Rules

/// Files that `tocsin fmt` formats, and what each is: rules, rule tests or a configuration.
package enum FormatFolder {
    /// A file, or every `.yaml` and `.yml` file below a folder but what is hidden or set aside (names
    /// that begin with `.` or `_`), in order of path: rules and their tests. Throws a sentence when
    /// one cannot be read.
    package static func files(at path: String) throws(StartFailure) -> [SourceFile] {
        let found = try RuleFolder.names(at: path, "file or folder", "folder") { _ in true }
        guard found?.isEmpty != true else {
            throw StartFailure("There is no .yaml file in the folder \(path).")
        }
        return try (found ?? [path]).map { name throws(StartFailure) in
            try RuleFolder.file(at: name)
        }
    }

    /// What may stand in a file: that of tests goes by its name, else the keys decide, for
    /// standard input has no name.
    package static func vocabulary(of file: SourceFile) -> Vocabulary {
        if RuleTestFolder.isTest(file.path) { return RuleTestVocabulary.file }
        let keys = YAMLDocument.rootKeys(of: file)
        if keys.contains("version") {
            return keys.contains("tests") ? RuleTestVocabulary.file : .ruleFile
        }
        let isConfiguration =
            (file.path as NSString).lastPathComponent == "tocsin.yaml"
            || keys.contains { $0 != "rules" && ConfigurationLoader.vocabulary.names($0) }
        return isConfiguration ? ConfigurationLoader.vocabulary : .ruleFile
    }
}
