#include "conformance/builtin/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "conformance/builtin/value_mutants.hpp"
#include "conformance/transport/json_rpc.hpp"
#include "conformance/transport/number_text.hpp"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

constexpr std::int64_t unsupported = 1;
constexpr std::int64_t refused = 2;
constexpr std::int64_t invalid_params = -32602;

const json& field(const json& params, const char* name) {
  const auto found = params.find(name);
  if (!params.is_object() || found == params.end()) {
    throw RequestRefused(invalid_params, fmt::format("\"{}\" is missing", name));
  }
  return *found;
}

std::string text_field(const json& params, const char* name) {
  const json& value = field(params, name);
  if (!value.is_string()) {
    throw RequestRefused(invalid_params, fmt::format("\"{}\" is not a string", name));
  }
  return value.get<std::string>();
}

std::vector<double> number_list(const json& list, std::string_view what) {
  if (!list.is_array()) {
    throw RequestRefused(invalid_params, fmt::format("{} is not a list of numbers", what));
  }
  std::vector<double> values;
  for (const json& entry : list) {
    try {
      values.push_back(read_number(entry));
    } catch (const std::runtime_error& wrong) {
      throw RequestRefused(invalid_params, fmt::format("{}: {}", what, wrong.what()));
    }
  }
  return values;
}

json write_numbers(const std::vector<double>& values) {
  json list = json::array();
  for (const double value : values) list.push_back(write_number(value, NumberStyle::decimal));
  return list;
}

json write_tensors(const std::vector<std::vector<double>>& tensors) {
  json list = json::array();
  for (const auto& tensor : tensors) list.push_back(write_numbers(tensor));
  return list;
}

SubjectFormat format_named(const std::string& name) {
  const auto format = find_format(name);
  if (!format) throw RequestRefused(unsupported, fmt::format("no format \"{}\"", name));
  return *format;
}

/// The hyperparameters in the entry's order: `base` overridden by what the object names.
std::vector<double> read_hyperparameters(const std::vector<Hyperparameter>& description,
                                         const Dialect& dialect, const json& object,
                                         const std::vector<double>* base) {
  if (!object.is_object()) {
    throw RequestRefused(invalid_params, "\"hyperparameters\" is not an object");
  }
  std::vector<double> values;
  for (const Hyperparameter& hyperparameter : description) {
    values.push_back(base != nullptr ? (*base)[values.size()]
                                     : hyperparameter.neutral.value_or(std::nan("")));
  }
  for (const auto& [name, value] : object.items()) {
    const auto index = index_of(description, name);
    if (!index || std::ranges::find(dialect.without, name) != dialect.without.end()) {
      throw RequestRefused(unsupported, fmt::format("no place for \"{}\"", name));
    }
    if (value.is_boolean()) {
      values[*index] = value.get<bool>() ? 1 : 0;
    } else {
      values[*index] = number_list(json::array({value}), name)[0];
    }
    const Hyperparameter& hyperparameter = description[*index];
    if (!(values[*index] >= hyperparameter.least && values[*index] <= hyperparameter.greatest)) {
      throw RequestRefused(refused, fmt::format("{} = {} is not legal", name, values[*index]));
    }
  }
  for (std::size_t index = 0; index < values.size(); ++index) {
    if (std::isnan(values[index])) {
      throw RequestRefused(unsupported,
                           fmt::format("\"{}\" must be given", description[index].name));
    }
  }
  return values;
}

ParameterSetting read_parameter(const json& entry, const SubjectFormat& format) {
  ParameterSetting setting;
  setting.name = text_field(entry, "name");
  setting.initial = number_list(field(entry, "values"), setting.name);
  std::size_t count = 1;
  for (const double size : number_list(field(entry, "shape"), "shape")) {
    setting.shape.push_back(static_cast<long>(size));
    count *= static_cast<std::size_t>(size);
  }
  if (count != setting.initial.size()) {
    throw RequestRefused(invalid_params,
                         fmt::format("{}: shape and values do not agree", setting.name));
  }
  setting.format = entry.contains("format") ? format_named(text_field(entry, "format")) : format;
  return setting;
}

