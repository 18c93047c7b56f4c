"""The laws of initializations: fans from the product of all sizes, bounds in the papers' own form,
and variances of cut normals by quadrature."""
import math

from mpmath import exp, mpf, pi, quad, sqrt


def fans(shape, layout):
    every = math.prod(shape)
    if layout == "output_first":
        return every // shape[0], every // shape[1]
    return every // shape[-1], every // shape[-2]


def normal_density(x):
    return exp(-x * x / 2) / sqrt(2 * pi)


def cut_second_moment(cut):
    """E x^2 of a standard normal within [-cut, cut], by quadrature."""
    far = min(cut, mpf(18))  # what lies beyond is below 1e-70
    pieces = [far * k / 8 for k in range(9)]
    inside = quad(normal_density, pieces)
    return quad(lambda x: x * x * normal_density(x), pieces) / inside


def wanted_variance(name, options, shape, value):
    if name.startswith("xavier"):
        return value**2 * 2 / sum(fans(shape, options["layout"]))
    if name.startswith("he"):
        fan_in, fan_out = fans(shape, options["layout"])
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_average": mpf(fan_in + fan_out) / 2}
        return 2 / (1 + value**2) / fan[options["fan"]]
    if name == "small_init":
        return 1 / (mpf(5) / 2 * value)
    raise KeyError(name)


def uniform_bound(name, options, shape, value):
    """As the papers write it."""
    fan_in, fan_out = fans(shape, options["layout"])
    if name == "xavier_uniform":
        return value * sqrt(6) / sqrt(fan_in + fan_out)
    fan = fan_in if options["fan"] == "fan_in" else fan_out
    return sqrt(3) * sqrt(2 / (1 + value**2)) / sqrt(fan)


def law(name, options, shape, value):
    """What values are drawn from: its family, and what of deviation, bound and variance it has."""
    if name.endswith("uniform"):
        bound = uniform_bound(name, options, shape, value)
        # E x^2 = integral of x^2/(2 b) over [-b, b]
        variance = quad(lambda x: x * x / (2 * bound), [-bound, 0, bound])
        return {"family": "uniform", "bound": bound, "variance": variance}
    if name == "truncated_normal":
        deviation = value
        bound = 2 * value if options["cut"] == "two_deviations" else mpf(2)
    else:
        deviation = sqrt(wanted_variance(name, options, shape, value))
        if options["distribution"] == "normal":
            return {"family": "normal", "deviation": deviation, "variance": deviation**2}
        if options["distribution"] == "truncated":
            deviation /= sqrt(cut_second_moment(mpf(2)))
        bound = 2 * deviation
    return {"family": "truncated normal", "deviation": deviation, "bound": bound,
            "variance": deviation**2 * cut_second_moment(bound / deviation)}


PLAIN = {"distribution": "normal", "layout": "output_first"}
KERAS = {"layout": "input_first"}
CUT = {**KERAS, "distribution": "truncated"}
CUT_UNCORRECTED = {**KERAS, "distribution": "truncated_uncorrected"}
# name: (its hyperparameter, what it is where it is left out, the dialects' options)
INITIALIZATIONS = {
    "xavier_normal": ("gain", 1, {
        "output_first": PLAIN, "input_first": {**PLAIN, **KERAS}, "truncated": CUT,
        "truncated_uncorrected": CUT_UNCORRECTED}),
    "xavier_uniform": ("gain", 1, {"output_first": PLAIN, "input_first": KERAS}),
    "he_normal": ("negative_slope", 0, {
        "fan_in": {**PLAIN, "fan": "fan_in"}, "fan_out": {**PLAIN, "fan": "fan_out"},
        "input_first": {**PLAIN, **KERAS, "fan": "fan_in"}, "truncated": {**CUT, "fan": "fan_in"},
        "truncated_uncorrected": {**CUT_UNCORRECTED, "fan": "fan_in"}}),
    "he_uniform": ("negative_slope", 0, {
        "fan_in": {**PLAIN, "fan": "fan_in"}, "fan_out": {**PLAIN, "fan": "fan_out"},
        "input_first": {**KERAS, "fan": "fan_in"}}),
    "small_init": ("dimension", None, {"normal": PLAIN}),
    "truncated_normal": ("standard_deviation", None, {
        "two_deviations": {"cut": "two_deviations"}, "two": {"cut": "two"}}),
}
