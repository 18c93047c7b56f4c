#include "conformance/builtin/optimizer.hpp"

#include <algorithm>

#include "conformance/builtin/distortions.hpp"
#include "reference/state_in_use.hpp"

namespace plumbline::conformance {

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
    if (slips(Slip::first_rate_for_all)) {
      hyperparameters[0] = settings_.front().hyperparameters[0];
    }
    if (slips(Slip::rate_of_neighbour) && index > 0) {
      hyperparameters[0] = settings_[index - 1].hyperparameters[0];
    }
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
  if (slips(Slip::rate_change_late)) std::swap(learning_rate, late_rate_);
  if (learning_rate && !slips(Slip::rate_change_ignored)) {
    for (auto& parameter : held_) {
      if (slips(Slip::rate_change_first_only) && parameter != held_.front()) continue;
      parameter->set_learning_rate(*learning_rate);
    }
  }
  std::size_t place = 0;  // among the gradients that are there
  for (std::size_t index = 0; index < held_.size(); ++index) {
    if (gradients[index]) {
      if (slips(Slip::state_of_neighbour) && index > 0) take_state(index, index - 1);
      if (slips(Slip::slots_by_position)) exchange_state(index, place);
      step_parameter(index, *gradients[index]);
      if (slips(Slip::slots_by_position)) exchange_state(index, place++);
    } else if (slips(Slip::missing_is_zero)) {
      step_parameter(index, std::vector<double>(settings_[index].initial.size(), 0.0));
    } else if (slips(Slip::late_parameter_counts_from_start)) {
      held_[index]->advance();
    }
  }
  if (learning_rate && slips(Slip::rate_change_for_one_step)) {
    for (std::size_t index = 0; index < held_.size(); ++index) {
      held_[index]->set_learning_rate(settings_[index].hyperparameters[0]);
    }
  }
}

std::vector<std::vector<double>> BuiltInOptimizer::state_of(std::size_t index) const {
  std::vector<std::vector<double>> state;
  for (std::size_t tensor = 0; tensor < rule_->state.size(); ++tensor) {
    state.push_back(held_[index]->state(tensor));
  }
  return state;
}

bool BuiltInOptimizer::fit(std::size_t one, std::size_t other) const {
  return settings_[one].initial.size() == settings_[other].initial.size();
}

void BuiltInOptimizer::take_state(std::size_t index, std::size_t source) {
  if (!fit(index, source)) return;
  held_[index]->restore(held_[index]->values(), state_of(source), held_[index]->steps());
}

void BuiltInOptimizer::exchange_state(std::size_t one, std::size_t other) {
  if (one == other || !fit(one, other)) return;
  const auto kept = state_of(one);
  const long kept_steps = held_[one]->steps();
  held_[one]->restore(held_[one]->values(), state_of(other), held_[other]->steps());
  held_[other]->restore(held_[other]->values(), kept, kept_steps);
}

void BuiltInOptimizer::step_parameter(std::size_t index, std::vector<double> gradient) {
  if (slips(Slip::second_tensor_skipped) && index > 0) return;
  HeldParameter& parameter = *held_[index];
  const std::vector<double> before = parameter.values();
  distort_gradient(history_[index], gradient);
  if (slips(Slip::decay_scales_gradient)) {
    const double decay = settings_[index].hyperparameters[mutant_->target];
    for (double& value : gradient) value *= 1 - parameter.learning_rate() * decay;
  }
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
  std::vector<std::vector<double>> state = state_of(index);
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
  } else if (slips(Slip::only_first_vector) && values.size() > 8) {
    for (std::size_t e = 8; e < values.size(); ++e) values[e] = before[e];
  } else if (slips(Slip::scalar_tensors_skipped) && shape.empty()) {
    values = before;
  } else if (slips(Slip::parameter_in_lower_precision)) {
    const FormatDescription narrow = narrower(settings_[index].format.storage);
    for (double& value : values) value = narrow.round(value);
  } else {
    return;
  }
  parameter.restore(values, state_of(index), parameter.steps());
}

std::vector<std::vector<double>> BuiltInOptimizer::parameters() const {
  std::vector<std::vector<double>> values;
  for (const auto& parameter : held_) values.push_back(parameter->values());
  return values;
}

StateRecord BuiltInOptimizer::state() const {
  StateRecord result;
  if (slips(Slip::other_rule)) return result;
  for (std::size_t tensor = 0; tensor < rule_->state.size(); ++tensor) {
    std::vector<std::optional<std::vector<double>>> values;
    for (std::size_t index = 0; index < held_.size(); ++index) {
      const ParameterSetting& setting = settings_[index];
      values.emplace_back();
      if (in_use(*rule_, rule_->state[tensor], setting.hyperparameters, choices_, setting.shape)) {
        values.back() = held_[index]->state(tensor);
      }
    }
    const auto shown = [](const auto& own) { return own.has_value(); };
    if (std::ranges::any_of(values, shown)) {
      result[std::string(rule_->state[tensor].name)] = std::move(values);
    }
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
    if (settings_[index].initial.size() != other.settings_[index].initial.size()) return;
    held_[index]->restore(held_[index]->values(), other.state_of(index), held_[index]->steps());
  }
}

void BuiltInOptimizer::take_count_of(const BuiltInOptimizer& other) {
  if (rule_ != other.rule_ || other.held_.empty()) return;
  for (std::size_t index = 0; index < held_.size(); ++index) {
    held_[index]->restore(held_[index]->values(), state_of(index), other.held_.front()->steps());
  }
}

}  // namespace plumbline::conformance
