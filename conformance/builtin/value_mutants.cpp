#include "conformance/builtin/value_mutants.hpp"

#include <algorithm>
#include <cmath>

namespace plumbline::conformance {
namespace {

double* find(const Schedule& schedule, std::vector<double>& hyperparameters,
             std::string_view name) {
  const auto index = index_of(schedule.hyperparameters, name);
  return index ? &hyperparameters[*index] : nullptr;
}

std::string with_dashes(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, '_', '-');
  return text;
}

/// A restart of cosine_warm_restarts that the floor of a logarithm puts in the cycle before, at
/// whose end the rate is least: PyTorch's jump to an epoch.
bool misses_restart(std::span<const double> hyperparameters, long step) {
  const double first = hyperparameters[1], multiplier = hyperparameters[2];
  if (multiplier == 1) return false;
  const double cycles = static_cast<double>(step) / first * (multiplier - 1) + 1;
  long cycle = 0, power = 1;
  while (static_cast<double>(power) < cycles) {
    power *= static_cast<long>(multiplier);
    ++cycle;
  }
  return static_cast<double>(power) == cycles &&
         std::floor(std::log(cycles) / std::log(multiplier)) < static_cast<double>(cycle);
}

}  // namespace

std::string one_more(const Hyperparameter& count) {
  return with_dashes(count.name) + "-one-more";
}
std::string one_less(const Hyperparameter& count) {
  return with_dashes(count.name) + "-one-less";
}

void distort_question(std::string_view mutant, const Schedule& schedule, Access access,
                      std::vector<double>& hyperparameters, std::vector<long>& steps) {
  double* total = find(schedule, hyperparameters, "total_steps");
  double* warmup = find(schedule, hyperparameters, "warmup_steps");
  double* minimum = find(schedule, hyperparameters, "minimum_learning_rate");
  long question = 0;
  for (long& step : steps) {
    if (mutant == "counts-questions") step = question++;
    if (mutant == "off-by-one-when-direct" && access == Access::direct) ++step;
    if (mutant == "one-step-early") ++step;
    if (mutant == "one-step-late") step = std::max(0L, step - 1);
    if (mutant == "restarts") step %= 1000;
    if (mutant == "warmup-ignored" && step < static_cast<long>(*warmup)) {
      step = static_cast<long>(*warmup);
    }
    if (mutant == "warmup-from-one" && step < static_cast<long>(*warmup)) ++step;
  }
  if (mutant == "period-longer") ++*total;
  if (mutant == "period-shorter") --*total;
  if (mutant == "warmup-longer") ++*warmup;
  if (mutant == "minimum-ignored") *minimum = 0;
  if (mutant == "minimum-relative") *minimum *= hyperparameters[0];
  if (mutant == "warmup-not-subtracted") *total += *warmup;
  for (std::size_t index = 0; index < hyperparameters.size(); ++index) {
    const Hyperparameter& hyperparameter = schedule.hyperparameters[index];
    double& value = hyperparameters[index];
    if (mutant == one_more(hyperparameter)) ++value;
    if (mutant == one_less(hyperparameter) && value > hyperparameter.least) --value;
  }
}

void distort_answer(std::string_view mutant, const std::vector<double>& hyperparameters,
                    const std::vector<long>& steps, std::vector<double>& values) {
  const double base = hyperparameters[0];
  for (std::size_t index = 0; index < values.size(); ++index) {
    double& value = values[index];
    const auto step = static_cast<double>(steps[index]);
    if (mutant == "rate-doubled") value *= 2;
    if (mutant == "rate-squared") value *= base;
    if (mutant == "half-amplitude") value = base - (base - value) / 2;
    if (mutant == "decaying") value *= 1 - 1e-3 * step;
    if (mutant == "zero-at-start" && step == 0) value = 0;
    if (mutant == "negated") value = -value;
    if (mutant == "last-step-zero" && step == 20) value = 0;
    if (mutant == "in-binary16") value = Binary16::description.round(value);
    if (mutant == "restart-by-logarithm" && misses_restart(hyperparameters, steps[index])) {
      value = hyperparameters[3];
    }
  }
}

}  // namespace plumbline::conformance
