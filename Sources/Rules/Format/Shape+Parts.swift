extension Shape {
    /// Whether a single value of this shape is an expression.
    var isExpression: Bool {
        switch self {
        case .expression: true
        case .listOrSingle(let item, _, _): item.isExpression
        case .either(let shapes): shapes.contains(where: \.isExpression)
        case .scalar, .text, .form, .duration, .bool, .int, .double, .words, .null, .list,
            .mapping, .section:
            false
        }
    }

    /// What items of a list have; nil where no list may stand.
    var item: Shape? {
        switch self {
        case .list(let item, _), .listOrSingle(let item, _, _): item
        case .either(let shapes): shapes.lazy.compactMap(\.item).first
        case .scalar, .text, .expression, .form, .duration, .bool, .int, .double, .words, .null,
            .mapping, .section:
            nil
        }
    }

    /// What its keys are, if it may be a mapping.
    var keys: Keys? {
        switch self {
        case .mapping(let value, _, _): .free(value)
        case .section(let vocabulary): .known(vocabulary)
        case .either(let shapes): shapes.lazy.compactMap(\.keys).first
        case .scalar, .text, .expression, .form, .duration, .bool, .int, .double, .words, .null,
            .list, .listOrSingle:
            nil
        }
    }

    /// The keys of a mapping.
    enum Keys {
        /// Names that the writer chose, in an order that may have a meaning.
        case free(Shape)
        /// Those of a vocabulary, in any order.
        case known(Vocabulary)

        /// The shape of the value of a key.
        func value(of key: String) -> Shape? {
            switch self {
            case .free(let shape): shape
            case .known(let vocabulary):
                vocabulary.keys.first { $0.name == key }?.shape ?? vocabulary.others
            }
        }

        /// The vocabulary; nil for free names.
        var vocabulary: Vocabulary? {
            if case .known(let vocabulary) = self { return vocabulary }
            return nil
        }
    }
}
