/// The memory of a decoder's plans: taken while it is made or learns a shape, given back together.
///
/// Plans are flat values that point into this memory; so the hot path counts no references.
struct Allocations {
    private var blocks: [UnsafeMutableRawPointer] = []

    /// Zeroed memory for `count` values.
    mutating func make<Value: BitwiseCopyable>(
        _ type: Value.Type, count: Int
    ) -> UnsafeMutablePointer<Value> {
        let bytes = max(count, 1) * MemoryLayout<Value>.stride
        let block = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        block.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        blocks.append(block)
        return block.bindMemory(to: type, capacity: count)
    }

    /// Memory that holds these values.
    mutating func copy<Value: BitwiseCopyable>(
        _ values: [Value]
    ) -> UnsafeMutablePointer<Value> {
        let result = make(Value.self, count: values.count)
        for (index, value) in values.enumerated() { result[index] = value }
        return result
    }

    /// Gives everything back; no plan may be used afterwards.
    mutating func free() {
        for block in blocks { block.deallocate() }
        blocks = []
    }
}
