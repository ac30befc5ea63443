import Crypto
import Foundation
package import Rules

/// Rule files on disk: a file, or every `.yaml` and `.yml` file below a folder but tests
/// (`*.test.yaml`), what is hidden (an editor's lock and copies) and what is set aside (a name that
/// begins with `_`), in order of path.
package enum RuleFolder {
    /// The files of a rule set; throws a sentence when one cannot be read.
    package static func files(at path: String) throws(StartFailure) -> [SourceFile] {
        let found = try names(at: path, "rule file or folder", "rule folder") {
            !RuleTestFolder.isTest($0)
        }
        guard let found else { return [try file(at: path)] }
        guard !found.isEmpty else {
            throw StartFailure("There is no .yaml file in the rule folder \(path).")
        }
        return try found.map { name throws(StartFailure) in try file(at: name) }
    }

    /// Paths of the `.yaml` and `.yml` files below a folder that are wanted and in use, in order; nil
    /// where the path is no folder. What the two are called is for the sentences thrown.
    static func names(
        at path: String, _ either: String, _ folder: String, where isWanted: (String) -> Bool
    ) throws(StartFailure) -> [String]? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw StartFailure("There is no \(either) at \(path).")
        }
        guard isFolder.boolValue else { return nil }
        guard let names = try? FileManager.default.subpathsOfDirectory(atPath: path) else {
            throw StartFailure("The \(folder) \(path) cannot be read.")
        }
        return names.filter { name in
            (name.hasSuffix(".yaml") || name.hasSuffix(".yml")) && isInUse(name) && isWanted(name)
        }.sorted().map { (path as NSString).appendingPathComponent($0) }
    }

    /// Whether no part of a path says that it is hidden or set aside.
    private static func isInUse(_ name: String) -> Bool {
        !name.split(separator: "/").contains { $0.hasPrefix(".") || $0.hasPrefix("_") }
    }

    static func file(at path: String) throws(StartFailure) -> SourceFile {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw StartFailure("The rule file \(path) cannot be read.")
        }
        return SourceFile(path: path, bytes: Array(data))
    }

    /// Compiles what lies at `paths`, all of it one rule set.
    package static func compile(
        at paths: [String], generation: UInt32 = 1
    ) throws(StartFailure) -> RuleSet.Outcome {
        var all: [SourceFile] = []
        for path in paths { all += try files(at: path) }
        return RuleSet.compile(
            all, generation: generation, digest: Digest.sha256, read: content)
    }

    /// The largest table that is read.
    private static let tableBytes = 64 << 20

    /// What a table's file holds.
    private static func content(of path: String) -> RuleSet.FileContent {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return .problem("there is no file \(path)")
        }
        guard !isFolder.boolValue else { return .problem("\(path) is a folder") }
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: target)
        guard let size = attributes?[.size] as? Int, size <= tableBytes,
            attributes?[.type] as? FileAttributeType == .typeRegular
        else { return .problem("\(path) is not a file of at most \(tableBytes >> 20) MiB") }
        guard let data = FileManager.default.contents(atPath: path) else {
            return .problem("\(path) cannot be read")
        }
        return .bytes(Array(data))
    }
}

/// The hash that identities, rule hashes and the chain of bodies use.
package enum Digest {
    /// SHA-256, 32 bytes.
    @Sendable
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }
}
