#include "conformance/builtin/built_in_subject.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "conformance/builtin/distortions.hpp"
#include "conformance/builtin/initializer.hpp"
#include "conformance/builtin/minimizer.hpp"
#include "conformance/builtin/value_mutants.hpp"
#include "conformance/subject/protocol_messages.hpp"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

[[noreturn]] void unsupported(const std::string& what) {
  throw SubjectDeclined(Outcome::unsupported, what);
}

SubjectFormat format_named(const std::string& name) {
  const auto format = find_format(name);
  if (!format) unsupported(fmt::format("no format \"{}\"", name));
  return *format;
}

/// The hyperparameters in the entry's order: `base` overridden by what is named.
std::vector<double> in_order(const std::vector<Hyperparameter>& description, const Dialect& dialect,
                             const std::vector<NamedValue>& named,
                             const std::vector<double>* base) {
  std::vector<double> values;
  for (const Hyperparameter& hyperparameter : description) {
    values.push_back(base != nullptr ? (*base)[values.size()]
                                     : hyperparameter.neutral.value_or(std::nan("")));
  }
  for (const NamedValue& given : named) {
    const auto index = index_of(description, given.name);
    if (!index || std::ranges::find(dialect.without, given.name) != dialect.without.end()) {
      unsupported(fmt::format("no place for \"{}\"", given.name));
    }
    values[*index] = given.value;
    const Hyperparameter& hyperparameter = description[*index];
    if (!(given.value >= hyperparameter.least && given.value <= hyperparameter.greatest)) {
      throw SubjectDeclined(Outcome::refused,
                            fmt::format("{} = {} is not legal", given.name, given.value));
    }
  }
  for (std::size_t index = 0; index < values.size(); ++index) {
    if (std::isnan(values[index])) {
      unsupported(fmt::format("\"{}\" must be given", description[index].name));
    }
  }
  return values;
}

/// True where `wanted` is "entry/name" or "name".
bool names_it(std::string_view wanted, std::string_view entry, std::string_view name) {
  return wanted == name || wanted == fmt::format("{}/{}", entry, name);
}

bool is_dialect(std::string_view wanted) {
  const auto look = [&](const auto& entries) {
    for (const auto& entry : entries) {
      for (const Dialect& dialect : entry.dialects) {
        if (names_it(wanted, entry.name, dialect.name)) return true;
        for (const auto alias : dialect.aliases) {
          if (names_it(wanted, entry.name, alias)) return true;
        }
      }
    }
    return false;
  };
  return look(all_rules()) || look(all_schedules()) || look(all_clippings()) ||
         look(all_samplings()) || look(all_initializations());
}

json held_message(const HeldParameter& held, std::size_t state_count, const Mutant* mutant) {
  json state = json::array();
  for (std::size_t tensor = 0; tensor < state_count; ++tensor) {
    std::vector<double> values = held.state(tensor);
    if (mutant != nullptr && mutant->slip == Slip::saved_without_state &&
        mutant->target == tensor) {
      std::ranges::fill(values, 0.0);
    }
    state.push_back(numbers_message(values, NumberStyle::decimal));
  }
  return {{"values", numbers_message(held.values(), NumberStyle::decimal)},
          {"state", std::move(state)},
          {"rate", write_number(held.learning_rate(), NumberStyle::decimal)},
          {"scalars", numbers_message(held.scalars(), NumberStyle::decimal)},
          {"steps", held.steps()}};
}

void restore(HeldParameter& held, const json& saved, const std::string& what,
             const Mutant* mutant) {
  const auto forgets = [&](Slip slip) { return mutant != nullptr && mutant->slip == slip; };
  const auto tensor = [&](const json& values, std::size_t length) {
    return read_tensors(json::array({values}), what, {length})[0];
  };
  std::vector<std::vector<double>> state;
  for (const json& values : saved.at("state")) {
    state.push_back(tensor(values, held.state(state.size()).size()));
  }
  const long steps = forgets(Slip::saved_without_count) ? 0 : saved.at("steps").get<long>();
  held.restore(tensor(saved.at("values"), held.values().size()), state, steps);
  if (!forgets(Slip::saved_without_count)) {
    const std::vector<std::size_t> count{held.scalars().size()};
    held.set_scalars(read_tensors(json::array({saved.at("scalars")}), what, count)[0]);
  }
  if (!forgets(Slip::saved_without_rate)) held.set_learning_rate(read_number(saved.at("rate")));
}

}  // namespace

