internal import Events

// GeoJSON, RFC 7946: a Feature, or a FeatureCollection whose features are the elements. Each becomes
// one document:
//
//   {"type":"Feature","id":"us1","geometry":{"type":"Point","coordinates":[36.1,-0.3,10]},
//    "properties":{"mag":5.1}}
//     ─►  {"mag":5.1,"type":"Feature","id":"us1","geometry":{…},"lat":-0.3,"lon":36.1,"alt":10,
//          "properties":{"mag":5.1}}
//
// - Members of `properties` stand at the top too and win over the feature's own of the same name. The
//   whole is `properties`, so that `properties.mag` is good as well.
// - `lat`, `lon` and `alt` are the coordinates of a Point, as they are written; another geometry, an
//   empty Point and none (null or absent) give none. Whether they can be is for `valid` to say.
// - Members of a FeatureCollection other than its features are not looked at.

/// Members that are looked at; their raw values are the scanner's slots, numbered in preorder.
enum GeoJSONLabel: Int, CaseIterable {
    case type, id, box, geometry, geometryType, coordinates, properties, features
    case latitude, longitude, altitude

    var path: [String] {
        switch self {
        case .type: ["type"]
        case .id: ["id"]
        case .box: ["bbox"]
        case .geometry: ["geometry"]
        case .geometryType: ["geometry", "type"]
        case .coordinates: ["geometry", "coordinates"]
        case .properties: ["properties"]
        case .features: ["features"]
        case .latitude: ["lat"]
        case .longitude: ["lon"]
        case .altitude: ["alt"]
        }
    }

    static let positions: [GeoJSONLabel] = [.longitude, .latitude, .altitude]
}

extension Translator {
    mutating func translateFeatures(_ start: UnsafeRawPointer) -> TranslationOutcome {
        let open = scanner.skipSpace(start)
        guard open < scanner.end else { return refusePayload(.empty, open) }
        guard let after = scan(open, depth: 0), isLast(after) else {
            return refusePayload(scanner.failure, scanner.failurePlace)
        }
        guard open.byte == ASCII.leftBrace else { return refusePayload(.notAnObject, open) }
        guard let type = value(.type) else { return refusePayload(.format, open) }
        if says(type, "Feature") { return translateOnly(open) { $0.translateFeature($1) } }
        guard says(type, "FeatureCollection") else { return refusePayload(.format, type.start) }
        guard let features = value(.features) else { return refusePayload(.format, open) }
        guard features.kind == .array else { return refusePayload(.format, features.start) }
        return translateElements(features.start, depth: 2) { $0.translateFeature($1) }
    }

    private func value(_ label: GeoJSONLabel) -> RawValue? { value(label.rawValue) }

    /// Whether a value is this text.
    private mutating func says(_ value: RawValue, _ word: StaticString) -> Bool {
        guard value.isText else { return false }
        let text = content(value)
        let word = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        return UnsafeRawBufferPointer(start: text.start, count: text.end - text.start)
            .elementsEqual(word)
    }

    private mutating func translateFeature(_ feature: UnsafeRawPointer) -> ElementOutcome {
        guard let type = value(.type) else { return .refused(.format, feature) }
        guard says(type, "Feature") else { return .refused(.format, type.start) }
        let properties = value(.properties)
        if let properties, properties.kind != .object, properties.kind != .null {
            return .refused(.format, properties.start)
        }
        var position = GeoPosition()
        if let place = readGeometry(feature, &position) { return .refused(.format, place) }
        output.append(ASCII.leftBrace, at: offset(feature))
        writeForeign(feature)
        let said = properties.map { writeMembers(of: $0) } ?? 0
        for label in [GeoJSONLabel.type, .id, .box, .geometry] where said & 1 << label.rawValue == 0
        {
            guard let value = value(label) else { continue }
            switch label {
            case .id: key("id", at: value.start)
            case .box: key("bbox", at: value.start)
            case .geometry: key("geometry", at: value.start)
            case .type, .geometryType, .coordinates, .properties, .features, .latitude, .longitude,
                .altitude:
                key("type", at: value.start)
            }
            copy(value)
        }
        write(position, except: said)
        if let properties {
            key("properties", at: properties.start)
            copy(properties)
        }
        output.append(ASCII.rightBrace, at: offset(feature))
        return .written
    }

    /// Members that the RFC does not know, before the properties: a later member of a name wins.
    private mutating func writeForeign(_ feature: UnsafeRawPointer) {
        var place = feature + 1
        while let member = scanner.nextMember(&place) {
            let isKnown = member.slot >= 0 && member.slot < GeoJSONLabel.features.rawValue
            if !isKnown { copy(member) }
        }
    }

    /// Gives the members of features that properties have the names of, a bit each.
    private mutating func writeMembers(of properties: RawValue) -> Int {
        guard properties.kind == .object else { return 0 }
        var said = 0
        var place = properties.start + 1
        while let member = scanner.nextMember(&place) {
            if member.slot == GeoJSONLabel.properties.rawValue { continue }
            if member.slot >= 0 { said |= 1 << member.slot }
            copy(member)
        }
        return said
    }
}

/// The numbers of a Point: longitude, latitude, altitude, as far as there are.
private struct GeoPosition {
    var numbers: (Token?, Token?, Token?)

    mutating func set(_ index: Int, _ number: Token) {
        switch index {
        case 0: numbers.0 = number
        case 1: numbers.1 = number
        case 2: numbers.2 = number
        default: break
        }
    }
}

extension Translator {
    private static let geometries: [StaticString] = [
        "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
    ]

    /// Reads the position of a Point; gives the place of what is no geometry.
    private mutating func readGeometry(
        _ feature: UnsafeRawPointer, _ position: inout GeoPosition
    ) -> UnsafeRawPointer? {
        guard let geometry = value(.geometry), geometry.kind != .null else { return nil }
        guard geometry.kind == .object, let type = value(.geometryType) else {
            return geometry.start
        }
        if says(type, "GeometryCollection") { return nil }
        let isPoint = says(type, "Point")
        guard isPoint || Translator.geometries.contains(where: { says(type, $0) }) else {
            return type.start
        }
        guard let coordinates = value(.coordinates) else { return geometry.start }
        guard coordinates.kind == .array else { return coordinates.start }
        guard isPoint else { return nil }
        var place = coordinates.start + 1
        var count = 0
        while scanner.nextElement(&place), place < coordinates.end {
            let start = place
            guard let after = scanner.scanValue(place, node: -1, depth: 0),
                scanner.kind == .number
            else { return start }
            position.set(count, Token(start: start, end: after))
            count += 1
            place = after
        }
        return count == 1 ? coordinates.start : nil
    }

    private mutating func write(_ position: GeoPosition, except said: Int) {
        write("lat", position.numbers.1, .latitude, said)
        write("lon", position.numbers.0, .longitude, said)
        write("alt", position.numbers.2, .altitude, said)
    }

    private mutating func write(
        _ name: StaticString, _ number: Token?, _ label: GeoJSONLabel, _ said: Int
    ) {
        guard let number, said & 1 << label.rawValue == 0 else { return }
        key(name, at: number.start)
        output.copy(number.start, number.end, at: offset(number.start))
    }
}
