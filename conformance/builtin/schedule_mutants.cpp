// The written mutants of schedules: what each makes of question and answer, and what is said of it.
#include <algorithm>
#include <cmath>

#include "conformance/builtin/mutant_list.hpp"
#include "conformance/builtin/value_mutants.hpp"

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

std::string one_more(const Hyperparameter& count) {
  return with_dashes(count.name) + "-one-more";
}
std::string one_less(const Hyperparameter& count) {
  return with_dashes(count.name) + "-one-less";
}

/// What is no fault: another dialect of the schedule.
bool is_dialect(std::string_view schedule, std::string_view mutant) {
  constexpr std::pair<std::string_view, std::string_view> list[] = {
      {"step_decay", "one-step-late"},      // falls_after
      {"multistep", "one-step-late"},       // falls_after
      {"polynomial", "one-step-early"},     // from_one
      {"linear", "minimum-relative"},       // end_as_factor
      {"linear", "period-shorter"},         // last_step_included
      {"linear_warmup", "one-step-early"},  // from_one
      {"noam", "one-step-late"},            // zero_as_one
  };
  return std::ranges::find(list, std::pair(schedule, mutant)) != std::end(list);
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

std::vector<Mutant> written_mutants_of(const Schedule& schedule) {
  MutantList list(schedule.name);
  const auto add = [&](std::string name, std::string description, std::string fault_class) {
    if (is_dialect(schedule.name, name)) return;
    list.add(std::move(name), std::move(description), std::move(fault_class));
  };
  const auto has = [&](std::string_view name) {
    return index_of(schedule.hyperparameters, name).has_value();
  };
  add("rate-doubled", "twice the rate", "M21");
  add("rate-squared", "the base rate squared", "M10");
  if (schedule.name == "constant" || schedule.name == "inverse_sqrt_horizon") {
    add("decaying", "loses a thousandth every step", "M20");
    add("zero-at-start", "the first rate is 0", "M19");
    add("negated", "the rate's sign is lost", "M7");
    add("last-step-zero", "the rate ends at step 20", "M19");
    add("in-binary16", "the rate is kept in binary16", "M23");
  } else {
    add("counts-questions", "answers for the k-th question instead of step k", "M20");
    add("off-by-one-when-direct", "asked for a step directly, answers for the next", "M20");
    add("one-step-early", "answers for t + 1", "M19");
    add("one-step-late", "answers for t - 1", "M19");
    // The momentum ends as it begins.
    if (schedule.name != "one_cycle_momentum") {
      add("restarts", "begins again after 1000 steps", "M22");
    }
    add("half-amplitude", "half of the cosine's amplitude", "M7");
  }
  if (has("total_steps")) {
    add("period-longer", "T + 1 for T", "M19");
    add("period-shorter", "T - 1 for T", "M19");
  }
  if (has("minimum_learning_rate")) {
    add("minimum-ignored", "decays to zero whatever the minimum", "M25");
    add("minimum-relative", "takes the minimum as a share of the base rate", "M21");
  }
  if (has("warmup_steps")) {
    add("warmup-ignored", "starts at the base rate", "M25");
    if (has("total_steps")) {
      add("warmup-not-subtracted", "the decay is as long as if it ran from step 0", "M19");
    }
    add("warmup-longer", "w + 1 for w", "M19");
    // Elsewhere that is a dialect.
    if (schedule.name == "warmup_inverse_sqrt" || schedule.name == "wsd") {
      add("warmup-from-one", "the warmup counts its steps from 1", "M19");
    }
  }
  for (const Hyperparameter& hyperparameter : schedule.hyperparameters) {
    if (hyperparameter.kind != Hyperparameter::Kind::count ||
        hyperparameter.name == "total_steps" || hyperparameter.name == "warmup_steps") {
      continue;
    }
    const std::string symbol(hyperparameter.symbol);
    add(one_more(hyperparameter), symbol + " + 1 for " + symbol, "M19");
    add(one_less(hyperparameter), symbol + " - 1 for " + symbol, "M19");
  }
  if (schedule.name == "cosine_warm_restarts") {
    add("restart-by-logarithm", "the cycle is the floor of a logarithm", "M22");
  }
  return list.take();
}

}  // namespace plumbline::conformance
