#include "conformance/properties/random_case.hpp"

#include <fmt/format.h>
#include <rapidcheck/seq/Create.h>
#include <rapidcheck/shrinkable/Create.h>

#include <algorithm>
#include <cmath>

#include "conformance/cases/profiles.hpp"

namespace plumbline::conformance {
namespace {

/// Uniform draws in whole numbers; the slight bias of the remainder does not matter.
class Draw {
 public:
  explicit Draw(const rc::Random& random) : random_(random) {}

  long between(long least, long greatest) {
    const auto count = static_cast<std::uint64_t>(greatest - least) + 1;
    return least + static_cast<long>(random_.next() % count);
  }
  std::size_t size(std::size_t least, std::size_t greatest) {
    return static_cast<std::size_t>(between(static_cast<long>(least), static_cast<long>(greatest)));
  }
  bool one_in(long count) { return between(1, count) == 1; }

 private:
  rc::Random random_;
};

bool has_place(const Dialect& dialect, std::string_view name) {
  return std::ranges::find(dialect.without, name) == dialect.without.end();
}

/// One of the values that the hyperparameter's description names, or one between its
/// far ends. Only sums and products: the same value on every machine.
double draw_value(Draw& draw, const Hyperparameter& hyperparameter) {
  const double low = hyperparameter.low;
  const double high = hyperparameter.high;
  double value = hyperparameter.default_value;
  switch (draw.between(0, 7)) {
    case 0:
      value = hyperparameter.dyadic;
      break;
    case 1:
      value = hyperparameter.distinct;
      break;
    case 2:
      value = low;
      break;
    case 3:
      value = high;
      break;
    case 4:
      value = std::min(high, low * static_cast<double>(draw.between(2, 50)));
      break;
    case 5:
      value = low + (high - low) * static_cast<double>(draw.between(1, 63)) / 64;
      break;
    default:
      break;
  }
  return hyperparameter.kind == Hyperparameter::Kind::real ? value : std::round(value);
}

std::vector<double> draw_hyperparameters(Draw& draw, const Rule& rule, const Dialect& dialect,
                                         const CaseNeeds& needs) {
  std::vector<double> values;
  for (const Hyperparameter& hyperparameter : rule.hyperparameters) {
    const bool on =
        !hyperparameter.neutral || (needs.optional_hyperparameters &&
                                    has_place(dialect, hyperparameter.name) && draw.one_in(3));
    const double value = on ? draw_value(draw, hyperparameter) : *hyperparameter.neutral;
    // What is drawn for one that is on must do something.
    values.push_back(on && value == hyperparameter.neutral ? hyperparameter.distinct : value);
  }
  return values;
}

/// Whole-number parts, mostly small, some at the greatest magnitude.
double draw_whole(Draw& draw, const CaseNeeds& needs, bool nonzero) {
  const long greatest = draw.one_in(4) ? needs.most_magnitude : std::min(needs.most_magnitude, 12);
  const long value = draw.between(-greatest, greatest);
  return static_cast<double>(value == 0 && nonzero ? 1 : value);
}

std::vector<double> draw_tensor(Draw& draw, std::size_t size, const CaseNeeds& needs, bool nonzero,
                                int exponent) {
  std::vector<double> values;
  for (std::size_t element = 0; element < size; ++element) {
    values.push_back(std::ldexp(draw_whole(draw, needs, nonzero), exponent));
  }
  return values;
}

std::size_t draw_elements(Draw& draw, const CaseNeeds& needs) {
  const std::size_t unit = needs.elements_multiple_of;
  const std::size_t least = (needs.least_elements + unit - 1) / unit;
  return unit * draw.size(least, std::max(least, needs.most_elements / unit));
}

Case draw_case(Draw draw, const Rule& rule, const Dialect& dialect, const CaseNeeds& needs) {
  Case result;
  result.rule = &rule;
  result.id = std::string(rule.name) + "/random";
  result.hyperparameters = draw_hyperparameters(draw, rule, dialect, needs);
  if (needs.groups && draw.one_in(2)) {
    result.groups.push_back(draw_hyperparameters(draw, rule, dialect, needs));
  }
  const std::size_t parameters = draw.size(1, needs.most_parameters);
  const int initial_exponent = static_cast<int>(draw.between(-6, 0));
  const bool start_at_zero = draw.one_in(3);
  for (std::size_t index = 0; index < parameters; ++index) {
    const std::size_t size = draw_elements(draw, needs);
    CaseParameter parameter{
        .name = "w" + std::to_string(index), .shape = {static_cast<long>(size)}, .initial = {}};
    if (needs.matrices && rule.unit != Unit::element && size >= 4 && size % 2 == 0) {
      parameter.shape = {2, static_cast<long>(size / 2)};
    }
    parameter.initial = start_at_zero ? std::vector<double>(size, 0.0)
                                      : draw_tensor(draw, size, needs, false, initial_exponent);
    for (double& value : parameter.initial) value = start_for(rule, value);
    if (!result.groups.empty() && draw.one_in(2)) parameter.group = 0;
    result.parameters.push_back(std::move(parameter));
  }
  const long steps = draw.between(needs.least_steps, needs.most_steps);
  const int exponent =
      static_cast<int>(draw.between(needs.least_exponent, needs.greatest_exponent));
  for (long step = 1; step <= steps; ++step) {
    std::vector<Gradient> gradients;
    for (const CaseParameter& parameter : result.parameters) {
      if (needs.missing_gradients && draw.one_in(4)) {
        gradients.emplace_back();
      } else {
        gradients.emplace_back(
            draw_tensor(draw, parameter.initial.size(), needs, needs.nonzero_gradients, exponent));
      }
    }
    result.gradients.push_back(std::move(gradients));
  }
  if (needs.rate_changes && (needs.always_changes_rate || draw.one_in(2))) {
    result.learning_rates.assign(static_cast<std::size_t>(steps), std::nan(""));
    for (double& rate : result.learning_rates) {
      if (draw.one_in(3)) rate = draw_value(draw, rule.hyperparameters[0]);
    }
  }
  return result;
}

/// The smaller cases next to one, largest simplifications first.
class Smaller {
 public:
  Smaller(const Case& origin, const CaseNeeds& needs) : origin_(origin), needs_(needs) {
    drop_steps();
    drop_parameters();
    drop_elements();
    simplify_settings();
    if (count_of_values() <= 60) simplify_values();
  }
  std::vector<Case> take() { return std::move(cases_); }

