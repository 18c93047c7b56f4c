#include "conformance/builtin/optimizer.hpp"

#include <algorithm>
#include <cmath>

namespace plumbline::conformance {
namespace {

/// The rule, with the mutant's mistake where that is in its text.
template <class Number>
std::unique_ptr<Update<Number>> bound(const Rule& rule, std::span<const double> hyperparameters,
                                      std::span<const int> choices, const Mutant* mutant) {
  if (mutant == nullptr || !mutant->mutation) return rule.bind<Number>(hyperparameters, choices);
  if constexpr (can_be_mutated<Number>) {
    return rule.bind_mutated<Number>(hyperparameters, choices, *mutant->mutation);
  } else {
    throw NoSuchMutant("systematic mutants compute in binary64 and binary32 only");
  }
}

template <class Format>
class HeldInFormat final : public HeldParameter {
 public:
  using Number = Plain<Format>;

  HeldInFormat(const Rule& rule, const ParameterSetting& setting,
               std::span<const double> hyperparameters, std::span<const int> choices,
               const Mutant* mutant)
      : update_(bound<Number>(rule, hyperparameters, choices, mutant)),
        storage_(setting.format.storage),
        mutant_(mutant),
        learning_rate_(hyperparameters[0]),
        values_(setting.initial.begin(), setting.initial.end()),
        shared_(update_->start_shared()),
        tensors_(update_->start_state(values_)) {
    for (auto& tensor : tensors_) {
      for (Number& value : tensor) {
        value = Number(setting.format.arithmetic.round(value.value()));
      }
    }
    if (mutant_ != nullptr && mutant_->slip == Slip::state_starts_at_one) {
      for (Number& value : tensors_[mutant_->target]) value = Number(1);
    }
  }

  void set_learning_rate(double rate) override {
    update_->set_learning_rate(rate);
    learning_rate_ = rate;
  }
  double learning_rate() const override { return learning_rate_; }

  void advance() override { update_->advance(shared_); }

  void apply(const std::vector<double>& gradient) override {
    const std::vector<Number> exact(gradient.begin(), gradient.end());
    update_->apply(values_, exact, tensors_, distorted());
    for (Number& value : values_) value = Number(storage_.round(value.value()));
  }

  std::vector<double> values() const override { return plain(values_); }
  std::vector<double> state(std::size_t tensor) const override { return plain(tensors_[tensor]); }

  std::optional<std::vector<double>> look_ahead() const override {
    const auto points = update_->look_ahead(values_, tensors_, shared_);
    if (!points) return std::nullopt;
    std::vector<double> result = plain(*points);
    for (double& value : result) value = storage_.round(value);
    return result;
  }

  void restore(const std::vector<double>& values, const std::vector<std::vector<double>>& state,
               long steps) override {
    values_.assign(values.begin(), values.end());
    for (std::size_t i = 0; i < state.size(); ++i) {
      tensors_[i].assign(state[i].begin(), state[i].end());
    }
    if (steps == shared_.step) return;
    shared_ = update_->start_shared();
    while (shared_.step < steps) update_->advance(shared_);
  }

  long steps() const override { return shared_.step; }

 private:
  std::unique_ptr<Update<Number>> update_;
  FormatDescription storage_;
  const Mutant* mutant_;
  double learning_rate_;
  std::vector<Number> values_;
  SharedState<Number> shared_;
  StateTensors<Number> tensors_;

  static std::vector<double> plain(const std::vector<Number>& numbers) {
    std::vector<double> values;
    for (const Number& number : numbers) values.push_back(number.value());
    return values;
  }

