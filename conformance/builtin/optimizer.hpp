// The built-in subject's optimizer: a catalogue rule on plain numbers.
#pragma once

#include <map>
#include <memory>
#include <optional>
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
};

struct ParameterSetting {
  std::string name;
  std::vector<long> shape;
  std::vector<double> initial;
  SubjectFormat format;
  std::vector<double> hyperparameters;
};

class BuiltInOptimizer {
 public:
  /// `mutant` may be null. Throws NoSuchMutant.
  BuiltInOptimizer(const Rule& rule, std::vector<int> choices,
                   std::vector<ParameterSetting> parameters, const Mutant* mutant);

  void step(const std::vector<std::optional<std::vector<double>>>& gradients,
            std::optional<double> learning_rate);

  std::vector<std::vector<double>> parameters() const;
  /// By standard name; only the tensors that are in use.
  std::map<std::string, std::vector<std::vector<double>>> state() const;
  std::optional<std::vector<std::vector<double>>> evaluate_at() const;

  const Rule& rule() const { return *rule_; }
  const std::vector<ParameterSetting>& settings() const { return settings_; }
  const std::vector<std::unique_ptr<HeldParameter>>& held() const { return held_; }
  /// For the mutant in which optimizers share their state.
  void take_state_of(const BuiltInOptimizer& other);

 private:
  struct History {  // what only mutants remember
    std::vector<double> last_gradient;
    std::vector<double> gradient_sum;
    std::vector<std::vector<double>> state_before;
  };
  const Rule* rule_;
  std::vector<int> choices_;
  std::vector<ParameterSetting> settings_;
  const Mutant* mutant_;
  std::vector<std::unique_ptr<HeldParameter>> held_;
  std::vector<History> history_;
  long steps_ = 0;

  bool slips(Slip slip) const { return mutant_ != nullptr && mutant_->slip == slip; }
  void step_parameter(std::size_t index, std::vector<double> gradient);
  void distort_gradient(History& history, std::vector<double>& gradient) const;
  void distort_state(std::size_t index);
  void undo_skipped_elements(std::size_t index, const std::vector<double>& before);
};

}  // namespace plumbline::conformance
