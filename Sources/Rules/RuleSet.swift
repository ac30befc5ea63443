package import Evaluation
import Events

/// Compiles rule files into a plan, or says everything that is wrong with them.
///
///     SourceFile ─► YAMLDocument ─► StreamLoader ─► StreamCatalog ─┐
///      bytes         nodes, marks ─► TableLoader ─► TableCatalog ──┤
///                        CSV ──────────┘                           │
///                                 ─► RuleLoader ◄──────────────────┘ ─► Rule ─► Plan
///
/// All files together are one set: a rule may be on a stream that another file declares. There is
/// nothing between all and nothing: with one error anywhere, no plan is made.
package enum RuleSet {
    /// What became of a set of files.
    package enum Outcome: Sendable {
        /// The plan, and what to look at all the same.
        case compiled(Plan, warnings: [Diagnostic])
        /// Everything that is wrong, file by file, from top to bottom, warnings included.
        case refused([Diagnostic])
    }

    /// What a file that a rule file names holds, or a sentence that says why it cannot be read.
    package enum FileContent: Sendable {
        case bytes([UInt8])
        case problem(String)
    }

    /// Compiles `files`, in whose order rules and streams are numbered.
    ///
    /// - Parameters:
    ///   - digest: SHA-256, handed in because cryptography belongs to the edge.
    ///   - read: the content of a table's file, whose path counts as those of `files` do.
    package static func compile(
        _ files: [SourceFile], generation: UInt32, maximumKeys: Int = Limits.keysPerRule,
        digest: ([UInt8]) -> [UInt8],
        read: @escaping (String) -> FileContent = { .problem("\($0) cannot be read from here") }
    ) -> Outcome {
        var loader = SetLoader(files, read: read)
        let rules = loader.load(digest)
        let diagnostics = loader.diagnostics
        guard !diagnostics.contains(where: { $0.severity == .error }) else {
            return .refused(diagnostics)
        }
        let plan = Plan(
            generation: generation, streams: loader.catalog.scopes.map(\.schema), rules: rules,
            tables: loader.tables.sorted, maximumKeys: maximumKeys)
        return .compiled(plan, warnings: diagnostics)
    }
}
