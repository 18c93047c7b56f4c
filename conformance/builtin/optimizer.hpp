// The built-in subject's optimizer: a catalogue rule on plain numbers.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "conformance/builtin/held_parameter.hpp"
#include "conformance/subject/subject.hpp"

namespace plumbline::conformance {

class BuiltInOptimizer {
 public:
  /// `mutant` may be null. Throws NoSuchMutant.
  BuiltInOptimizer(const Rule& rule, std::vector<int> choices,
                   std::vector<ParameterSetting> parameters, const Mutant* mutant);

  void step(const std::vector<std::optional<std::vector<double>>>& gradients,
            std::optional<double> learning_rate);

  std::vector<std::vector<double>> parameters() const;
  /// Only the tensors that are in use; nothing where a parameter has none.
  StateRecord state() const;
  std::optional<std::vector<std::vector<double>>> evaluate_at() const;

  const Rule& rule() const { return *rule_; }
  const std::vector<ParameterSetting>& settings() const { return settings_; }
  const std::vector<std::unique_ptr<HeldParameter>>& held() const { return held_; }
  // For the mutants in which optimizers share what they hold.
  void take_state_of(const BuiltInOptimizer& other);
  void take_count_of(const BuiltInOptimizer& other);

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
  std::optional<double> late_rate_;

  bool slips(Slip slip) const { return mutant_ != nullptr && mutant_->slip == slip; }
  std::vector<std::vector<double>> state_of(std::size_t index) const;
  bool fit(std::size_t one, std::size_t other) const;
  void take_state(std::size_t index, std::size_t source);
  void exchange_state(std::size_t one, std::size_t other);
  void step_parameter(std::size_t index, std::vector<double> gradient);
  void distort_gradient(History& history, std::vector<double>& gradient) const;
  void distort_state(std::size_t index);
  void undo_skipped_elements(std::size_t index, const std::vector<double>& before);
};

}  // namespace plumbline::conformance
