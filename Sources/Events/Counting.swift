extension Int {
    /// The number with what it counts: `1 rule`, `2 rules`; for sentences to people.
    package func counting(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}
