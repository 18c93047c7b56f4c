// One parameter of the built-in subject: its values, its state and its count.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "conformance/builtin/mutant.hpp"
#include "reference/catalogue.hpp"

namespace plumbline::conformance {

/// Thrown where a mutant does not exist in a format.
struct NoSuchMutant : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One parameter's values and state in its own format.
class HeldParameter {
 public:
  virtual ~HeldParameter() = default;
  virtual void set_learning_rate(double rate) = 0;
  virtual double learning_rate() const = 0;
  /// Counts a step; apply() follows.
  virtual void advance() = 0;
  virtual void apply(const std::vector<double>& gradient) = 0;
  virtual std::vector<double> values() const = 0;
  virtual std::vector<double> state(std::size_t tensor) const = 0;
  virtual std::optional<std::vector<double>> look_ahead() const = 0;
  /// Replaces all that is held: for save, load, and mutants.
  virtual void restore(const std::vector<double>& values,
                       const std::vector<std::vector<double>>& state, long steps) = 0;
  virtual long steps() const = 0;
  /// The scalars that go from step to step; of a rule that keeps rates they are not known
  /// by the count alone.
  virtual std::vector<double> scalars() const = 0;
  virtual void set_scalars(const std::vector<double>& scalars) = 0;
};

struct ParameterSetting {
  std::string name;
  std::vector<long> shape;
  std::vector<double> initial;
  SubjectFormat format;
  std::vector<double> hyperparameters;
};

/// Binds the rule to the parameter's arithmetic. `mutant` may be null. Throws NoSuchMutant.
std::unique_ptr<HeldParameter> hold(const Rule& rule, const ParameterSetting& setting,
                                    std::span<const double> hyperparameters,
                                    std::span<const int> choices, const Mutant* mutant);

}  // namespace plumbline::conformance
