/// Tells what is wrong with the form of a file: what a vocabulary refuses, and values that their
/// readers refuse. What the values mean, such as whether a named stream exists, is not asked: a
/// file may be formatted without the others of its folder.
struct FormReview {
    let report: Report

    /// Reviews a document whose root has a vocabulary.
    func review(_ document: YAMLDocument, _ vocabulary: Vocabulary) {
        guard let cursor = Cursor(document) else { return }
        review(cursor, .section(vocabulary))
    }

    private func review(_ cursor: Cursor, _ shape: Shape) {
        switch shape {
        case .scalar: _ = cursor.string()
        case .text: _ = cursor.text()
        case .expression: _ = ExpressionText(cursor)
        case .duration(let positive): _ = cursor.duration(positive: positive)
        case .bool: _ = cursor.bool()
        case .int(let range): _ = cursor.int(in: range)
        case .double: _ = cursor.double(infinite: true)
        case .words(let words): _ = cursor.word(of: words)
        case .form: _ = cursor.string()
        case .null: if !cursor.node.isNull { cursor.fail("\(cursor.name) must be nothing") }
        case .list(let item, _):
            for cursor in cursor.list(of: "values") ?? [] { review(cursor, item) }
        case .listOrSingle(let item, _, _):
            for cursor in cursor.listOrSingle(of: "values") ?? [] { review(cursor, item) }
        case .mapping(let value, _, _):
            for (_, cursor) in cursor.entries(of: "names") ?? [] { review(cursor, value) }
        case .section(let vocabulary): review(cursor, vocabulary)
        case .either(let shapes): review(cursor, of: shapes)
        }
    }

    private func review(_ cursor: Cursor, _ vocabulary: Vocabulary) {
        guard let section = cursor.section(vocabulary) else { return }
        for key in vocabulary.keys {
            let value = key.isRequired ? section.required(key.name) : section[key.name]
            if let value { review(value, key.shape) }
        }
        guard let shape = vocabulary.others else { return }
        for (_, cursor) in section.others { review(cursor, shape) }
    }

    /// Reviews the one alternative that a value can be; of single values, any may fit.
    private func review(_ cursor: Cursor, of shapes: [Shape]) {
        let fitting = shapes.filter { shape in
            switch cursor.node.content {
            case .scalar: shape.keys == nil && !shape.isList
            case .sequence: shape.item != nil
            case .mapping: shape.keys != nil
            }
        }
        if fitting.isEmpty, let first = shapes.first { return review(cursor, first) }
        if cursor.node.scalar == nil, let first = fitting.first { review(cursor, first) }
    }
}

extension Shape {
    /// Whether nothing but a list may stand here.
    fileprivate var isList: Bool {
        if case .list = self { return true }
        return false
    }
}
