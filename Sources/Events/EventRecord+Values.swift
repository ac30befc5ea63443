extension EventRecord {
    /// The known fields with their values, in order of declaration: for people and for storage, not
    /// for the hot path.
    public func values(_ schema: StreamSchema) -> [(name: String, value: Scalar)] {
        schema.fields.indices.filter(isPresent).map { index in
            (schema.fields[index].name, value(index, schema.fields[index].type))
        }
    }

    private func value(_ index: Int, _ type: FieldType) -> Scalar {
        switch type {
        case .string: .string(String(decoding: text(index), as: UTF8.self))
        case .int: .int(Int64(bitPattern: cell(index)))
        case .double: .double(Double(bitPattern: cell(index)))
        case .bool: .bool(cell(index) != 0)
        case .timestamp: .timestamp(Timestamp(nanoseconds: Int64(bitPattern: cell(index))))
        }
    }
}