 private:
  const Case& origin_;
  const CaseNeeds& needs_;
  std::vector<Case> cases_;

  Case& add() { return cases_.emplace_back(origin_); }

  void keep_steps(long first, long count) {
    Case& smaller = add();
    const auto cut = [&](auto& list) {
      if (list.empty()) return;
      list.erase(list.begin() + (first + count), list.end());
      list.erase(list.begin(), list.begin() + first);
    };
    cut(smaller.gradients);
    cut(smaller.learning_rates);
  }

  void drop_steps() {
    const long steps = origin_.steps();
    if (steps <= needs_.least_steps) return;
    const long half = std::max(needs_.least_steps, steps / 2);
    if (half < steps - 1) keep_steps(0, half);
    keep_steps(0, steps - 1);
    keep_steps(1, steps - 1);
  }

  void drop_parameters() {
    for (std::size_t index = 0; index < origin_.parameters.size(); ++index) {
      if (origin_.parameters.size() == 1) return;
      Case& smaller = add();
      const auto at = static_cast<std::ptrdiff_t>(index);
      smaller.parameters.erase(smaller.parameters.begin() + at);
      for (auto& step : smaller.gradients) step.erase(step.begin() + at);
    }
  }

  void drop_elements() {
    const std::size_t unit = needs_.elements_multiple_of;
    for (std::size_t index = 0; index < origin_.parameters.size(); ++index) {
      const std::size_t size = origin_.parameters[index].initial.size();
      if (size < unit || size - unit < needs_.least_elements) continue;
      for (const bool first : {false, true}) {
        Case& smaller = add();
        const auto cut = [&](std::vector<double>& values) {
          const auto count = static_cast<std::ptrdiff_t>(unit);
          if (first) {
            values.erase(values.begin(), values.begin() + count);
          } else {
            values.erase(values.end() - count, values.end());
          }
        };
        cut(smaller.parameters[index].initial);
        smaller.parameters[index].shape = {static_cast<long>(size - unit)};
        for (auto& step : smaller.gradients) {
          if (step[index]) cut(*step[index]);
        }
      }
    }
  }

  void simplify_settings() {
    if (!origin_.groups.empty()) {
      Case& smaller = add();
      smaller.groups.clear();
      for (CaseParameter& parameter : smaller.parameters) parameter.group.reset();
    }
    if (!origin_.learning_rates.empty()) add().learning_rates.clear();
    for (std::size_t index = 0; index < origin_.hyperparameters.size(); ++index) {
      const Hyperparameter& hyperparameter = origin_.rule->hyperparameters[index];
      const double plain = hyperparameter.neutral.value_or(hyperparameter.dyadic);
      if (origin_.hyperparameters[index] != plain) add().hyperparameters[index] = plain;
    }
  }

  std::size_t count_of_values() const {
    std::size_t count = 0;
    for (const CaseParameter& parameter : origin_.parameters) count += parameter.initial.size();
    return count * (origin_.gradients.size() + 1);
  }

  template <class Place>
  void simplify_value(double value, bool may_be_zero, Place&& place) {
    for (const double plainer : {0.0, std::abs(value), value > 0 ? 1.0 : -1.0, value / 2}) {
      const bool smaller = std::abs(plainer) < std::abs(value) || (plainer > 0 && value < 0);
      if (!smaller || (plainer == 0 && !may_be_zero)) continue;
      if (plainer == value / 2 && std::abs(value) < 0x1p-10) continue;
      place(add()) = plainer;
    }
  }

  void simplify_values() {
    for (std::size_t index = 0; index < origin_.parameters.size(); ++index) {
      for (std::size_t element = 0; element < origin_.parameters[index].initial.size(); ++element) {
        simplify_value(
            origin_.parameters[index].initial[element], !origin_.rule->positive_parameters,
            [&](Case& smaller) -> double& { return smaller.parameters[index].initial[element]; });
        for (std::size_t step = 0; step < origin_.gradients.size(); ++step) {
          const Gradient& gradient = origin_.gradients[step][index];
          if (!gradient) continue;
          simplify_value(
              (*gradient)[element], !needs_.nonzero_gradients,
              [&](Case& smaller) -> double& { return (*smaller.gradients[step][index])[element]; });
        }
      }
    }
  }
};

}  // namespace

rc::Gen<Case> random_case(const Rule& rule, const Dialect& dialect, const CaseNeeds& needs) {
  return [&rule, &dialect, needs](const rc::Random& random, int) {
    return rc::shrinkable::shrinkRecur(
        draw_case(Draw(random), rule, dialect, needs), [needs](const Case& origin) {
          return rc::seq::fromContainer(Smaller(origin, needs).take());
        });
  };
}

}  // namespace plumbline::conformance
