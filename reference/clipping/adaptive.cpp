// Adaptive clipping (Brock, De, Smith and Simonyan 2021, eq. (3)), unit by unit.
//
//   c = lambda max(||w||, epsilon)      w, g: a unit of the parameter and of its gradient
//   g <- g min(1, c/||g||)
//
// A unit is a row of a matrix, what one output is computed with, and of vectors and scalars
// the whole; libraries that keep matrices transposed take the columns. They leave g as it is
// where ||g|| < c, and else divide by max(||g||, 1e-6): below that norm a gradient of norm c
// becomes shorter at once.
#include <algorithm>

#include "reference/clipping/norms.hpp"

namespace plumbline::clippings {
namespace {

struct Adaptive {
  enum class Units : int { rows, columns };
  enum class Divisor : int { norm, at_least_a_millionth };
  struct Options {
    Units units;
    Divisor divisor;
  };

  /// The elements of each unit.
  static std::vector<std::vector<std::size_t>> units_of(const Shape& shape, Units units) {
    const std::size_t size = element_count(shape);
    const auto long_axes = std::ranges::count_if(shape, [](long axis) { return axis != 1; });
    const bool whole = shape.size() < 2 || (units == Units::columns && long_axes < 2);
    std::size_t count = 1;
    if (!whole && units == Units::rows) count = static_cast<std::size_t>(shape[0]);
    // What is left of an array when its first axis is summed over, or all but the last of four.
    if (!whole && units == Units::columns) {
      const std::size_t last = static_cast<std::size_t>(shape.back());
      count = shape.size() == 4 ? last : size / std::max<std::size_t>(1, std::size_t(shape[0]));
    }
    std::vector<std::vector<std::size_t>> result(count);
    for (std::size_t element = 0; element < size; ++element) {
      result[units == Units::rows ? element * count / size : element % count].push_back(element);
    }
    return result;
  }

  template <class Number>
  static void clip_unit(std::vector<Number>& gradient, const std::vector<Number>& parameter,
                        std::span<const Given<Number>> hyperparameters, Divisor divisor) {
    const Number clipping_factor = hyperparameters[0];
    const Number epsilon = hyperparameters[1];
    const Number size = named("||w||", norm_of<NormOrder::two>(parameter));
    const Number norm = named("||g||", norm_of<NormOrder::two>(gradient));
    const Number limit = clipping_factor * max(size, epsilon);
    if (divisor == Divisor::norm) {
      shorten(gradient, Shortening::factor, norm, limit);
    } else if (!less(norm, limit)) {
      const Number factor = limit / max(norm, Number(1e-6));
      for (Number& element : gradient) element = element * factor;
    }
  }

  template <class Number>
  static std::optional<Number> clip(std::span<const Given<Number>> hyperparameters,
                                    const Options& options,
                                    std::vector<std::vector<Number>>& gradients,
                                    std::span<const ClippedParameter<Number>> parameters) {
    if (parameters.size() != gradients.size()) {
      throw std::invalid_argument("adaptive clipping without a parameter for each gradient");
    }
    for (std::size_t tensor = 0; tensor < gradients.size(); ++tensor) {
      const ClippedParameter<Number>& whole = parameters[tensor];
      for (const auto& unit : units_of(whole.shape, options.units)) {
        std::vector<Number> gradient;
        std::vector<Number> parameter;
        for (const std::size_t element : unit) {
          gradient.push_back(gradients[tensor][element]);
          parameter.push_back(whole.values[element]);
        }
        clip_unit(gradient, parameter, hyperparameters, options.divisor);
        for (std::size_t place = 0; place < unit.size(); ++place) {
          gradients[tensor][unit[place]] = gradient[place];
        }
      }
    }
    return std::nullopt;
  }
};

}  // namespace

Clipping adaptive() {
  const Hyperparameter clipping_factor{.name = "clipping_factor",
                                       .symbol = "lambda",
                                       .meaning = "the largest share of the parameter's norm",
                                       .default_value = 0.01,
                                       .neutral = {},
                                       .least = 0,
                                       .greatest = rules::unbounded,
                                       .dyadic = 0.125,
                                       .low = 1e-4,
                                       .high = 1,
                                       .distinct = 0.3};
  Hyperparameter epsilon = rules::epsilon(1e-3);
  epsilon.meaning = "the least norm that a parameter counts with";
  return {
      .name = "adaptive",
      .title = "Adaptive gradient clipping",
      .formula = "g <- g min(1, lambda max(||w||, epsilon)/||g||), unit by unit",
      .source = "Brock, De, Smith and Simonyan 2021, arXiv:2102.06171, eq. (3)",
      .hyperparameters = {clipping_factor, epsilon},
      .options = {{"units", {"rows", "columns"}}, {"divisor", {"norm", "at_least_a_millionth"}}},
      .dialects = {{"paper", {0, 0}, "Brock et al. 2021, eq. (3)", {}},
                   {"rows",
                    {0, 1},
                    "timm timm/utils/agc.py adaptive_clip_grad, PyTorch's layout",
                    {"timm"}},
                   {"columns",
                    {1, 1},
                    "optax optax/transforms/_clipping.py adaptive_grad_clip; the paper's own code, "
                    "deepmind-research nfnets/agc_optax.py",
                    {"optax"}}},
      .equivalences = {},
      .notes = "each unit of each tensor has a limit of its own",
      .unit = ClippingUnit::row,
      .order = NormOrder::two,
      .wants_parameters = true,
      .bindings = clipping_bindings<Adaptive>(),
  };
}

}  // namespace plumbline::clippings
