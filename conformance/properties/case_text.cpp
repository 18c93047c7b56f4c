// A case as JSON, and back: what a counterexample is printed and read as.
#include <fmt/format.h>

#include <cmath>

#include "conformance/properties/random_case.hpp"
#include "conformance/transport/number_text.hpp"

namespace plumbline::conformance {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

ordered_json hyperparameters(const Rule& rule, const std::vector<double>& values) {
  ordered_json object = ordered_json::object();
  for (std::size_t index = 0; index < values.size(); ++index) {
    if (values[index] == rule.hyperparameters[index].neutral) continue;
    object[std::string(rule.hyperparameters[index].name)] = values[index];
  }
  return object;
}

[[noreturn]] void wrong(const std::string& what) {
  throw std::runtime_error("the case's " + what);
}

const json& field(const json& object, const char* name) {
  if (!object.is_object() || !object.contains(name)) wrong(fmt::format("\"{}\" is missing", name));
  return object[name];
}

std::vector<double> read_numbers(const json& list, const char* what) {
  if (!list.is_array()) wrong(fmt::format("\"{}\" is not a list of numbers", what));
  std::vector<double> values;
  for (const json& entry : list) values.push_back(read_number(entry));
  return values;
}

std::vector<double> read_hyperparameters(const Rule& rule, const json& object) {
  std::vector<double> values;
  for (const Hyperparameter& hyperparameter : rule.hyperparameters) {
    values.push_back(hyperparameter.neutral.value_or(hyperparameter.default_value));
  }
  for (const auto& [name, value] : object.items()) {
    const auto index = index_of(rule.hyperparameters, name);
    if (!index) wrong(fmt::format("hyperparameter \"{}\" is not one of {}'s", name, rule.name));
    values[*index] = value.is_boolean() ? (value.get<bool>() ? 1 : 0) : read_number(value);
  }
  return values;
}

void read_steps(Case& result, const json& steps) {
  if (!steps.is_array()) wrong("\"gradients\" is not a list of steps");
  for (const json& step : steps) {
    if (!step.is_array() || step.size() != result.parameters.size()) {
      wrong("\"gradients\": each step has one list for each parameter");
    }
    std::vector<Gradient> gradients;
    for (std::size_t index = 0; index < step.size(); ++index) {
      if (step[index].is_null()) {
        gradients.emplace_back();
        continue;
      }
      gradients.emplace_back(read_numbers(step[index], "gradients"));
      if (gradients.back()->size() != result.parameters[index].initial.size()) {
        wrong("\"gradients\": a gradient has another size than its parameter");
      }
    }
    result.gradients.push_back(std::move(gradients));
  }
}

}  // namespace

ordered_json numbers_object(const std::vector<double>& values) {
  ordered_json list = ordered_json::array();
  for (const double value : values) {
    list.push_back(ordered_json::parse(write_number(value, NumberStyle::decimal).dump()));
  }
  return list;
}

ordered_json case_object(const Case& test_case) {
  const Rule& rule = *test_case.rule;
  ordered_json object{{"hyperparameters", hyperparameters(rule, test_case.hyperparameters)}};
  if (!test_case.groups.empty()) {
    object["groups"] = ordered_json::array();
    for (const auto& group : test_case.groups) {
      object["groups"].push_back(hyperparameters(rule, group));
    }
  }
  object["parameters"] = ordered_json::array();
  for (const CaseParameter& parameter : test_case.parameters) {
    ordered_json entry{{"name", parameter.name},
                       {"shape", parameter.shape},
                       {"initial", numbers_object(parameter.initial)}};
    if (parameter.group) entry["group"] = *parameter.group;
    object["parameters"].push_back(std::move(entry));
  }
  object["gradients"] = ordered_json::array();
  for (const auto& step : test_case.gradients) {
    ordered_json gradients = ordered_json::array();
    for (const Gradient& gradient : step) {
      gradients.push_back(gradient ? numbers_object(*gradient) : ordered_json());
    }
    object["gradients"].push_back(std::move(gradients));
  }
  if (!test_case.learning_rates.empty()) {
    object["learning_rates"] = ordered_json::array();
    for (const double rate : test_case.learning_rates) {
      object["learning_rates"].push_back(std::isnan(rate) ? ordered_json() : ordered_json(rate));
    }
  }
  return object;
}

Case read_case(const Rule& rule, const ordered_json& given) {
  const json object = json::parse(given.dump());
  Case result;
  result.rule = &rule;
  result.id = std::string(rule.name) + "/input";
  result.hyperparameters = read_hyperparameters(rule, field(object, "hyperparameters"));
  if (object.contains("groups")) {
    for (const json& group : object["groups"]) {
      result.groups.push_back(read_hyperparameters(rule, group));
    }
  }
  for (const json& entry : field(object, "parameters")) {
    CaseParameter parameter{.name = field(entry, "name").get<std::string>(),
                            .shape = field(entry, "shape").get<std::vector<long>>(),
                            .initial = read_numbers(field(entry, "initial"), "initial")};
    if (element_count(parameter.shape) != parameter.initial.size()) {
      wrong(fmt::format("parameter {}: shape and values do not agree", parameter.name));
    }
    if (entry.contains("group")) parameter.group = entry["group"].get<std::size_t>();
    if (parameter.group && *parameter.group >= result.groups.size()) wrong("group does not exist");
    result.parameters.push_back(std::move(parameter));
  }
  read_steps(result, field(object, "gradients"));
  if (object.contains("learning_rates")) {
    for (const json& rate : object["learning_rates"]) {
      result.learning_rates.push_back(rate.is_null() ? std::nan("") : read_number(rate));
    }
    if (result.learning_rates.size() != result.gradients.size()) {
      wrong("\"learning_rates\" has another length than the steps");
    }
  }
  return result;
}

}  // namespace plumbline::conformance