BuiltInSubject::BuiltInSubject(BuiltInSettings settings) : settings_(std::move(settings)) {
  description_.name = "plumbline built-in subject";
  description_.version = "1.0.0";
  description_.language = "C++";
  if (!settings_.dialect.empty() && !is_dialect(settings_.dialect)) {
    throw std::invalid_argument(fmt::format("no dialect \"{}\"", settings_.dialect));
  }
  if (!settings_.mutant.empty()) {
    for (const Mutant& mutant : all_mutants()) {
      if (names_it(settings_.mutant, mutant.rule, mutant.name)) mutants_.push_back(&mutant);
    }
    if (mutants_.empty()) {
      throw std::invalid_argument(fmt::format("no mutant \"{}\"", settings_.mutant));
    }
  }
}

const Mutant* BuiltInSubject::mutant_for(std::string_view rule) const {
  const auto found = std::ranges::find(mutants_, rule, &Mutant::rule);
  return found == mutants_.end() ? nullptr : *found;
}

const Dialect& BuiltInSubject::dialect_for(std::string_view entry,
                                           const std::vector<Dialect>& dialects) const {
  // A mistake in what one dialect alone has is made in that one.
  if (const Mutant* mutant = mutant_for(entry);
      mutant != nullptr && (mutant->mutation || mutant->dialect != dialects.front().name)) {
    return *find_dialect(dialects, mutant->dialect);
  }
  std::string_view wanted = settings_.dialect;
  if (const auto slash = wanted.find('/'); slash != std::string_view::npos) {
    if (wanted.substr(0, slash) != entry) return dialects.front();
    wanted.remove_prefix(slash + 1);
  }
  const Dialect* found = find_dialect(dialects, wanted);
  return found == nullptr ? dialects.front() : *found;
}

BuiltInOptimizer& BuiltInSubject::optimizer(OptimizerHandle handle) {
  const auto found = optimizers_.find(handle);
  if (found == optimizers_.end()) {
    throw SubjectDeclined(Outcome::subject_error, "no such handle");
  }
  return *found->second;
}

CreatedOptimizer BuiltInSubject::keep(std::unique_ptr<BuiltInOptimizer> optimizer) {
  CreatedOptimizer created{++last_handle_, optimizer->evaluate_at()};
  optimizers_[last_handle_] = std::move(optimizer);
  return created;
}

std::unique_ptr<BuiltInOptimizer> BuiltInSubject::make(const CreateRequest& request) const {
  const Rule* rule = find_rule(request.rule);
  if (rule == nullptr) unsupported(fmt::format("no rule \"{}\"", request.rule));
  if (rule->unit == Unit::objective) {
    unsupported(fmt::format("{} asks its objective: by optimizer/minimize alone", rule->name));
  }
  const SubjectFormat format = format_named(request.format);
  const Dialect& dialect = dialect_for(rule->name, rule->dialects);
  const auto base = in_order(rule->hyperparameters, dialect, request.hyperparameters, nullptr);
  std::vector<std::vector<double>> groups;
  for (const auto& group : request.groups) {
    groups.push_back(in_order(rule->hyperparameters, dialect, group, &base));
  }
  std::vector<ParameterSetting> settings;
  for (const ParameterRequest& parameter : request.parameters) {
    settings.push_back({parameter.name, parameter.shape, parameter.values,
                        parameter.format.empty() ? format : format_named(parameter.format),
                        parameter.group ? groups.at(*parameter.group) : base});
  }
  try {
    return std::make_unique<BuiltInOptimizer>(*rule, dialect.choices, std::move(settings),
                                              mutant_for(rule->name));
  } catch (const NoSuchMutant& missing) {
    unsupported(missing.what());
  }
}

Answer<CreatedOptimizer> BuiltInSubject::create(const CreateRequest& request) {
  return answered([&] {
    auto made = make(request);
    if (const Mutant* mutant = mutant_for(request.rule); mutant != nullptr && last_run_) {
      if (mutant->slip == Slip::state_kept_from_last_run) made->take_state_of(*last_run_);
      if (mutant->slip == Slip::count_kept_from_last_run) made->take_count_of(*last_run_);
    }
    return keep(std::move(made));
  });
}

