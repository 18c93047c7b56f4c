// What the layout of tensors and groups may change: nothing, for rules that go element
// by element.
#include <algorithm>
#include <cmath>

#include "conformance/properties/relations.hpp"

namespace plumbline::conformance::relations {
namespace {

/// The values from `first` on, taken out of the list.
std::vector<double> take_from(std::vector<double>& values, std::size_t first) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(first);
  std::vector<double> rest(at, values.end());
  values.erase(at, values.end());
  return rest;
}

}  // namespace

// The last tensor in two tensors.
std::optional<Relation> split_tensor(const Case& test_case) {
  const std::size_t last = test_case.parameters.size() - 1;
  const std::size_t size = test_case.parameters[last].initial.size();
  if (size < 2) return std::nullopt;
  const std::size_t half = size / 2;
  Relation relation{{test_case, test_case}, {}};
  Case& split = relation.runs.back();
  CaseParameter rest = split.parameters[last];
  rest.name += "_rest";
  rest.initial = take_from(split.parameters[last].initial, half);
  rest.shape = {static_cast<long>(size - half)};
  split.parameters[last].shape = {static_cast<long>(half)};
  split.parameters.push_back(std::move(rest));
  for (auto& step : split.gradients) {
    if (!step[last]) {
      step.emplace_back();
      continue;
    }
    step.emplace_back(take_from(*step[last], half));
  }
  for (long step = 1; step <= test_case.steps(); ++step) {
    for (std::size_t element = 0; element < size; ++element) {
      const bool in_first = element < half;
      relation.equations.push_back(same_value(step, last, element, in_first ? last : last + 1,
                                              in_first ? element : element - half));
    }
  }
  return relation;
}

// The same elements as a matrix.
std::optional<Relation> reshaped(const Case& test_case) {
  Relation relation{{test_case, test_case}, {}};
  bool any = false;
  for (CaseParameter& parameter : relation.runs.back().parameters) {
    const long size = static_cast<long>(parameter.initial.size());
    if (size == 0 || size % 2 != 0) continue;
    parameter.shape = {size / 2, 2};
    any = true;
  }
  if (!any) return std::nullopt;
  add_same_everywhere(relation);
  return relation;
}

// All parameters in a group that has the hyperparameters of the others.
std::optional<Relation> group_of_all(const Case& test_case) {
  Relation relation{{test_case, test_case}, {}};
  Case& grouped = relation.runs.back();
  grouped.groups = {grouped.hyperparameters};
  for (CaseParameter& parameter : grouped.parameters) parameter.group = 0;
  add_same_everywhere(relation);
  return relation;
}

// A parameter beside others does what it does alone.
std::optional<Relation> parameters_apart(const Case& test_case) {
  if (test_case.parameters.size() < 2) return std::nullopt;
  Relation relation{{test_case}, {}};
  const std::size_t last = test_case.parameters.size() - 1;
  for (const std::size_t kept : {std::size_t{0}, last}) {
    Case alone = test_case;
    alone.parameters = {test_case.parameters[kept]};
    for (std::size_t step = 0; step < alone.gradients.size(); ++step) {
      alone.gradients[step] = {test_case.gradients[step][kept]};
    }
    relation.runs.push_back(std::move(alone));
    const std::size_t run = relation.runs.size() - 1;
    for (long step = 1; step <= test_case.steps(); ++step) {
      for (std::size_t e = 0; e < test_case.parameters[kept].initial.size(); ++e) {
        Equation equation = same_value(step, kept, e, 0, e);
        equation.terms.front().run = run;
        relation.equations.push_back(std::move(equation));
      }
    }
  }
  return relation;
}

// Steps without a gradient are no steps: the parameter, its state and its count stay.
std::optional<Relation> missing_is_no_step(const Case& test_case) {
  Relation relation{{test_case}, {}};
  for (std::size_t index = 0; index < test_case.parameters.size(); ++index) {
    Case present = test_case;
    present.parameters = {test_case.parameters[index]};
    present.gradients.clear();
    for (const auto& step : test_case.gradients) {
      if (step[index]) present.gradients.push_back({step[index]});
    }
    const long taken = present.steps();
    if (taken == test_case.steps() || taken == 0) continue;
    relation.runs.push_back(std::move(present));
    for (std::size_t e = 0; e < test_case.parameters[index].initial.size(); ++e) {
      relation.equations.push_back(
          {{{relation.runs.size() - 1, taken, 0, e, 1}, {0, test_case.steps(), index, e, -1}}});
    }
  }
  if (relation.runs.size() == 1) return std::nullopt;
  return relation;
}

// Setting the learning rate to what it is changes nothing.
std::optional<Relation> repeated_rate(const Case& test_case) {
  Relation relation{{test_case, test_case}, {}};
  Case& told = relation.runs.back();
  told.learning_rates.assign(told.gradients.size(), told.hyperparameters[0]);
  add_same_everywhere(relation);
  return relation;
}

}  // namespace plumbline::conformance::relations
