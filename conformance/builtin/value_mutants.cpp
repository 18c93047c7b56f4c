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

}  // namespace

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
  }
  if (mutant == "period-longer") ++*total;
  if (mutant == "period-shorter") --*total;
  if (mutant == "warmup-longer") ++*warmup;
  if (mutant == "minimum-ignored") *minimum = 0;
  if (mutant == "minimum-relative") *minimum *= hyperparameters[0];
  if (mutant == "warmup-not-subtracted") *total += *warmup;
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
  }
}

}  // namespace plumbline::conformance
