import Events

/// All streams of a rule set, whatever file declares them.
struct StreamCatalog {
    private(set) var scopes: [StreamScope] = []
    private var byName: [String: Int] = [:]
    private var byTopic: [String: Int] = [:]
    /// Names whose declaration could not be read at all.
    private var broken: Set<String> = []
    /// Whether there may be declarations that nobody could read: then an unknown name is not told,
    /// since the problem that hides it is.
    var isIncomplete = false

    /// What a name refers to.
    enum Finding {
        case found(StreamScope)
        /// Told already, or hidden by something told.
        case hidden
        /// Not declared; perhaps a hint what was meant.
        case unknown(hint: String?)
    }

    /// The stream that is already declared under a name.
    func scope(named name: String) -> StreamScope? { byName[name].map { scopes[$0] } }

    /// The stream that already has a topic.
    func scope(onTopic topic: String) -> StreamScope? { byTopic[topic].map { scopes[$0] } }

    mutating func add(_ scope: StreamScope) {
        byName[scope.schema.name] = scopes.count
        if byTopic[scope.schema.topic] == nil { byTopic[scope.schema.topic] = scopes.count }
        scopes.append(scope)
    }

    mutating func addBroken(_ name: String) { broken.insert(name) }

    func find(_ name: String) -> Finding {
        if let scope = scope(named: name) { return .found(scope) }
        guard !isIncomplete, !broken.contains(name) else { return .hidden }
        let names = scopes.map(\.schema.name)
        return .unknown(hint: Spelling.hint(for: name, among: names))
    }
}
