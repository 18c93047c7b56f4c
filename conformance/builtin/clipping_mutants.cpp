// The written mutants of clipping: what is said of each, and what it makes of gradients.
#include <algorithm>
#include <cmath>

#include "conformance/builtin/mutant_list.hpp"
#include "conformance/builtin/value_mutants.hpp"
#include "conformance/cases/clipping_parts.hpp"

namespace plumbline::conformance {
namespace {

using Tensors = std::vector<std::vector<double>>;

/// The parts of a case, to be shortened each by a factor of norm and limit.
class Parts {
 public:
  Parts(const ClippingCase& asked, Tensors& gradients)
      : Parts(asked, asked.clipping->unit, gradients) {}
  Parts(const ClippingCase& asked, ClippingUnit unit, Tensors& gradients)
      : parts_(clipping_parts(asked, unit)), gradients_(gradients) {}

  template <class FactorOf>
  void scale(NormOrder order, const FactorOf& factor_of, std::size_t first_tensors = SIZE_MAX) {
    for (const ClippingPart& part : parts_) {
      const auto norm = static_cast<double>(norm_of(part, order, gradients_));
      const double factor = factor_of(norm, static_cast<double>(part.limit), part.places.size());
      for (const auto& [tensor, element] : part.places) {
        if (tensor < first_tensors) gradients_[tensor][element] *= factor;
      }
    }
  }

