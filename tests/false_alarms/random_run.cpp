#include "tests/false_alarms/random_run.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "conformance/judge/single_values.hpp"
#include "conformance/properties/random_case.hpp"
#include "reference/numbers/rounded.hpp"

namespace plumbline::conformance {
namespace {

/// The orders that numerics.hpp names.
enum Order { products_in_format = 2, hyperparameters_in_32 = 8 };

std::uint64_t mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

class Draw {
 public:
  Draw(std::uint64_t seed, std::uint64_t number) : start_(mix(mix(seed) ^ number)) {}

  std::uint64_t word() { return mix(start_ ^ ++counter_); }
  long between(long least, long greatest) {
    return least + static_cast<long>(word() % static_cast<std::uint64_t>(greatest - least + 1));
  }
  template <class List>
  const auto& one_of(const List& list) {
    return list[word() % list.size()];
  }

 private:
  std::uint64_t start_;
  std::uint64_t counter_ = 0;
};

/// A dialect of some rule, schedule or clipping.
struct Entry {
  const Rule* rule = nullptr;
  const Schedule* schedule = nullptr;
  const Clipping* clipping = nullptr;
  std::string_view name;
  const Dialect* dialect = nullptr;
};

std::vector<Entry> all_entries() {
  std::vector<Entry> entries;
  for (const Rule& rule : all_rules()) {
    if (rule.unit != Unit::element) continue;  // the variants are of those
    for (const Dialect& dialect : rule.dialects) {
      entries.push_back({.rule = &rule, .name = rule.name, .dialect = &dialect});
    }
  }
  for (const Schedule& schedule : all_schedules()) {
    for (const Dialect& dialect : schedule.dialects) {
      entries.push_back({.schedule = &schedule, .name = schedule.name, .dialect = &dialect});
    }
  }
  for (const Clipping& clipping : all_clippings()) {
    if (clipping.name != "global_norm") continue;
    for (const Dialect& dialect : clipping.dialects) {
      if (dialect.name != "exact" && dialect.name != "epsilon") continue;
      entries.push_back({.clipping = &clipping, .name = clipping.name, .dialect = &dialect});
    }
  }
  return entries;
}

constexpr std::string_view rule_formats[] = {"binary64", "binary32",          "bfloat16",
                                             "binary16", "bfloat16+binary32", "binary16+binary32"};

/// What the variant does beside its dialect, which a report names as a modifier.
Held held_by(int order, std::string_view entry, std::string_view format) {
  if (order == hyperparameters_in_32) return Held::in_binary32;
  const bool has_powers = entry == "adam" || entry == "adamw" || entry == "radam" ||
                          entry == "yogi" || entry == "adabelief" || entry == "amsgrad" ||
                          entry == "adamax" || entry == "nadam";
  if (order == products_in_format && has_powers && format != "binary64") {
    return Held::powers_in_binary32;
  }
  return Held::exactly;
}

/// Small cases, mostly; now and then a long one, or one with more elements than lanes.
CaseNeeds draw_needs(Draw& draw, const SubjectFormat& format) {
  CaseNeeds needs;
  needs.most_steps = 10;
  needs.most_parameters = 3;
  needs.missing_gradients = needs.rate_changes = needs.groups = true;
  switch (draw.between(0, 15)) {
    case 0:
      needs.least_steps = 60;
      needs.most_steps = 240;
      needs.most_parameters = 1;
      needs.most_elements = 2;
      break;
    case 1:
      needs.most_steps = 3;
      needs.least_elements = 7;
      needs.most_elements = 27;
      break;
    default:
      break;
  }
  // The scales at which squares vanish, are subnormal, and overflow.
  const bool narrow = format.storage.name == Binary16::description.name;
  const auto scale = [&](int least) {
    needs.least_exponent = least;
    needs.greatest_exponent = least + 6;
  };
  switch (draw.between(0, 5)) {
    case 0:
      scale(narrow ? -14 : -40);
      break;
    case 1:
      scale(narrow ? -12 : -70);
      break;
    case 2:
      scale(narrow ? 0 : 52);
      break;
    default:
      break;
  }
  return needs;
}

std::string describe(const Comparison& comparison) {
  const Deviation& seen = *comparison.deviation;
  return fmt::format("step {}, {}[{}], {} ({}): {} where [{}, {}] is allowed, {} radii {}",
                     seen.step, seen.parameter, seen.element, seen.quantity, seen.comparison,
                     seen.value, seen.lower, seen.upper, seen.radii, seen.note);
}

class RuleRun {
 public:
  RuleRun(const Entry& entry, int order, const SubjectFormat& format, PluginSubject& subject)
      : format_(format),
        subject_(subject),
        candidate_{entry.dialect->choices, held_by(order, entry.name, format.name)} {}

