"""What clippings do to the elements of one unit, from their papers: g where its norm is at most
the limit, else so much shorter that it is the limit."""
from fractions import Fraction

MILLIONTH = Fraction(1, 10 ** 6)


def magnitude(value):
    return -value if value < 0 else value


def two_norm(elements):
    return sum((x ** 2 for x in elements[1:]), elements[0] ** 2).sqrt()


def norm_of(clipping, elements):
    if clipping.endswith("_infinity"):
        largest = magnitude(elements[0])
        for x in elements[1:]:
            largest = magnitude(x) if largest < magnitude(x) else largest
        return largest
    if clipping.endswith("_1"):
        return sum((magnitude(x) for x in elements[1:]), magnitude(elements[0]))
    return two_norm(elements)


def shortened(elements, divisor, limit):
    if not limit < divisor:
        return list(elements)
    return [g * limit / divisor for g in elements]


def clipped(clipping, dialect, constants, gradient, parameter):
    """Returns ({name: norm}, clipped elements)."""
    if clipping == "value":
        limit = constants["c"]
        return {}, [g if not limit < magnitude(g) else -limit if g < 0 else limit
                    for g in gradient]
    norm = norm_of(clipping, gradient)
    if clipping != "adaptive":
        divisor = norm + MILLIONTH if dialect == "epsilon" else norm
        return {"||g||": norm}, shortened(gradient, divisor, constants["c"])
    size = two_norm(parameter)
    limit = constants["lambda"] * (constants["epsilon"] if size < constants["epsilon"] else size)
    names = {"||g||": norm, "||w||": size}
    if dialect == "paper" or norm < limit:
        return names, shortened(gradient, norm, limit)
    divisor = norm if not norm < MILLIONTH else norm - norm + MILLIONTH
    return names, [g * limit / divisor for g in gradient]