/// True where `wanted` is "entry/name" or "name".
bool names_it(std::string_view wanted, std::string_view entry, std::string_view name) {
  return wanted == name || wanted == fmt::format("{}/{}", entry, name);
}

}  // namespace

BuiltInService::BuiltInService(BuiltInSettings settings) : settings_(std::move(settings)) {
  if (!settings_.dialect.empty()) {
    bool known = false;
    const auto look = [&](const auto& entries) {
      for (const auto& entry : entries) {
        for (const Dialect& dialect : entry.dialects) {
          known = known || names_it(settings_.dialect, entry.name, dialect.name);
          for (const auto alias : dialect.aliases) {
            known = known || names_it(settings_.dialect, entry.name, alias);
          }
        }
      }
    };
    look(all_rules());
    look(all_schedules());
    look(all_clippings());
    if (!known) throw std::invalid_argument(fmt::format("no dialect \"{}\"", settings_.dialect));
  }
  if (!settings_.mutant.empty()) {
    const bool known = std::ranges::any_of(all_mutants(), [&](const Mutant& mutant) {
      return names_it(settings_.mutant, mutant.rule, mutant.name);
    });
    if (!known) throw std::invalid_argument(fmt::format("no mutant \"{}\"", settings_.mutant));
  }
}

const Mutant* BuiltInService::mutant_for(std::string_view rule) const {
  if (settings_.mutant.empty()) return nullptr;
  for (const Mutant& mutant : all_mutants()) {
    if (mutant.rule == rule && names_it(settings_.mutant, rule, mutant.name)) return &mutant;
  }
  return nullptr;
}

const Dialect& BuiltInService::dialect_for(std::string_view entry,
                                           const std::vector<Dialect>& dialects) const {
  std::string_view wanted = settings_.dialect;
  if (const auto slash = wanted.find('/'); slash != std::string_view::npos) {
    if (wanted.substr(0, slash) != entry) return dialects.front();
    wanted.remove_prefix(slash + 1);
  }
  const Dialect* found = find_dialect(dialects, wanted);
  return found == nullptr ? dialects.front() : *found;
}

json BuiltInService::handle(const std::string& method, const json& params) {
  if (method == "describe") {
    return {{"protocol", 1},
            {"name", "plumbline built-in subject"},
            {"version", "1.0.0"},
            {"language", "C++"}};
  }
  if (method == "optimizer/create") return create(params);
  if (method == "optimizer/step") return step(params);
  if (method == "optimizer/state") {
    json result = json::object();
    for (const auto& [name, tensors] : optimizer(params).state()) {
      result[name] = write_tensors(tensors);
    }
    return result;
  }
  if (method == "optimizer/save") return save(params);
  if (method == "optimizer/load") return load(params);
  if (method == "optimizer/close") {
    optimizer(params);
    optimizers_.erase(field(params, "handle").get<long>());
    return nullptr;
  }
  if (method == "schedule/values") return schedule_values(params);
  if (method == "clip") return clip(params);
  if (method == "shutdown") return nullptr;
  throw RequestRefused(unsupported, fmt::format("no method \"{}\"", method));
}

BuiltInOptimizer& BuiltInService::optimizer(const json& params) {
  const json& handle = field(params, "handle");
  const auto found =
      handle.is_number_integer() ? optimizers_.find(handle.get<long>()) : optimizers_.end();
  if (found == optimizers_.end()) throw RequestRefused(invalid_params, "no such handle");
  return *found->second;
}

json BuiltInService::keep(std::unique_ptr<BuiltInOptimizer> optimizer) {
  json result{{"handle", ++last_handle_}};
  if (const auto point = optimizer->evaluate_at()) result["evaluate_at"] = write_tensors(*point);
  optimizers_[last_handle_] = std::move(optimizer);
  return result;
}