  void judge(const rc::Shrinkable<Case>& random, RunOutcomeOfVariant& outcome) {
    const Case test_case = random.value();
    const Recording recording = record(subject_, test_case, format_);
    outcome.steps = static_cast<long>(recording.steps.size());
    for (const StepRecord& step : recording.steps) outcome.single_steps += step.state.has_value();
    outcome.alarm = alarm(test_case, recording, &outcome.budget_used);
    if (!outcome.alarm.empty()) shrink(random, outcome);
  }

 private:
  const SubjectFormat& format_;
  PluginSubject& subject_;
  Candidate candidate_;

  std::string alarm(const Case& test_case, const Recording& recording, double* budget) const {
    if (recording.outcome != Outcome::ran) return "did not run: " + recording.message;
    const Comparison comparison = compare(test_case, recording, candidate_, format_);
    if (budget != nullptr) *budget = comparison.budget_used;
    return comparison.deviation ? describe(comparison) : std::string();
  }

  void shrink(rc::Shrinkable<Case> failing, RunOutcomeOfVariant& outcome) {
    for (int attempts = 0; attempts < 2000;) {
      bool found = false;
      auto shrinks = failing.shrinks();
      while (auto smaller = shrinks.next()) {
        if (++attempts == 2000) break;
        const Case test_case = smaller->value();
        const std::string why = alarm(test_case, record(subject_, test_case, format_), nullptr);
        if (why.empty()) continue;
        outcome.alarm = why;
        failing = *smaller;
        found = true;
        break;
      }
      if (!found) break;
    }
    outcome.alarm += "\n    " + case_object(failing.value()).dump();
  }
};

double draw_real(Draw& draw, const Hyperparameter& hyperparameter) {
  const std::vector<double> values{
      hyperparameter.default_value,
      hyperparameter.dyadic,
      hyperparameter.low,
      hyperparameter.high,
      hyperparameter.distinct,
      hyperparameter.low + (hyperparameter.high - hyperparameter.low) *
                               static_cast<double>(draw.between(1, 63)) / 64};
  return draw.one_of(values);
}

void judge_schedule(Draw& draw, const Entry& entry, int order, PluginSubject& subject,
                    RunOutcomeOfVariant& outcome) {
  const Schedule& schedule = *entry.schedule;
  const long total = draw.between(2, draw.between(0, 3) == 0 ? 1000 : 60);
  std::vector<double> values;
  for (const Hyperparameter& hyperparameter : schedule.hyperparameters) {
    double value = draw_real(draw, hyperparameter);
    if (hyperparameter.name == "total_steps") value = static_cast<double>(total);
    if (hyperparameter.name == "warmup_steps") {
      value = static_cast<double>(draw.between(1, total - 1));
    }
    const bool has_place = std::ranges::find(entry.dialect->without, hyperparameter.name) ==
                           entry.dialect->without.end();
    if (hyperparameter.neutral && (!has_place || draw.between(0, 1) == 0)) {
      value = *hyperparameter.neutral;
    }
    values.push_back(value);
  }
  ScheduleRequest request{.schedule = std::string(schedule.name),
                          .hyperparameters = named_values(schedule.hyperparameters, values),
                          .steps = {},
                          .access = draw.between(0, 1) == 0 ? Access::direct : Access::sequential};
  for (long step = 0; step <= 2 * total + 2; step += draw.between(1, 1 + total / 12)) {
    request.steps.push_back(step);
  }
  const auto answer = subject.schedule_values(request);
  if (!answer.ok()) {
    outcome.alarm = "did not run: " + answer.ended().message;
    return;
  }
  const Candidate candidate{entry.dialect->choices, held_by(order, entry.name, "binary64")};
  const auto intervals = schedule.values<Rounded<Binary64>>(
      held_hyperparameters(values, candidate), candidate.choices, request.access, request.steps);
  Comparison total_of_values;
  for (std::size_t index = 0; index < intervals.size(); ++index) {
    compare_value(total_of_values, intervals[index], (*answer)[index],
                  {"", request.steps[index], "", index, "learning_rate"});
  }
  outcome.steps = static_cast<long>(intervals.size());
  outcome.budget_used = total_of_values.budget_used;
  if (total_of_values.deviation) {
    outcome.alarm = describe(total_of_values) + "\n    " + nlohmann::json(values).dump();
  }
}

void judge_clipping(Draw& draw, const Entry& entry, int order, const SubjectFormat& format,
                    PluginSubject& subject, RunOutcomeOfVariant& outcome) {
  const Clipping& clipping = *entry.clipping;
  const std::vector<double> values{draw_real(draw, clipping.hyperparameters[0])};
  ClipRequest request{.clipping = std::string(clipping.name),
                      .format = format.name,
                      .hyperparameters = named_values(clipping.hyperparameters, values),
                      .shapes = {},
                      .gradients = {}};
  const bool narrow = format.storage.name == Binary16::description.name;
  const int exponent = static_cast<int>(narrow ? draw.between(-9, 0) : draw.between(-30, 20));
  const long tensors = draw.between(1, 4);
  for (long tensor = 0; tensor < tensors; ++tensor) {
    const long size = draw.between(0, draw.between(0, 3) == 0 ? 70 : 6);
    request.shapes.push_back({size});
    request.gradients.emplace_back();
    for (long element = 0; element < size; ++element) {
      request.gradients.back().push_back(
          std::ldexp(static_cast<double>(draw.between(-255, 255)), exponent));
    }
  }
  const auto answer = subject.clip(request);
  if (!answer.ok()) {
    outcome.alarm = "did not run: " + answer.ended().message;
    return;
  }
  const Candidate candidate{entry.dialect->choices, held_by(order, entry.name, format.name)};
  const Comparison total = with_arithmetic(format.arithmetic, [&]<class Format>() {
    Comparison compared;
    std::vector<std::vector<Rounded<Format>>> gradients;
    for (const auto& gradient : request.gradients) {
      gradients.emplace_back(gradient.begin(), gradient.end());
    }
    const auto held = held_hyperparameters(values, candidate);
    const Rounded<Format> norm =
        *clipping.clip<Rounded<Format>>(held, candidate.choices, gradients);
    for (std::size_t tensor = 0; tensor < gradients.size(); ++tensor) {
      for (std::size_t element = 0; element < gradients[tensor].size(); ++element) {
        compare_value(compared, gradients[tensor][element], answer->gradients[tensor][element],
                      {"", 0, "g" + std::to_string(tensor), element, "gradient"});
      }
    }
    compare_value(compared, norm, *answer->norm, {"", 0, "", 0, "norm"});
    return compared;
  });
  outcome.steps = 1;
  outcome.budget_used = total.budget_used;
  if (total.deviation) {
    outcome.alarm = fmt::format("{}\n    max_norm {}: {}", describe(total), values[0],
                                nlohmann::json(request.gradients).dump());
  }
}

bool wanted(const Entry& entry, const RunFilter& filter) {
  return (filter.entry.empty() || filter.entry == entry.name) &&
         (filter.dialect.empty() || filter.dialect == entry.dialect->name);
}

}  // namespace

std::string_view order_text(int order) {
  static constexpr std::string_view names[order_count] = {
      "as-written", "folded", "products-in-format", "reciprocals",          "fused",
      "in-lanes",   "wider",  "interpolated",       "hyperparameters-in-32"};
  return names[order];
}

VariantPlugin load_variant(const std::string& path) {
  VariantPlugin plugin;
  plugin.name = path.substr(path.find_last_of('/') + 1);
  plugin.library = std::make_shared<PluginLibrary>(path);
  void* loaded = dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD);
  void* select = loaded == nullptr ? nullptr : dlsym(loaded, "variant_select");
  if (select == nullptr) throw SubjectUnusable(path + " has no variants to select");
  std::memcpy(&plugin.select, &select, sizeof(select));
  return plugin;
}

