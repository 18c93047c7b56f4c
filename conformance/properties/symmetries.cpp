// Symmetries of update rules: what the step does when its input is scaled, moved,
// permuted, turned or mirrored, and how it depends on the learning rate.
#include <algorithm>
#include <cmath>

#include "conformance/properties/relations.hpp"

namespace plumbline::conformance::relations {
namespace {

void for_each_value(Case& test_case, auto&& change) {
  for (CaseParameter& parameter : test_case.parameters) {
    for (double& value : parameter.initial) change(value);
  }
}

void for_each_gradient(Case& test_case, auto&& change) {
  for (auto& step : test_case.gradients) {
    for (Gradient& gradient : step) {
      if (gradient) {
        for (double& value : *gradient) change(value);
      }
    }
  }
}

/// The elements moved on by one place, the last to the front.
void move_on(std::vector<double>& values) {
  if (values.empty()) return;
  const double last = values.back();
  values.pop_back();
  values.insert(values.begin(), last);
}

/// H/2 with the Hadamard matrix H of order 4: orthogonal, and exact in binary.
constexpr double half_hadamard[4][4] = {
    {0.5, 0.5, 0.5, 0.5}, {0.5, -0.5, 0.5, -0.5}, {0.5, 0.5, -0.5, -0.5}, {0.5, -0.5, -0.5, 0.5}};

void turn(std::vector<double>& values) {
  for (std::size_t block = 0; block < values.size(); block += 4) {
    double turned[4] = {};
    for (std::size_t row = 0; row < 4; ++row) {
      for (std::size_t column = 0; column < 4; ++column) {
        turned[row] += half_hadamard[row][column] * values[block + column];
      }
    }
    for (std::size_t row = 0; row < 4; ++row) values[block + row] = turned[row];
  }
}

}  // namespace

// g -> 4 g, with epsilon = 0: the same steps (Adam, AdaGrad, RMSProp, sign methods).
std::optional<Relation> scale_invariance(const Case& test_case) {
  Relation relation{{test_case}, {}};
  Case& origin = relation.runs.front();
  if (const auto epsilon = index_of(origin.rule->hyperparameters, "epsilon")) {
    origin.hyperparameters[*epsilon] = 0;
  }
  relation.runs.push_back(origin);
  for_each_gradient(relation.runs.back(), [](double& value) { value *= 4; });
  add_same_everywhere(relation);
  return relation;
}

// theta_0 -> theta_0 + c, the same gradients: the path moves by c.
std::optional<Relation> translation(const Case& test_case) {
  Relation relation{{test_case, test_case}, {}};
  for_each_value(relation.runs.front(), [](double& value) { value = 0; });
  add_same_everywhere(relation);
  for (Equation& equation : relation.equations) {
    const Term& moved = equation.terms.front();
    equation.constant = -Quadruple(test_case.parameters[moved.parameter].initial[moved.element]);
  }
  return relation;
}

// Elements moved within their tensors, and the tensors in reverse order.
std::optional<Relation> permutation(const Case& test_case) {
  Relation relation{{test_case, test_case}, {}};
  Case& moved = relation.runs.back();
  std::ranges::reverse(moved.parameters);
  for (CaseParameter& parameter : moved.parameters) move_on(parameter.initial);
  for (auto& step : moved.gradients) {
    std::ranges::reverse(step);
    for (Gradient& gradient : step) {
      if (gradient) move_on(*gradient);
    }
  }
  const std::size_t count = test_case.parameters.size();
  for (long step = 1; step <= test_case.steps(); ++step) {
    for (std::size_t index = 0; index < count; ++index) {
      const std::size_t size = test_case.parameters[index].initial.size();
      for (std::size_t element = 0; element < size; ++element) {
        relation.equations.push_back(
            same_value(step, index, element, count - 1 - index, (element + 1) % size));
      }
    }
  }
  return relation;
}

// Q theta_0 and Q g give Q theta_t (rules that are linear in the gradient).
std::optional<Relation> rotation(const Case& test_case) {
  Relation relation{{test_case, test_case}, {}};
  Case& turned = relation.runs.back();
  for (CaseParameter& parameter : turned.parameters) turn(parameter.initial);
  for (auto& step : turned.gradients) {
    for (Gradient& gradient : step) {
      if (gradient) turn(*gradient);
    }
  }
  for (long step = 1; step <= test_case.steps(); ++step) {
    for (std::size_t index = 0; index < test_case.parameters.size(); ++index) {
      const std::size_t size = test_case.parameters[index].initial.size();
      for (std::size_t element = 0; element < size; ++element) {
        Equation equation{{{.run = 1, .step = step, .parameter = index, .element = element}}};
        for (std::size_t column = 0; column < 4; ++column) {
          equation.terms.push_back({.run = 0,
                                    .step = step,
                                    .parameter = index,
                                    .element = element / 4 * 4 + column,
                                    .coefficient = -Quadruple(half_hadamard[element % 4][column])});
        }
        relation.equations.push_back(std::move(equation));
      }
    }
  }
  return relation;
}

// (theta_0, g) -> (-theta_0, -g): the path is mirrored.
std::optional<Relation> sign_symmetry(const Case& test_case) {
  Relation relation{{test_case, test_case}, {}};
  const auto negate = [](double& value) { value = -value; };
  for_each_value(relation.runs.back(), negate);
  for_each_gradient(relation.runs.back(), negate);
  add_same_everywhere(relation);
  for (Equation& equation : relation.equations) equation.terms.back().coefficient = 1;
  return relation;
}

// Twice the learning rate: the first step is twice as long.
std::optional<Relation> linear_in_rate(const Case& test_case) {
  Relation relation{{test_case, test_case}, {}};
  relation.runs.back().hyperparameters[0] *= 2;
  add_same_everywhere(relation);
  std::erase_if(relation.equations,
                [](const Equation& equation) { return equation.terms.front().step != 1; });
  for (Equation& equation : relation.equations) {
    Term& slow = equation.terms.back();
    slow.coefficient = -2;
    equation.constant = Quadruple(test_case.parameters[slow.parameter].initial[slow.element]);
  }
  return relation;
}

// The learning rate doubled before the last step: that step is twice as long, where the
// rate is not also in the state.
std::optional<Relation> rate_change_at_once(const Case& test_case) {
  if (test_case.steps() < 2) return std::nullopt;
  Relation relation{{test_case, test_case}, {}};
  Case& changed = relation.runs.back();
  changed.learning_rates.assign(changed.gradients.size(), std::nan(""));
  changed.learning_rates.back() = 2 * changed.hyperparameters[0];
  const long last = test_case.steps();
  for (std::size_t index = 0; index < test_case.parameters.size(); ++index) {
    for (std::size_t e = 0; e < test_case.parameters[index].initial.size(); ++e) {
      const auto term = [&](std::size_t run, long step, int coefficient) {
        return Term{run, step, index, e, Quadruple(coefficient)};
      };
      relation.equations.push_back(
          {{term(1, last, 1), term(1, last - 1, -1), term(0, last, -2), term(0, last - 1, 2)}});
    }
  }
  return relation;
}

}  // namespace plumbline::conformance::relations