std::unique_ptr<BuiltInOptimizer> BuiltInService::make(const json& params) const {
  const std::string name = text_field(params, "rule");
  const Rule* rule = find_rule(name);
  if (rule == nullptr) throw RequestRefused(unsupported, fmt::format("no rule \"{}\"", name));
  const SubjectFormat format = format_named(text_field(params, "format"));
  const Dialect& dialect = dialect_for(rule->name, rule->dialects);
  const auto base = read_hyperparameters(rule->hyperparameters, dialect,
                                         field(params, "hyperparameters"), nullptr);
  std::vector<std::vector<double>> groups;
  if (params.contains("groups")) {
    for (const json& group : params["groups"]) {
      groups.push_back(read_hyperparameters(rule->hyperparameters, dialect,
                                            field(group, "hyperparameters"), &base));
    }
  }
  std::vector<ParameterSetting> settings;
  for (const json& entry : field(params, "parameters")) {
    ParameterSetting setting = read_parameter(entry, format);
    setting.hyperparameters = base;
    if (entry.contains("group") && !entry["group"].is_null()) {
      const auto group = entry["group"].get<std::size_t>();
      if (group >= groups.size()) throw RequestRefused(invalid_params, "no such group");
      setting.hyperparameters = groups[group];
    }
    settings.push_back(std::move(setting));
  }
  return std::make_unique<BuiltInOptimizer>(*rule, dialect.choices, std::move(settings),
                                            mutant_for(rule->name));
}

json BuiltInService::create(const json& params) {
  return keep(make(params));
}

json BuiltInService::step(const json& params) {
  BuiltInOptimizer& stepped = optimizer(params);
  const json& given = field(params, "gradients");
  if (!given.is_array() || given.size() != stepped.settings().size()) {
    throw RequestRefused(invalid_params, "\"gradients\": one for each parameter is wanted");
  }
  std::vector<std::optional<std::vector<double>>> gradients;
  for (std::size_t index = 0; index < given.size(); ++index) {
    if (given[index].is_null()) {
      gradients.emplace_back();
      continue;
    }
    gradients.push_back(number_list(given[index], "gradients"));
    if (gradients.back()->size() != stepped.settings()[index].initial.size()) {
      throw RequestRefused(invalid_params, "a gradient has the wrong length");
    }
  }
  std::optional<double> rate;
  if (params.contains("learning_rate")) {
    rate = number_list(json::array({params["learning_rate"]}), "learning_rate")[0];
    if (!(*rate >= 0)) throw RequestRefused(refused, "a negative learning rate");
  }
  const Mutant* mutant = mutant_for(stepped.rule().name);
  if (mutant != nullptr && mutant->slip == Slip::optimizers_share_state) {
    for (const auto& [handle, other] : optimizers_) {
      if (other.get() != &stepped) stepped.take_state_of(*other);
    }
  }
  stepped.step(gradients, rate);
  json result{{"parameters", write_tensors(stepped.parameters())}};
  if (const auto point = stepped.evaluate_at()) result["evaluate_at"] = write_tensors(*point);
  return result;
}

json BuiltInService::save(const json& params) {
  const BuiltInOptimizer& saved = optimizer(params);
  json parameters = json::array();
  for (std::size_t index = 0; index < saved.settings().size(); ++index) {
    const ParameterSetting& setting = saved.settings()[index];
    const HeldParameter& held = *saved.held()[index];
    json state = json::array();
    for (std::size_t tensor = 0; tensor < saved.rule().state.size(); ++tensor) {
      state.push_back(write_numbers(held.state(tensor)));
    }
    parameters.push_back({{"name", setting.name},
                          {"shape", setting.shape},
                          {"format", setting.format.name},
                          {"hyperparameters", write_numbers(setting.hyperparameters)},
                          {"initial", write_numbers(setting.initial)},
                          {"values", write_numbers(held.values())},
                          {"state", std::move(state)},
                          {"rate", write_number(held.learning_rate(), NumberStyle::decimal)},
                          {"steps", held.steps()}});
  }
  return {{"checkpoint", {{"rule", saved.rule().name}, {"parameters", std::move(parameters)}}}};
}