Answer<StepAnswer> BuiltInSubject::step(OptimizerHandle handle, const StepRequest& request) {
  return answered([&] {
    BuiltInOptimizer& stepped = optimizer(handle);
    if (request.learning_rate && !(*request.learning_rate >= 0)) {
      throw SubjectDeclined(Outcome::refused, "a negative learning rate");
    }
    const Mutant* mutant = mutant_for(stepped.rule().name);
    if (mutant != nullptr && mutant->slip == Slip::optimizers_share_state) {
      for (const auto& [other_handle, other] : optimizers_) {
        if (other.get() != &stepped) stepped.take_state_of(*other);
      }
    }
    stepped.step(request.gradients, request.learning_rate);
    return StepAnswer{stepped.parameters(), stepped.evaluate_at()};
  });
}

Answer<StateRecord> BuiltInSubject::state(OptimizerHandle handle) {
  return answered([&] { return optimizer(handle).state(); });
}

Answer<json> BuiltInSubject::save(OptimizerHandle handle) {
  return answered([&]() -> json {
    const BuiltInOptimizer& saved = optimizer(handle);
    json parameters = json::array();
    for (const auto& held : saved.held()) {
      parameters.push_back(
          held_message(*held, saved.rule().state.size(), mutant_for(saved.rule().name)));
    }
    return {{"parameters", std::move(parameters)}};
  });
}

Answer<CreatedOptimizer> BuiltInSubject::load(const json& checkpoint, const CreateRequest& origin) {
  return answered([&] {
    auto loaded = make(origin);
    const json& parameters = checkpoint.at("parameters");
    for (std::size_t index = 0; index < origin.parameters.size(); ++index) {
      restore(*loaded->held()[index], parameters.at(index), origin.parameters[index].name,
              mutant_for(origin.rule));
    }
    return keep(std::move(loaded));
  });
}

Ended BuiltInSubject::close(OptimizerHandle handle) {
  const auto found = optimizers_.find(handle);
  if (found == optimizers_.end()) {
    return {Outcome::subject_error, Fault::none, "no such handle"};
  }
  if (!mutants_.empty()) last_run_ = std::move(found->second);
  optimizers_.erase(found);
  return {};
}

MinimizeAnswer BuiltInSubject::minimize_alone(const Rule& rule, const CreateRequest& request,
                                              long steps, const Objective& objective) const {
  const Dialect& dialect = dialect_for(rule.name, rule.dialects);
  if (!request.groups.empty()) unsupported("groups of parameters on an objective");
  std::vector<double> hyperparameters =
      in_order(rule.hyperparameters, dialect, request.hyperparameters, nullptr);
  const Mutant* mutant = mutant_for(rule.name);
  if (mutant != nullptr) distort_hyperparameters(rule, *mutant, hyperparameters);
  try {
    return minimize_by(rule, hyperparameters, dialect.choices, format_named(request.format),
                       request, steps, objective, mutant);
  } catch (const NoSuchMutant& missing) {
    unsupported(missing.what());
  }
}

Answer<MinimizeAnswer> BuiltInSubject::minimize(const CreateRequest& request, long steps,
                                                const Objective& objective) {
  return answered([&] {
    if (const Rule* rule = find_rule(request.rule);
        rule != nullptr && rule->unit == Unit::objective) {
      return minimize_alone(*rule, request, steps, objective);
    }
    const auto stepped = make(request);
    for (long step = 1; step <= steps; ++step) {
      const auto point = stepped->evaluate_at();
      const Evaluation evaluation = objective(point ? *point : stepped->parameters());
      stepped->step({evaluation.gradients.begin(), evaluation.gradients.end()}, std::nullopt);
    }
    return MinimizeAnswer{stepped->parameters()};
  });
}

Answer<std::vector<double>> BuiltInSubject::schedule_values(const ScheduleRequest& request) {
  return answered([&] {
    const Schedule* schedule = find_schedule(request.schedule);
    if (schedule == nullptr) unsupported(fmt::format("no schedule \"{}\"", request.schedule));
    const Dialect& dialect = dialect_for(schedule->name, schedule->dialects);
    std::vector<double> hyperparameters =
        in_order(schedule->hyperparameters, dialect, request.hyperparameters, nullptr);
    std::vector<long> steps = request.steps;
    const Mutant* mutant = mutant_for(schedule->name);
    if (mutant != nullptr) {
      distort_question(mutant->name, *schedule, request.access, hyperparameters, steps);
    }
    using Number = Plain<Binary64>;
    const std::vector<Number> given =
        mutant != nullptr && mutant->mutation
            ? schedule->mutated_values<Number>(hyperparameters, dialect.choices, request.access,
                                               steps, &*mutant->mutation)
            : schedule->values<Number>(hyperparameters, dialect.choices, request.access, steps);
    std::vector<double> values;
    for (const Number& value : given) values.push_back(value.value());
    if (mutant != nullptr) distort_answer(mutant->name, hyperparameters, request.steps, values);
    return values;
  });
}