 private:
  std::vector<ClippingPart> parts_;
  Tensors& gradients_;
};

double limited(double factor) {
  return factor < 1 ? factor : 1;  // 1 for 0/0 too
}
double rightly(double norm, double limit, std::size_t) {
  return limited(limit / norm);
}

void each_element(Tensors& gradients, auto&& change) {
  for (auto& gradient : gradients) {
    for (double& value : gradient) value = change(value);
  }
}

bool clip_value_wrongly(std::string_view mutant, double limit, Tensors& gradients) {
  const auto inside = [&](double value) { return std::abs(value) <= limit; };
  const auto apply = [&](auto&& change) {
    each_element(gradients, change);
    return true;
  };
  if (mutant == "upper-only") return apply([&](double g) { return std::min(g, limit); });
  if (mutant == "lower-only") return apply([&](double g) { return std::max(g, -limit); });
  if (mutant == "zeroed-outside") return apply([&](double g) { return inside(g) ? g : 0; });
  if (mutant == "sign-of-limit-lost") return apply([&](double g) { return inside(g) ? g : limit; });
  if (mutant == "always-at-limit") {
    return apply([&](double g) { return g == 0 ? 0 : std::copysign(limit, g); });
  }
  if (mutant == "wrapped") return apply([&](double g) { return std::remainder(g, 2 * limit); });
  return false;
}

bool clip_by_norm_wrongly(std::string_view mutant, const ClippingCase& asked, Tensors& gradients) {
  const NormOrder order = asked.clipping->order;
  const auto scale = [&](const auto& factor_of) {
    Parts(asked, gradients).scale(order, factor_of);
    return true;
  };
  const auto in_units = [&](ClippingUnit unit) {
    Parts(asked, unit, gradients).scale(order, rightly);
    return true;
  };
  const auto by_order = [&](NormOrder other) {
    Parts(asked, gradients).scale(other, rightly);
    return true;
  };
  using Size = std::size_t;
  if (mutant == "divides-by-square") {
    return scale([](double norm, double limit, Size) { return limited(limit / (norm * norm)); });
  }
  if (mutant == "multiplies") {
    return scale([](double norm, double limit, Size) { return limited(norm / limit); });
  }
  if (mutant == "always-scales") {
    return scale([](double norm, double limit, Size) { return limit / norm; });
  }
  if (mutant == "norm-of-mean") {
    return scale([](double norm, double limit, Size count) {
      return limited(limit * std::sqrt(static_cast<double>(count)) / norm);
    });
  }
  if (mutant == "halves-outside") {
    return scale([](double norm, double limit, Size) { return norm > limit ? 0.5 : 1; });
  }
  if (mutant == "zeroed-outside") {
    return scale([](double norm, double limit, Size) { return norm > limit ? 0 : 1; });
  }
  if (mutant == "turned") {
    return scale([](double norm, double limit, Size) { return -limited(limit / norm); });
  }
  if (mutant == "per-element") return in_units(ClippingUnit::element);
  if (mutant == "per-tensor") return in_units(ClippingUnit::tensor);
  if (mutant == "all-tensors") return in_units(ClippingUnit::all_tensors);
  if (mutant == "largest-element") return by_order(NormOrder::infinity);
  if (mutant == "sum-of-magnitudes") return by_order(NormOrder::one);
  if (mutant == "root-of-squares") return by_order(NormOrder::two);
  if (mutant == "first-tensor-only") {
    Parts(asked, gradients).scale(order, rightly, 1);
    return true;
  }
  return false;
}

/// Wrong limits: of the threshold, and of the parameter's norm.
bool with_wrong_limit(std::string_view mutant, ClippingCase asked, Tensors& gradients) {
  double& first = asked.hyperparameters[0];
  if (mutant == "threshold-squared") {
    first *= first;
  } else if (mutant == "epsilon-ignored") {
    asked.hyperparameters[1] = 0;
  } else if (mutant == "factor-swapped-with-epsilon") {
    std::swap(first, asked.hyperparameters[1]);
  } else if (mutant == "parameter-squared") {
    each_element(asked.parameters, [](double w) { return w * w; });
  } else if (mutant == "parameter-ignored") {
    each_element(asked.parameters, [](double) { return 0.0; });
  } else {
    return false;
  }
  Parts(asked, gradients).scale(asked.clipping->order, rightly);
  return true;
}

}  // namespace

bool clip_as_mutant(std::string_view mutant, const ClippingCase& asked, Tensors& gradients) {
  if (mutant == "never-clips") return true;
  const bool by_value = asked.clipping->unit == ClippingUnit::element;
  if (by_value && clip_value_wrongly(mutant, asked.hyperparameters[0], gradients)) return true;
  if (clip_by_norm_wrongly(mutant, asked, gradients)) return true;
  if (with_wrong_limit(mutant, asked, gradients)) return true;
  if (mutant == "sign-lost") {
    Parts(asked, gradients).scale(asked.clipping->order, rightly);
    each_element(gradients, [](double g) { return std::abs(g); });
    return true;
  }
  return false;
}

std::vector<Mutant> written_mutants_of(const Clipping& clipping) {
  MutantList list(clipping.name);
  list.add("never-clips", "hands the gradients through", "M25");
  list.add("always-scales", "scales gradients inside the threshold up to it", "M14");
  list.add("threshold-squared", "c^2 for c", "M10");
  list.add("first-tensor-only", "clips the first tensor alone", "M12");
  list.add("sign-lost", "gives magnitudes", "M14");
  list.add("zeroed-outside", "throws away what is outside", "M14");
  list.add("turned", "gives what is clipped, and what is not, the other sign", "M14");
  if (clipping.unit == ClippingUnit::element) {
    list.add("upper-only", "clips at c and not at -c", "M14");
    list.add("lower-only", "clips at -c and not at c", "M14");
    list.add("sign-of-limit-lost", "c for what is below -c", "M14");
    list.add("always-at-limit", "c or -c for every element that is not 0", "M14");
    list.add("wrapped", "what is beyond c comes back at -c", "M14");
    list.add("per-tensor", "scales each tensor by its largest element", "M11");
    return list.take();
  }
  list.add("divides-by-square", "c/||g||^2 for c/||g||", "M10");
  list.add("multiplies", "||g||/c for c/||g||", "M14");
  list.add("halves-outside", "halves what is outside, however far", "M14");
  list.add("norm-of-mean", "the mean for the sum in the norm", "M10");
  list.add("per-element", "clips each element to [-c, c]", "M14");
  if (clipping.unit != ClippingUnit::tensor)
    list.add("per-tensor", "one norm for each tensor", "M11");
  if (clipping.unit != ClippingUnit::all_tensors) {
    list.add("all-tensors", "one norm for all tensors", "M11");
  }
  if (clipping.order != NormOrder::infinity) {
    list.add("largest-element", "the largest element for the norm", "M15");
  }
  if (clipping.order != NormOrder::one) {
    list.add("sum-of-magnitudes", "the 1-norm for the norm", "M15");
  }
  if (clipping.order != NormOrder::two)
    list.add("root-of-squares", "the 2-norm for the norm", "M15");
  if (clipping.wants_parameters) {
    list.add("epsilon-ignored", "a parameter of zero lets nothing through", "M16");
    list.add("factor-swapped-with-epsilon", "lambda for epsilon, and epsilon for lambda", "M9");
    list.add("parameter-squared", "the norm of w^2 for that of w", "M10");
    list.add("parameter-ignored", "epsilon for the parameter's norm", "M16");
  }
  return list.take();
}

}  // namespace plumbline::conformance
