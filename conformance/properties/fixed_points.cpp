// Where an optimizer stays, and how it decays when nothing else moves it.
#include "conformance/properties/relations.hpp"

namespace plumbline::conformance::relations {
namespace {

void clear_gradients(Case& test_case) {
  for (auto& step : test_case.gradients) {
    for (Gradient& gradient : step) {
      if (gradient) gradient->assign(gradient->size(), 0.0);
    }
  }
}

/// One run: theta_t = factor^t theta_0 in each step.
Relation shrinking_path(Case run, Quadruple factor) {
  Relation relation{{std::move(run)}, {}};
  const Case& only = relation.runs.front();
  Quadruple power = 1;
  for (long step = 1; step <= only.steps(); ++step) {
    power *= factor;
    for (std::size_t index = 0; index < only.parameters.size(); ++index) {
      for (std::size_t e = 0; e < only.parameters[index].initial.size(); ++e) {
        const Quadruple expected = power * Quadruple(only.parameters[index].initial[e]);
        const Quadruple slack = (expected < 0 ? -expected : expected) * Quadruple(0x1p-100);
        relation.equations.push_back(
            {{{.step = step, .parameter = index, .element = e}}, -expected, slack});
      }
    }
  }
  return relation;
}

}  // namespace

// Zero gradients from the start: nothing moves (without decay).
std::optional<Relation> zero_gradient(const Case& test_case) {
  Case still = test_case;
  clear_gradients(still);
  return shrinking_path(std::move(still), 1);
}

// Zero gradients with weight decay: theta_t = (1 - eta lambda)^t theta_0.
std::optional<Relation> pure_decay(const Case& test_case) {
  const auto decay = index_of(test_case.rule->hyperparameters, "weight_decay");
  if (!decay) return std::nullopt;
  Case decaying = test_case;
  double& lambda = decaying.hyperparameters[*decay];
  if (lambda == 0) lambda = test_case.rule->hyperparameters[*decay].distinct;
  clear_gradients(decaying);
  const Quadruple factor = 1 - Quadruple(decaying.hyperparameters[0]) * Quadruple(lambda);
  return shrinking_path(std::move(decaying), factor);
}

// A learning rate of 0: nothing moves (where decay is scaled by the rate).
std::optional<Relation> zero_rate(const Case& test_case) {
  Case still = test_case;
  still.hyperparameters[0] = 0;
  return shrinking_path(std::move(still), 1);
}

}  // namespace plumbline::conformance::relations
