package import Evaluation
import Events

/// Compiles rule files into a plan, or says everything that is wrong with them.
///
///     SourceFile ─► YAMLDocument ─► StreamLoader ─► StreamCatalog ─┐
///      bytes         nodes, marks ─► RuleLoader ◄──────────────────┘ ─► Rule ─► Plan
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

    /// Compiles `files`, in whose order rules and streams are numbered. `digest` is SHA-256, handed
    /// in because cryptography belongs to the edge.
    package static func compile(
        _ files: [SourceFile], generation: UInt32, maximumKeys: Int = Limits.keysPerRule,
        digest: ([UInt8]) -> [UInt8]
    ) -> Outcome {
        var loader = SetLoader(files)
        let rules = loader.load(digest)
        let diagnostics = loader.diagnostics
        guard !diagnostics.contains(where: { $0.severity == .error }) else {
            return .refused(diagnostics)
        }
        let plan = Plan(
            generation: generation, streams: loader.catalog.scopes.map(\.schema), rules: rules,
            maximumKeys: maximumKeys)
        return .compiled(plan, warnings: diagnostics)
    }
}