json BuiltInService::load(const json& params) {
  const json& checkpoint = field(params, "checkpoint");
  const Rule* rule = find_rule(text_field(checkpoint, "rule"));
  if (rule == nullptr) throw RequestRefused(invalid_params, "a checkpoint of no known rule");
  std::vector<ParameterSetting> settings;
  for (const json& entry : field(checkpoint, "parameters")) {
    settings.push_back({text_field(entry, "name"), field(entry, "shape").get<std::vector<long>>(),
                        number_list(field(entry, "initial"), "initial"),
                        format_named(text_field(entry, "format")),
                        number_list(field(entry, "hyperparameters"), "hyperparameters")});
  }
  auto loaded = std::make_unique<BuiltInOptimizer>(
      *rule, dialect_for(rule->name, rule->dialects).choices, settings, mutant_for(rule->name));
  for (std::size_t index = 0; index < settings.size(); ++index) {
    const json& entry = checkpoint["parameters"][index];
    std::vector<std::vector<double>> state;
    for (const json& tensor : field(entry, "state")) state.push_back(number_list(tensor, "state"));
    HeldParameter& held = *loaded->held()[index];
    held.restore(number_list(field(entry, "values"), "values"), state,
                 field(entry, "steps").get<long>());
    held.set_learning_rate(read_number(field(entry, "rate")));
  }
  return keep(std::move(loaded));
}

json BuiltInService::schedule_values(const json& params) const {
  const std::string name = text_field(params, "schedule");
  const Schedule* schedule = find_schedule(name);
  if (schedule == nullptr) {
    throw RequestRefused(unsupported, fmt::format("no schedule \"{}\"", name));
  }
  const Dialect& dialect = dialect_for(schedule->name, schedule->dialects);
  std::vector<double> hyperparameters = read_hyperparameters(
      schedule->hyperparameters, dialect, field(params, "hyperparameters"), nullptr);
  std::vector<long> steps = field(params, "steps").get<std::vector<long>>();
  const std::vector<long> asked = steps;
  const Access access =
      text_field(params, "access") == "direct" ? Access::direct : Access::sequential;
  const Mutant* mutant = mutant_for(name);
  if (mutant != nullptr) distort_question(mutant->name, *schedule, hyperparameters, steps);
  std::vector<double> values;
  for (const auto& value :
       schedule->values<Plain<Binary64>>(hyperparameters, dialect.choices, access, steps)) {
    values.push_back(value.value());
  }
  if (mutant != nullptr) distort_answer(mutant->name, hyperparameters, asked, values);
  return {{"values", write_numbers(values)}};
}

json BuiltInService::clip(const json& params) const {
  const std::string name = text_field(params, "clipping");
  const Clipping* clipping = find_clipping(name);
  if (clipping == nullptr) {
    throw RequestRefused(unsupported, fmt::format("no clipping \"{}\"", name));
  }
  const SubjectFormat format = format_named(text_field(params, "format"));
  const Dialect& dialect = dialect_for(clipping->name, clipping->dialects);
  const auto hyperparameters = read_hyperparameters(clipping->hyperparameters, dialect,
                                                    field(params, "hyperparameters"), nullptr);
  std::vector<std::vector<double>> gradients;
  for (const json& entry : field(params, "gradients")) {
    gradients.push_back(number_list(field(entry, "values"), "gradients"));
  }
  const Mutant* mutant = mutant_for(name);
  if (mutant != nullptr && clip_as_mutant(mutant->name, hyperparameters[0], gradients)) {
    for (auto& gradient : gradients) {
      for (double& value : gradient) value = format.storage.round(value);
    }
    return {{"gradients", write_tensors(gradients)}};
  }
  return with_arithmetic(format.arithmetic, [&]<class Format>() -> json {
    std::vector<std::vector<Plain<Format>>> clipped;
    for (const auto& gradient : gradients) clipped.emplace_back(gradient.begin(), gradient.end());
    const Plain<Format> norm =
        clipping->clip<Plain<Format>>(hyperparameters, dialect.choices, clipped);
    for (std::size_t index = 0; index < clipped.size(); ++index) {
      for (std::size_t element = 0; element < clipped[index].size(); ++element) {
        gradients[index][element] = clipped[index][element].value();
      }
    }
    return {{"gradients", write_tensors(gradients)},
            {"norm", write_number(norm.value(), NumberStyle::decimal)}};
  });
}

}  // namespace plumbline::conformance