Answer<ClipAnswer> BuiltInSubject::clip(const ClipRequest& request) {
  return answered([&] {
    const Clipping* clipping = find_clipping(request.clipping);
    if (clipping == nullptr) unsupported(fmt::format("no clipping \"{}\"", request.clipping));
    const SubjectFormat format = format_named(request.format);
    const Dialect& dialect = dialect_for(clipping->name, clipping->dialects);
    const auto hyperparameters =
        in_order(clipping->hyperparameters, dialect, request.hyperparameters, nullptr);
    const ClippingCase asked{.clipping = clipping,
                             .hyperparameters = hyperparameters,
                             .shapes = request.shapes,
                             .gradients = request.gradients,
                             .parameters = request.parameters};
    if (clipping->wants_parameters && asked.parameters.size() != asked.gradients.size()) {
      unsupported(fmt::format("{} without the parameters", clipping->name));
    }
    ClipAnswer answer{request.gradients};
    const Mutant* mutant = mutant_for(clipping->name);
    if (mutant != nullptr && clip_as_mutant(mutant->name, asked, answer.gradients)) {
      for (auto& gradient : answer.gradients) {
        for (double& value : gradient) value = format.storage.round(value);
      }
      return answer;
    }
    with_arithmetic(format.arithmetic, [&]<class Format>() {
      const auto result = [&] {
        if (mutant == nullptr || !mutant->mutation) {
          return clipped<Plain<Format>>(asked, hyperparameters, dialect.choices);
        }
        if constexpr (can_be_mutated<Plain<Format>>) {
          return wrongly_clipped<Plain<Format>>(asked, hyperparameters, dialect.choices,
                                                *mutant->mutation);
        } else {
          unsupported(fmt::format("no systematic mutant in {}", format.name));
        }
      }();
      if (result.norm) answer.norm = result.norm->value();
      for (std::size_t tensor = 0; tensor < result.gradients.size(); ++tensor) {
        for (std::size_t element = 0; element < result.gradients[tensor].size(); ++element) {
          answer.gradients[tensor][element] = result.gradients[tensor][element].value();
        }
      }
    });
    return answer;
  });
}

Answer<std::vector<std::vector<long>>> BuiltInSubject::sample(const SampleRequest& request) {
  return answered([&] {
    if (request.population < 1 || request.batch_size < 1 || request.batches < 0 ||
        request.batch_size > request.population) {
      throw SubjectDeclined(Outcome::refused, "wants 1 <= batch_size <= population");
    }
    const auto sampling =
        std::ranges::find(all_samplings(), request.replacement, &Sampling::replacement);
    const Mutant* mutant = mutant_for(sampling->name);
    const Dialect& dialect = dialect_for(sampling->name, sampling->dialects);
    return sample_batches(request, Batches(dialect.choices.front()),
                          mutant == nullptr ? std::string_view() : mutant->name, sampler_memory_);
  });
}

Answer<std::vector<double>> BuiltInSubject::initialize(const InitializeRequest& request) {
  return answered([&] {
    const Initialization* initialization = find_initialization(request.initialization);
    if (initialization == nullptr) {
      unsupported(fmt::format("no initialization \"{}\"", request.initialization));
    }
    if (request.shape.size() < 2) unsupported("a tensor with fewer than two sizes");
    const Dialect& dialect = dialect_for(initialization->name, initialization->dialects);
    const Mutant* mutant = mutant_for(initialization->name);
    return initialize_tensor(
        *initialization,
        in_order(initialization->hyperparameters, dialect, request.hyperparameters, nullptr),
        dialect.choices, request.shape, format_named(request.format).storage, request.seed,
        mutant == nullptr ? std::string_view() : mutant->name);
  });
}

}  // namespace plumbline::conformance