  /// The shared scalars as a mutant sees them.
  SharedState<Number> distorted() const {
    SharedState<Number> shared = shared_;
    if (mutant_ == nullptr) return shared;
    SharedState<Number> other = update_->start_shared();
    long wanted = shared.step;
    switch (mutant_->slip) {
      case Slip::scalar_missing:
        shared.scalars[mutant_->target] = 0;
        return shared;
      case Slip::scalar_ahead:
        wanted = shared.step + 1;
        break;
      case Slip::scalar_behind:
        wanted = shared.step - 1;
        break;
      case Slip::scalar_frozen:
        wanted = 1;
        break;
      default:
        return shared;
    }
    while (other.step < wanted) update_->advance(other);
    shared.scalars[mutant_->target] = other.scalars[mutant_->target];
    return shared;
  }
};

std::unique_ptr<HeldParameter> hold(const Rule& rule, const ParameterSetting& setting,
                                    std::span<const double> hyperparameters,
                                    std::span<const int> choices, const Mutant* mutant) {
  return with_arithmetic(setting.format.arithmetic,
                         [&]<class Format>() -> std::unique_ptr<HeldParameter> {
                           return std::make_unique<HeldInFormat<Format>>(
                               rule, setting, hyperparameters, choices, mutant);
                         });
}

void distort_hyperparameters(const Rule& rule, const Mutant& mutant, std::vector<double>& values) {
  double& value = values[mutant.target];
  switch (mutant.slip) {
    case Slip::hyperparameter_scaled:
      value *= mutant.factor;
      break;
    case Slip::hyperparameter_dropped:
      value = rule.hyperparameters[mutant.target].neutral.value_or(0);
      break;
    case Slip::hyperparameter_negated:
      value = -value;
      break;
    case Slip::hyperparameter_squared:
      value *= value;
      break;
    case Slip::hyperparameter_rooted:
      value = std::sqrt(value);
      break;
    case Slip::hyperparameter_complemented:
      value = 1 - value;
      break;
    case Slip::hyperparameters_swapped:
      std::swap(value, values[mutant.other]);
      break;
    case Slip::hyperparameter_times_rate:
      value *= values[0];
      break;
    case Slip::hyperparameter_over_rate:
      value /= values[0];
      break;
    default:
      break;
  }
}

/// The same hyperparameters, by name, for another rule.
std::vector<double> translated(const Rule& from, const Rule& to,
                               const std::vector<double>& values) {
  std::vector<double> result;
  for (const Hyperparameter& hyperparameter : to.hyperparameters) {
    std::string_view name = hyperparameter.name;
    if (name == "rho") name = "beta2";
    const auto index = index_of(from.hyperparameters, name);
    result.push_back(index ? values[*index]
                           : hyperparameter.neutral.value_or(hyperparameter.default_value));
  }
  return result;
}

}  // namespace

BuiltInOptimizer::BuiltInOptimizer(const Rule& rule, std::vector<int> choices,
                                   std::vector<ParameterSetting> parameters, const Mutant* mutant)
    : rule_(&rule),
      choices_(std::move(choices)),
      settings_(std::move(parameters)),
      mutant_(mutant),
      history_(settings_.size()) {
  for (std::size_t index = 0; index < settings_.size(); ++index) {
    const std::size_t source = slips(Slip::groups_ignored) ? 0 : index;
    std::vector<double> hyperparameters = settings_[source].hyperparameters;
    if (mutant_ != nullptr) distort_hyperparameters(rule, *mutant_, hyperparameters);
    if (slips(Slip::other_rule)) {
      const Rule& other = *find_rule(mutant_->other_name);
      held_.push_back(hold(other, settings_[index], translated(rule, other, hyperparameters),
                           other.dialects.front().choices, nullptr));
    } else {
      held_.push_back(hold(rule, settings_[index], hyperparameters, choices_, mutant_));
    }
  }
}

void BuiltInOptimizer::step(const std::vector<std::optional<std::vector<double>>>& gradients,
                            std::optional<double> learning_rate) {
  ++steps_;
  if (learning_rate && !slips(Slip::rate_change_ignored)) {
    for (auto& parameter : held_) parameter->set_learning_rate(*learning_rate);
  }
  for (std::size_t index = 0; index < held_.size(); ++index) {
    if (gradients[index]) {
      step_parameter(index, *gradients[index]);
    } else if (slips(Slip::missing_is_zero)) {
      step_parameter(index, std::vector<double>(settings_[index].initial.size(), 0.0));
    } else if (slips(Slip::late_parameter_counts_from_start)) {
      held_[index]->advance();
    }
  }
}

void BuiltInOptimizer::step_parameter(std::size_t index, std::vector<double> gradient) {
  if (slips(Slip::second_tensor_skipped) && index > 0) return;
  HeldParameter& parameter = *held_[index];
  const std::vector<double> before = parameter.values();
  distort_gradient(history_[index], gradient);
  distort_state(index);
  parameter.advance();
  if (slips(Slip::step_counted_twice)) {
    for (std::size_t other = 0; other + 1 < held_.size(); ++other) parameter.advance();
  }
  parameter.apply(gradient);
  undo_skipped_elements(index, before);
}

void BuiltInOptimizer::distort_gradient(History& history, std::vector<double>& gradient) const {
  if (mutant_ == nullptr) return;
  const std::vector<double> now = gradient;
  history.last_gradient.resize(now.size(), 0.0);
  history.gradient_sum.resize(now.size(), 0.0);
  for (std::size_t element = 0; element < now.size(); ++element) {
    double& value = gradient[element];
    switch (mutant_->slip) {
      case Slip::gradient_negated:
        value = -value;
        break;
      case Slip::gradient_doubled:
        value *= 2;
        break;
      case Slip::gradient_stale:
        value = history.last_gradient[element];
        break;
      case Slip::gradient_accumulated:
        value = history.gradient_sum[element] += value;
        break;
      case Slip::gradient_absolute:
        value = std::abs(value);
        break;
      case Slip::gradient_clipped:
        value = std::clamp(value, -1.0, 1.0);
        break;
      default:
        break;
    }
  }
  history.last_gradient = now;
}

void BuiltInOptimizer::distort_state(std::size_t index) {
  if (mutant_ == nullptr || slips(Slip::other_rule)) return;
  HeldParameter& parameter = *held_[index];
  const std::size_t count = rule_->state.size();
  std::vector<std::vector<double>> state;
  for (std::size_t tensor = 0; tensor < count; ++tensor) state.push_back(parameter.state(tensor));
  const std::vector<std::vector<double>> as_it_was = state;
  const auto fresh =
      hold(*rule_, settings_[index], settings_[index].hyperparameters, choices_, nullptr);
  long steps = parameter.steps();
  switch (mutant_->slip) {
    case Slip::state_not_carried:
      state[mutant_->target] = fresh->state(mutant_->target);
      break;
    case Slip::state_reset_at_1000:
      if (steps_ == 1000) {
        for (std::size_t tensor = 0; tensor < count; ++tensor) state[tensor] = fresh->state(tensor);
        steps = 0;
      }
      break;
    case Slip::state_stale: {
      auto& before = history_[index].state_before;
      if (!before.empty()) state[mutant_->target] = before[mutant_->target];
      break;
    }
    default:
      return;
  }
  history_[index].state_before = as_it_was;
  parameter.restore(parameter.values(), state, steps);
}

void BuiltInOptimizer::undo_skipped_elements(std::size_t index, const std::vector<double>& before) {
  if (mutant_ == nullptr) return;
  HeldParameter& parameter = *held_[index];
  std::vector<double> values = parameter.values();
  const std::vector<long>& shape = settings_[index].shape;
  if (slips(Slip::tail_skipped) && values.size() > 8) {
    for (std::size_t e = values.size() / 8 * 8; e < values.size(); ++e) values[e] = before[e];
  } else if (slips(Slip::only_first_row) && shape.size() == 2) {
    for (std::size_t e = static_cast<std::size_t>(shape[1]); e < values.size(); ++e) {
      values[e] = before[e];
    }
  } else if (slips(Slip::parameter_in_lower_precision)) {
    const bool wide = settings_[index].format.storage.precision == 53;
    FormatDescription narrow = Binary32::description;
    narrow.precision = wide ? 24 : settings_[index].format.storage.precision - 6;
    for (double& value : values) value = narrow.round(value);
  } else {
    return;
  }
  std::vector<std::vector<double>> state;
  for (std::size_t tensor = 0; tensor < rule_->state.size(); ++tensor) {
    state.push_back(parameter.state(tensor));
  }
  parameter.restore(values, state, parameter.steps());
}

std::vector<std::vector<double>> BuiltInOptimizer::parameters() const {
  std::vector<std::vector<double>> values;
  for (const auto& parameter : held_) values.push_back(parameter->values());
  return values;
}

std::map<std::string, std::vector<std::vector<double>>> BuiltInOptimizer::state() const {
  std::map<std::string, std::vector<std::vector<double>>> result;
  if (slips(Slip::other_rule)) return result;
  for (std::size_t tensor = 0; tensor < rule_->state.size(); ++tensor) {
    const bool used = std::ranges::any_of(settings_, [&](const ParameterSetting& setting) {
      return in_use(*rule_, rule_->state[tensor], setting.hyperparameters, choices_);
    });
    if (!used) continue;
    auto& values = result[std::string(rule_->state[tensor].name)];
    for (const auto& parameter : held_) values.push_back(parameter->state(tensor));
  }
  return result;
}

std::optional<std::vector<std::vector<double>>> BuiltInOptimizer::evaluate_at() const {
  std::vector<std::vector<double>> points;
  for (const auto& parameter : held_) {
    const auto point = parameter->look_ahead();
    if (!point) return std::nullopt;
    points.push_back(*point);
  }
  return points;
}

void BuiltInOptimizer::take_state_of(const BuiltInOptimizer& other) {
  if (rule_ != other.rule_ || held_.size() != other.held_.size()) return;
  for (std::size_t index = 0; index < held_.size(); ++index) {
    std::vector<std::vector<double>> state;
    for (std::size_t tensor = 0; tensor < rule_->state.size(); ++tensor) {
      state.push_back(other.held_[index]->state(tensor));
      if (state.back().size() != settings_[index].initial.size()) return;
    }
    held_[index]->restore(held_[index]->values(), state, held_[index]->steps());
  }
}

}  // namespace plumbline::conformance
