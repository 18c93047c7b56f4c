// Moving moments: their weights, their bias correction, and expectations over batches.
#include <array>
#include <cmath>

#include "conformance/properties/relations.hpp"
#include "reference/numbers/wide.hpp"

namespace plumbline::conformance::relations {
namespace {

Quadruple power(Quadruple base, long exponent) {
  Quadruple result = 1;
  for (long i = 0; i < exponent; ++i) result *= base;
  return result;
}

std::optional<double> hyperparameter(const Case& test_case, std::string_view name) {
  const auto index = index_of(test_case.rule->hyperparameters, name);
  if (!index) return std::nullopt;
  return test_case.hyperparameters[*index];
}

/// A state tensor that is the moving mean of a power of the gradient, by standard name.
struct MovingMean {
  std::string_view state, decay;
  int exponent;
};
constexpr std::array moving_means{
    MovingMean{"first_moment", "beta1", 1}, MovingMean{"second_moment", "beta2", 2},
    MovingMean{"mean_square", "rho", 2}, MovingMean{"mean_gradient", "rho", 1}};

/// The gradients of the first step in every step.
Case constant(const Case& test_case) {
  Case result = test_case;
  for (auto& step : result.gradients) step = test_case.gradients.front();
  return result;
}

/// The state's term after the last step of a run, for the equation that it is `expected`.
Equation state_is(std::size_t run, long step, std::size_t parameter, std::size_t element,
                  std::string_view state, Quadruple expected) {
  return {{{run, step, parameter, element, 1, state}},
          -expected,
          magnitude_of(expected) * Quadruple(0x1p-100)};
}

void for_each_element(const Case& test_case, auto&& visit) {
  for (std::size_t index = 0; index < test_case.parameters.size(); ++index) {
    for (std::size_t e = 0; e < test_case.parameters[index].initial.size(); ++e) visit(index, e);
  }
}

Quadruple gradient_power(const Case& test_case, std::size_t step, std::size_t parameter,
                         std::size_t element, int exponent) {
  return power(Quadruple((*test_case.gradients[step][parameter])[element]), exponent);
}

}  // namespace

// A constant gradient: mhat = g and vhat = g^2 in every step, so that
// theta_t = theta_0 - t eta g/(|g| + epsilon).
std::optional<Relation> constant_gradient_step(const Case& test_case) {
  const auto epsilon = hyperparameter(test_case, "epsilon");
  if (!epsilon || !hyperparameter(test_case, "beta1") || !hyperparameter(test_case, "beta2")) {
    return std::nullopt;
  }
  Relation relation{{constant(test_case)}, {}};
  const Case& run = relation.runs.front();
  const Quadruple rate(run.hyperparameters[0]);
  for_each_element(run, [&](std::size_t index, std::size_t e) {
    const Quadruple gradient = gradient_power(run, 0, index, e, 1);
    const Quadruple step_length = rate * gradient / (magnitude_of(gradient) + Quadruple(*epsilon));
    const Quadruple start(run.parameters[index].initial[e]);
    for (long step = 1; step <= run.steps(); ++step) {
      const Quadruple moved = Quadruple(static_cast<double>(step)) * step_length;
      relation.equations.push_back(
          {{{.step = step, .parameter = index, .element = e}},
           moved - start,
           (magnitude_of(moved) + magnitude_of(start)) * Quadruple(0x1p-100)});
    }
  });
  return relation;
}

// A constant gradient: a moving mean is (1 - beta^t) g^k after t steps.
std::optional<Relation> constant_gradient_moments(const Case& test_case) {
  Relation relation{{constant(test_case)}, {}};
  const Case& run = relation.runs.front();
  for (const MovingMean& mean : moving_means) {
    const auto decay = hyperparameter(run, mean.decay);
    if (!decay) continue;
    for_each_element(run, [&](std::size_t index, std::size_t e) {
      const Quadruple target = gradient_power(run, 0, index, e, mean.exponent);
      for (long step = 1; step <= run.steps(); ++step) {
        const Quadruple share = 1 - power(Quadruple(*decay), step);
        relation.equations.push_back(state_is(0, step, index, e, mean.state, share * target));
      }
    });
  }
  if (relation.equations.empty()) return std::nullopt;
  return relation;
}

// A gradient in step k alone: a moving mean is beta^(T-k) (1 - beta) g^k after T steps.
// These weights are not negative, and sum to 1 - beta^T, the bias correction.
std::optional<Relation> impulse_responses(const Case& test_case) {
  const long last = test_case.steps();
  Relation relation;
  for (long impulse = 1; impulse <= last; ++impulse) {
    Case run = constant(test_case);
    for (long step = 1; step <= last; ++step) {
      if (step == impulse) continue;
      for (Gradient& gradient : run.gradients[static_cast<std::size_t>(step - 1)]) {
        gradient->assign(gradient->size(), 0.0);
      }
    }
    relation.runs.push_back(std::move(run));
  }
  for (const MovingMean& mean : moving_means) {
    const auto decay = hyperparameter(test_case, mean.decay);
    if (!decay) continue;
    const Quadruple beta(*decay);
    for_each_element(test_case, [&](std::size_t index, std::size_t e) {
      const Quadruple target = gradient_power(test_case, 0, index, e, mean.exponent);
      Equation sum = state_is(0, last, index, e, mean.state, (1 - power(beta, last)) * target);
      sum.terms.clear();
      for (long impulse = 1; impulse <= last; ++impulse) {
        const auto run = static_cast<std::size_t>(impulse - 1);
        const Quadruple weight = power(beta, last - impulse) * (1 - beta);
        relation.equations.push_back(state_is(run, last, index, e, mean.state, weight * target));
        sum.terms.push_back({run, last, index, e, 1, mean.state});
      }
      relation.equations.push_back(std::move(sum));
    });
  }
  if (relation.equations.empty()) return std::nullopt;
  return relation;
}

// The mean of the first step over all mini-batches of two, drawn without replacement from
// four samples, is the step along the mean gradient.
std::optional<Relation> unbiased_batches(const Case& test_case) {
  constexpr std::size_t population = 4;
  if (test_case.gradients.size() != population) return std::nullopt;
  Relation relation;
  const auto add_run = [&](std::initializer_list<std::size_t> batch) {
    Case run = test_case;
    run.gradients.resize(1);
    for (std::size_t index = 0; index < run.parameters.size(); ++index) {
      std::vector<double>& mean = *run.gradients[0][index];
      for (std::size_t e = 0; e < mean.size(); ++e) {
        double sum = 0;
        for (const std::size_t sample : batch) sum += (*test_case.gradients[sample][index])[e];
        // Samples are multiples of 4: every mean of them is exact.
        mean[e] = 4 * sum / static_cast<double>(batch.size());
      }
    }
    relation.runs.push_back(std::move(run));
  };
  add_run({0, 1, 2, 3});
  for (std::size_t one = 0; one < population; ++one) {
    for (std::size_t other = one + 1; other < population; ++other) add_run({one, other});
  }
  const std::size_t batches = relation.runs.size() - 1;
  for_each_element(test_case, [&](std::size_t index, std::size_t e) {
    Equation equation{{{0, 1, index, e, -Quadruple(static_cast<double>(batches))}}};
    for (std::size_t batch = 1; batch <= batches; ++batch) {
      equation.terms.push_back({batch, 1, index, e, 1});
    }
    relation.equations.push_back(std::move(equation));
  });
  return relation;
}

std::optional<Relation> first_step_is_gradient_step(const Case& test_case) {
  Relation relation{{test_case}, {}};
  Case& run = relation.runs.front();
  run.gradients.resize(1);
  for_each_element(test_case, [&](std::size_t index, std::size_t e) {
    const Quadruple moved = Quadruple(run.hyperparameters[0]) * gradient_power(run, 0, index, e, 1);
    const Quadruple start(run.parameters[index].initial[e]);
    relation.equations.push_back(
        {{{.step = 1, .parameter = index, .element = e}},
         moved - start,
         (magnitude_of(moved) + magnitude_of(start)) * Quadruple(0x1p-100)});
  });
  return relation;
}

}  // namespace plumbline::conformance::relations
