/// The labels of SenML records, RFC 8428, table 4; their raw values are the scanner's slots.
enum SenMLLabel: Int, CaseIterable {
    case baseName, baseTime, baseUnit, baseValue, baseSum, version
    case name, unit, value, text, flag, data, sum, time, updateTime

    var name: String {
        switch self {
        case .baseName: "bn"
        case .baseTime: "bt"
        case .baseUnit: "bu"
        case .baseValue: "bv"
        case .baseSum: "bs"
        case .version: "bver"
        case .name: "n"
        case .unit: "u"
        case .value: "v"
        case .text: "vs"
        case .flag: "vb"
        case .data: "vd"
        case .sum: "s"
        case .time: "t"
        case .updateTime: "ut"
        }
    }

    /// Whether its value may be of this kind.
    func takes(_ kind: ValueKind) -> Bool {
        switch self {
        case .baseName, .baseUnit, .name, .unit, .text, .data:
            kind == .text || kind == .escapedText
        case .baseTime, .baseValue, .baseSum, .version, .value, .sum, .time, .updateTime:
            kind == .number
        case .flag: kind == .true || kind == .false
        }
    }

    /// Those that hold for the records that follow too.
    static let ofBases: [SenMLLabel] = [
        .baseName, .baseTime, .baseUnit, .baseValue, .baseSum, .version,
    ]

    /// All others.
    static let ofRecords = allCases.filter { !ofBases.contains($0) }

    /// Of which a record has one.
    static let values: [SenMLLabel] = [.value, .text, .flag, .data]
}
