/// How a feed's payloads are written.
public enum PayloadFormat: String, CaseIterable, Sendable {
    /// RFC 8259: an object, an array of objects, or several documents each on a line.
    case json
    /// RFC 8428 in JSON.
    case senml
    /// CloudEvents 1.0, structured JSON: one event or a batch.
    case cloudevents
    /// RFC 7946: a Feature or a FeatureCollection.
    case geojson
    /// MessagePack: a map, an array of maps, or several objects.
    case msgpack
}
