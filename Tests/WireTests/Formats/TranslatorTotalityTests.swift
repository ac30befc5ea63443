import Events
import Testing
import Wire

/// Whatever the bytes: the translator ends, stays inside the payload, and what it writes decodes.
@Suite struct TranslatorTotalityTests {
    private static let seeds: [PayloadFormat: [[UInt8]]] = [
        .json: [Array(#"{"a":1}"#.utf8)],
        .senml: [
            #"[{"bn":"urn:dev:1/","bt":1.3e9,"bu":"A","bv":0.5,"bs":1,"bver":5,"n":"v","u":"V","v":120.1},{"n":"a","t":-5,"v":1.2,"x_":null},{"n":"b","vs":"\u00e4\n","s":7,"ut":3},{"vd":"aGkgCg","foo":[{"b":[]}]},{"vb":true,"t":1e9}]"#,
            "[{\"n\":\"\\u0061/b\",\r\n \"v\":1},\n{}, 5]",
        ].map { Array($0.utf8) },
        .cloudevents: [
            #"[{"specversion":"1.0","id":"7","source":"/g","type":"t","data":{"level":3.2,"id":"x","data":[]}},{"specversion":"1.0","id":"8","source":"/g","type":"t","ext":true,"datacontenttype":"application/json","data_base64":"eyJhIjpbMSwKMl19"}]"#,
            #"{"specversion":"1.0","id":"7","source":"/g","type":"t","time":"2026-01-01T00:00:00Z","data_base64":"PGEvPg==","datacontenttype":"text/xml"}"#,
        ].map { Array($0.utf8) },
        .geojson: [
            #"{"type":"FeatureCollection","features":[{"type":"Feature","id":1,"geometry":{"type":"Point","coordinates":[1,2,3]},"properties":{"mag":5,"type":"x","properties":[]}},{"type":"Feature","geometry":null,"properties":null,"lat":{"a":"b"}}],"bbox":[1,2]}"#,
            #"{"geometry":{"coordinates":[[1,2],[3,4]],"type":"LineString"},"type":"Feature","properties":{"\u006cat":1}}"#,
        ].map { Array($0.utf8) },
        .msgpack: [
            [
                0x93, 0x82, 0xA1, 0x76, 0xCB, 0x3F, 0xB9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9A, 0x01,
                0xA2, 0xC3, 0xA4, 0x83, 0xC3, 0x92, 0xC0, 0xCA, 0x3D, 0xCC, 0xCC, 0xCD, 0xA1, 0x61,
                0xC4, 0x02, 0x01, 0xFF, 0xD9, 0x01, 0x22, 0xD6, 0xFF, 0x69, 0x55, 0xB9, 0x00, 0x80,
            ],
            [
                0x81, 0xA1, 0x78, 0xC7, 0x03, 0x05, 0x01, 0x02, 0x03, 0x81, 0xA1, 0x79, 0xDC, 0x00,
                0x02, 0xD1, 0x80, 0x00, 0xCF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
            ],
        ],
    ]

    /// A seed after some bytes were changed, taken out, doubled or put in.
    private static func mutated(
        _ seed: [UInt8], _ random: inout SeededGenerator
    ) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...2, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, place + Int.random(in: 1...12, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            case 4:
                // A letter for another, which leaves the grammar as it is.
                if bytes[place] & 0x40 != 0 { bytes[place] ^= 1 }
            default: bytes.removeLast(bytes.count - place)
            }
        }
        return bytes
    }

    @Test(arguments: PayloadFormat.allCases.filter { $0 != .json })
    func mutatedPayloads(format: PayloadFormat) {
        let limits = DecodeLimits(depth: 8, textBytes: 64, readings: 100)
        let harness = TranslatorHarness(format, limits: limits)
        let decoder = DecodeHarness(
            [StreamSchema(name: "any", fields: [])], limits: DecodeLimits(depth: 8, readings: .max))
        var random = SeededGenerator(seed: 41)
        let seeds = Self.seeds[format] ?? []
        var documents = 0
        var refused = 0
        for round in 0..<20_000 {
            let bytes = Self.mutated(seeds[round % seeds.count], &random)
            let translated = harness.translate(bytes)
            documents += translated.lines.count
            refused += translated.refusals.count
            expectSound(
                translated, harness.translator, payload: bytes.count, limits: limits,
                decoder: decoder)
        }
        // Mutation leaves enough whole, and breaks enough, for this to mean something.
        #expect(documents > 3_000 && refused > 3_000, "\(documents) and \(refused)")
    }

    @Test(arguments: PayloadFormat.allCases.filter { $0 != .json })
    func randomBytes(format: PayloadFormat) {
        let harness = TranslatorHarness(format)
        let decoder = DecodeHarness([StreamSchema(name: "any", fields: [])])
        var random = SeededGenerator(seed: 43)
        for round in 0..<5_000 {
            let bytes = (0..<(round % 40)).map { _ in UInt8.random(in: 0...255, using: &random) }
            let translated = harness.translate(bytes)
            expectSound(translated, harness.translator, payload: bytes.count, decoder: decoder)
        }
    }

    /// One for JSON is of no use, and does no harm.
    @Test func JSONStaysAsItIs() {
        let harness = TranslatorHarness(.json)
        let text = "{\"a\":1}\n{\"a\":2}"
        let translated = harness.translate(text)
        #expect(translated.documents == Array(text.utf8) && translated.outcome == .documents)
        #expect(harness.translator.place(ofDocumentOffset: 9) == 9)
        #expect(harness.translate("").told == ["empty@0"])
    }
}
