// A case: everything that is fed to an optimizer, exact, and why.
//
// cases/ makes the inputs of all checks. A case knows nothing of dialects, formats or
// subjects: the same case shows which dialect a subject follows, in every format in
// which its numbers exist.
#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reference/catalogue.hpp"

namespace plumbline::conformance {

struct CaseParameter {
  std::string name;
  std::vector<long> shape;      ///< [] is a scalar; a size may be 0
  std::vector<double> initial;  ///< row-major, exact in bfloat16
  std::optional<std::size_t> group = {};
  std::string format = {};  ///< empty: that of the run
};

/// One parameter's gradient in one step; nothing where it has none.
using Gradient = std::optional<std::vector<double>>;

struct Case {
  const Rule* rule = nullptr;
  std::string id;                           ///< rule/stream/what it varies
  std::string purpose;                      ///< the class of fault that it shows (mutations.md)
  std::vector<double> hyperparameters;      ///< in the rule's order
  std::vector<std::vector<double>> groups;  ///< the hyperparameters of each group, complete
  std::vector<CaseParameter> parameters;
  std::vector<std::vector<Gradient>> gradients;  ///< [step - 1][parameter]
  /// [step - 1]: the learning rate from this step on; NaN where it stays. May be empty.
  std::vector<double> learning_rates;
  std::vector<long> checkpoints;  ///< steps that a golden file keeps
  bool golden = false;            ///< small and telling enough for a golden file
  std::shared_ptr<Case> beside;   ///< a second optimizer, stepped in turn with this one
  /// What a rule that asks its objective runs on; all gradients are missing then.
  const plumbline::Objective* objective = nullptr;
  std::vector<std::vector<double>> draws = {};  ///< [step - 1]: the step's random numbers

  long steps() const { return static_cast<long>(gradients.size()); }
  bool changes_rate(long step) const;
  bool is_checkpoint(long step) const;
  const std::vector<double>& hyperparameters_of(const CaseParameter& parameter) const {
    return parameter.group ? groups[*parameter.group] : hyperparameters;
  }
  /// The format in which a parameter is held in a run in `format`.
  SubjectFormat format_of(const CaseParameter& parameter, const SubjectFormat& format) const;
  /// True when all inputs exist in the format.
  bool fits(const SubjectFormat& format) const;
};

/// The value as the rule can start from it: positive where it has to be.
double start_for(const Rule& rule, double value);

/// True where the dialect has a place for every hyperparameter that the case sends.
bool applies(const Case& test_case, const Dialect& dialect);

/// The cases of a rule, in a fixed order; `seed` varies the random gradients.
std::vector<Case> cases_for(const Rule& rule, std::uint64_t seed);

/// The shapes of its parameters, in their order.
std::vector<Shape> parameter_shapes(const Case& test_case);

/// Cases in a loop with objectives, for golden files: the gradient is that of the objective
/// at the rule's own point. None for a rule that asks its objective, whose cases all are.
std::vector<Case> closed_loops_for(const Rule& rule);

}  // namespace plumbline::conformance
