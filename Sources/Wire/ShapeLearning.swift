internal import Events

// Learning: after the scanner accepted a document that no shape fitted, it is scanned once more with
// tracing on, and its literals and values become a shape.
extension Decoder {
    /// Learns the document at `place`, if it is time to and if a shape can describe it.
    mutating func learn(
        _ place: UnsafeRawPointer, _ stream: Int, checksTopic: Bool, depth: Int
    ) {
        if checksTopic { makeLatest(stream: stream) }
        let set = shapes + stream
        guard set.pointee.isTimeToLearn() else { return }
        scanner.begin(plans[stream].members)
        scanner.trace = trace
        scanner.traced = 0
        scanner.isLearnable = true
        let end = scanner.scanValue(place, node: 0, depth: depth)
        scanner.trace = nil
        guard let end, scanner.isLearnable else { return }
        // The last shape makes room: it fitted longest ago.
        set.pointee.moveToFront(ShapeSet.count - 1)
        var builder = ShapeBuilder(
            set.pointee.shapes, plans + stream, checksTopic: checksTopic, from: place,
            memory: &memory)
        for index in 0..<scanner.traced {
            builder.add(trace[index], depth: trace[index].depth - depth)
        }
        builder.finish(at: end)
    }
}
