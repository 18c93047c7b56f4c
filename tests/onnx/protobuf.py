"""As much of protobuf's wire format as ONNX's operator tests need.

onnx.proto: ModelProto.graph = 7; GraphProto.node = 1; NodeProto.op_type = 4, .attribute = 5;
AttributeProto.name = 1, .f = 2, .i = 3, .s = 4, .type = 20 (1 float, 2 int, 3 string);
TensorProto.dims = 1, .data_type = 2 (1 float, 7 int64), .float_data = 4, .int64_data = 7,
.name = 8, .raw_data = 9.
"""
import struct


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7f) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def fields(data):
    """(number, value): an integer, or bytes."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        number, wire_type = key >> 3, key & 7
        if wire_type == 0:
            value, at = varint(data, at)
        else:
            if wire_type == 2:
                size, at = varint(data, at)
            else:
                size = {1: 8, 5: 4}[wire_type]
            value, at = data[at:at + size], at + size
            if len(value) != size:
                raise ValueError("a field is cut short")
        yield number, value


def all_of(data, number):
    return [value for n, value in fields(data) if n == number]


def shortest_decimal(single):
    """The float whose shortest decimal gives this binary32: 0.95, not 0.949999988079071."""
    for digits in range(1, 10):
        text = "%.*g" % (digits, single)
        if struct.pack("<f", float(text)) == struct.pack("<f", single):
            return float(text)
    return single


def node(model):
    """(operator, {attribute: value}) of the model's only node."""
    (graph,) = all_of(model, 7)
    (only,) = all_of(graph, 1)
    attributes = {}
    for attribute in all_of(only, 5):
        by_number = dict(fields(attribute))
        kind = by_number[20]
        attributes[by_number[1].decode()] = (
            shortest_decimal(struct.unpack("<f", by_number[2])[0]) if kind == 1
            else by_number[3] if kind == 2 else by_number[4].decode())
    return all_of(only, 4)[0].decode(), attributes


def packed_integers(blocks):
    result = []
    for block in blocks:
        at = 0
        if isinstance(block, int):
            result.append(block)
            continue
        while at < len(block):
            value, at = varint(block, at)
            result.append(value)
    return result


def tensor(data):
    """(name, shape, values)"""
    shape = packed_integers(all_of(data, 1))
    code, size = {1: ("f", 4), 7: ("q", 8)}[all_of(data, 2)[0]]
    raw = b"".join(all_of(data, 9)) or b"".join(all_of(data, 4))
    values = list(struct.unpack("<%d%s" % (len(raw) // size, code), raw))
    if not values and code == "q":
        values = packed_integers(all_of(data, 7))
    count = 1
    for extent in shape:
        count *= extent
    if len(values) != count:
        raise ValueError("a tensor's size is not its shape's")
    return all_of(data, 8)[0].decode(), shape, values
