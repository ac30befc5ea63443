/// How a payload's bytes are written.
public enum PayloadFormat: String, CaseIterable, Sendable {
    /// JSON documents, which the decoder reads as they are.
    case json
    /// Sensor Measurement Lists in JSON, RFC 8428.
    case senml
    /// CloudEvents 1.0 in JSON, one event or a batch of them.
    case cloudevents
    /// GeoJSON, RFC 7946: a feature or a collection of them.
    case geojson
    /// MessagePack: maps, or arrays of maps.
    case msgpack
}