RunOutcomeOfVariant random_run(const std::vector<VariantPlugin>& plugins, std::uint64_t seed,
                               std::uint64_t number, const RunFilter& filter) {
  static const std::vector<Entry> entries = all_entries();
  Draw draw(seed, number);
  Entry entry = draw.one_of(entries);
  while (!wanted(entry, filter)) entry = draw.one_of(entries);
  RunOutcomeOfVariant outcome;
  outcome.entry = entry.name;
  outcome.dialect = entry.dialect->name;
  outcome.order =
      filter.order >= 0 ? filter.order : static_cast<int>(draw.between(0, order_count - 1));
  outcome.plugin = draw.word() % plugins.size();
  // A clipping has no state, so the mixed formats have nothing to mix.
  const std::span<const std::string_view> formats(rule_formats, entry.rule != nullptr ? 6 : 4);
  outcome.format = entry.schedule != nullptr ? "binary64" : std::string(draw.one_of(formats));
  if (!filter.format.empty() && entry.schedule == nullptr) outcome.format = filter.format;
  const SubjectFormat format = find_format(outcome.format).value();

  const VariantPlugin& plugin = plugins[outcome.plugin];
  PluginSubject subject(plugin.library);
  plugin.select(outcome.order, outcome.dialect.c_str());
  if (entry.schedule != nullptr) {
    judge_schedule(draw, entry, outcome.order, subject, outcome);
  } else if (entry.clipping != nullptr) {
    judge_clipping(draw, entry, outcome.order, format, subject, outcome);
  } else {
    const CaseNeeds needs = draw_needs(draw, format);
    const auto random = random_case(*entry.rule, *entry.dialect, needs)(rc::Random(draw.word()), 0);
    if (!filter.judged_as.empty()) {
      entry.dialect = find_dialect(entry.rule->dialects, filter.judged_as);
      if (entry.dialect == nullptr) throw std::invalid_argument("no dialect " + filter.judged_as);
    }
    RuleRun(entry, outcome.order, format, subject).judge(random, outcome);
  }
  return outcome;
}

}  // namespace plumbline::conformance
