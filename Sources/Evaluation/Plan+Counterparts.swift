import Events

extension Plan {
    /// For each selection the one of an earlier plan that judges the same rows for the same keys:
    /// an equal stream, `by` and `where`. Nil where there was none. - Complexity: O(selections).
    func counterparts(in earlier: Plan) -> [Int?] {
        var places: [SelectionName: Int] = [:]
        for (index, selection) in earlier.selections.enumerated() {
            places[earlier.name(of: selection)] = index
        }
        let unchanged = streams.map { stream in
            earlier.streams.first { $0.name == stream.name } == stream
        }
        return selections.map { selection in
            unchanged[stages[selection.stage].stream] ? places[name(of: selection)] : nil
        }
    }

    private func name(of selection: Selection) -> SelectionName {
        let stage = stages[selection.stage]
        return SelectionName(
            stream: streams[stage.stream].name, by: stage.by,
            condition: rules[selection.rules[0]].whereText)
    }

    /// What makes a selection the same in two plans whose streams are equal.
    private struct SelectionName: Hashable {
        var stream: String
        var by: [Int]
        var condition: String
    }
}
