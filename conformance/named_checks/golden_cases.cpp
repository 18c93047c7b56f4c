#include "conformance/named_checks/golden_cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>

#include "conformance/cases/case.hpp"
#include "conformance/golden/certified_text.hpp"
#include "reference/numbers/format.hpp"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

double read_double(const json& text) {
  const auto& word = text.get_ref<const std::string&>();
  if (word == "Infinity") return std::numeric_limits<double>::infinity();
  double value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size()) {
    throw std::runtime_error(fmt::format("golden file: \"{}\" is no number", word));
  }
  return value;
}

/// The decimal text in quadruple precision, off by less than 1e-31 of its value: digits
/// and the power of ten are each a few roundings of 2^-113.
Quadruple read_quadruple(const json& text) {
  const auto& word = text.get_ref<const std::string&>();
  Quadruple digits = 0;
  int exponent = 0;
  std::size_t at = word.starts_with('-') ? 1 : 0;
  bool after_point = false;
  for (; at < word.size() && word[at] != 'e'; ++at) {
    if (word[at] == '.') {
      after_point = true;
    } else {
      digits = digits * 10 + (word[at] - '0');
      if (after_point) --exponent;
    }
  }
  if (at < word.size()) exponent += std::stoi(word.substr(at + 1));
  Quadruple power = 1;
  for (int i = 0; i < std::abs(exponent); ++i) power *= 10;
  const Quadruple magnitude = exponent < 0 ? digits / power : digits * power;
  return word.starts_with('-') ? -magnitude : magnitude;
}

std::vector<double> read_list(const json& list) {
  std::vector<double> values;
  for (const json& text : list) values.push_back(read_double(text));
  return values;
}

std::vector<NamedValue> read_hyperparameters(const Rule& rule, const json& object) {
  std::vector<NamedValue> values;
  for (const auto& [name, value] : object.items()) {
    const auto index = index_of(rule.hyperparameters, name);
    if (!index) throw std::runtime_error(fmt::format("golden file: no hyperparameter {}", name));
    const double number = value.is_boolean() ? (value.get<bool>() ? 1.0 : 0.0) : read_double(value);
    values.push_back({name, number, rule.hyperparameters[*index].kind});
  }
  return values;
}

CreateRequest read_request(const Rule& rule, const json& entry, const std::string& format) {
  CreateRequest request{.rule = std::string(rule.name),
                        .format = format,
                        .hyperparameters = read_hyperparameters(rule, entry["hyperparameters"]),
                        .parameters = {}};
  if (entry.contains("groups")) {
    for (const json& group : entry["groups"]) {
      request.groups.push_back(read_hyperparameters(rule, group["hyperparameters"]));
    }
  }
  for (const json& parameter : entry["parameters"]) {
    ParameterRequest asked{.name = parameter["name"],
                           .shape = parameter["shape"],
                           .values = read_list(parameter["initial"])};
    if (parameter.contains("group")) asked.group = parameter["group"].get<std::size_t>();
    request.parameters.push_back(std::move(asked));
  }
  return request;
}

bool exact_in_binary32(const CreateRequest& request) {
  const auto exact = [](const std::vector<NamedValue>& values) {
    return std::ranges::all_of(
        values, [](const NamedValue& named) { return Binary32::description.holds(named.value); });
  };
  return exact(request.hyperparameters) && std::ranges::all_of(request.groups, exact);
}

/// Compares one checkpoint; the first element outside becomes the finding's deviation.
void compare_checkpoint(Finding& finding, const json& checkpoint, const json& radii,
                        const CreateRequest& request, const Tensors& observed) {
  for (std::size_t tensor = 0; tensor < observed.size(); ++tensor) {
    for (std::size_t element = 0; element < observed[tensor].size(); ++element) {
      const double radius = read_double(radii[tensor][element]);
      if (std::isinf(radius)) continue;  // nothing is promised
      const double value = observed[tensor][element];
      const Quadruple golden = read_quadruple(checkpoint["parameters"][tensor][element]);
      const Quadruple off =
          Quadruple(value) > golden ? Quadruple(value) - golden : golden - Quadruple(value);
      const bool inside = std::isfinite(value) && off <= Quadruple(radius);
      double radii_off = std::numeric_limits<double>::infinity();
      if (off == 0) radii_off = 0;
      if (std::isfinite(value) && radius > 0) radii_off = static_cast<double>(off / radius);
      if (inside) {
        finding.budget_used = std::max(finding.budget_used, radii_off);
        continue;
      }
      finding.verdict = Verdict::deviates;
      finding.deviation = Deviation{.step = checkpoint["step"].get<long>(),
                                    .parameter = request.parameters[tensor].name,
                                    .element = element,
                                    .quantity = "parameter",
                                    .comparison = "golden",
                                    .value = value,
                                    .lower = static_cast<double>(golden - Quadruple(radius)),
                                    .upper = static_cast<double>(golden + Quadruple(radius)),
                                    .radii = radii_off};
      return;
    }
  }
}

Finding ended_finding(const Ended& ended, const std::string& id) {
  Finding finding;
  if (ended.outcome == Outcome::unsupported || ended.outcome == Outcome::refused) {
    finding.verdict = Verdict::unsupported;
    finding.unsupported_reason = ended.message;
  } else {
    finding.verdict = Verdict::error;
    finding.error = id + ": " + ended.message;
    finding.fault = ended.outcome == Outcome::fault ? std::string(fault_text(ended.fault))
                                                    : "error reported by the subject";
  }
  return finding;
}

/// Runs the case up to its last checkpoint, comparing as it goes.
Finding run_case(Subject& subject, const json& entry, const CreateRequest& request,
                 const std::string& id) {
  subject.describe();
  const auto created = subject.create(request);
  if (!created.ok()) return ended_finding(created.ended(), id);
  Finding finding;
  finding.verdict = Verdict::conforms;
  std::size_t next = 0;
  const json& checkpoints = entry["checkpoints"];
  const json& gradients = entry["gradients"];
  for (std::size_t at = 0; at < gradients.size(); ++at) {
    StepRequest step;
    for (const json& gradient : gradients[at]) {
      step.gradients.push_back(gradient.is_null() ? std::nullopt
                                                  : std::optional(read_list(gradient)));
    }
    if (entry.contains("learning_rates")) {
      const json& rates = entry["learning_rates"];
      const json& before = at == 0 ? entry["hyperparameters"]["learning_rate"] : rates[at - 1];
      if (rates[at] != before) step.learning_rate = read_double(rates[at]);
    }
    const auto stepped = subject.step(created->handle, step);
    if (!stepped.ok()) return ended_finding(stepped.ended(), id);
    ++finding.steps;
    if (next == checkpoints.size() || checkpoints[next]["step"] != at + 1) continue;
    compare_checkpoint(finding, checkpoints[next], checkpoints[next]["radius"][request.format],
                       request, stepped->parameters);
    if (finding.deviation) break;
    ++next;
  }
  const Ended closed = subject.close(created->handle);
  if (closed.outcome != Outcome::ran) return ended_finding(closed, id);
  if (finding.deviation) finding.deviation->test_case = id;
  return finding;
}

}  // namespace

GoldenCases::GoldenCases(const std::string& folder, const Rule& rule)
    : rule_(rule), path_(fmt::format("{}/rules/{}.json", folder, rule.name)) {
  std::ifstream file(path_);
  content_ = json::parse(file, nullptr, false);
  if (!content_.is_object() || !content_.contains("cases")) {
    throw std::runtime_error(path_ + ": no golden file can be read there");
  }
}

Finding GoldenCases::check(Subject& subject, std::string_view case_id, const Dialect& dialect,
                           const std::vector<std::string>& modifiers,
                           const std::string& format) const {
  const std::string id =
      fmt::format("{}/{}{}", rule_.name, dialect.name, case_id.substr(rule_.name.size()));
  const json& cases = content_["cases"];
  const auto entry =
      std::ranges::find_if(cases, [&](const json& candidate) { return candidate["id"] == id; });
  Finding finding;
  if (entry == cases.end()) {
    finding = ended_finding({Outcome::unsupported, Fault::none, path_ + " has no case " + id}, id);
  } else {
    const CreateRequest request = read_request(rule_, *entry, format);
    if (!modifiers.empty() && !exact_in_binary32(request)) {
      finding = ended_finding(
          {Outcome::unsupported, Fault::none,
           "golden values are for exact hyperparameters, the subject's are " + modifiers.front()},
          id);
    } else {
      finding = run_case(subject, *entry, request, id);
      if (finding.fault.empty()) subject.case_ended_well();
    }
  }
  finding.dialect = dialect.name;
  finding.modifiers = modifiers;
  finding.cases = finding.verdict == Verdict::unsupported ? 0 : 1;
  return finding;
}

std::vector<std::string> golden_case_ids(const Rule& rule, const std::string& format) {
  std::vector<std::string> ids;
  if (std::ranges::find(golden_formats, format) == std::end(golden_formats)) return ids;
  for (const Case& test_case : cases_for(rule, 1)) {
    if (test_case.golden && test_case.fits(*find_format(format))) ids.push_back(test_case.id);
  }
  return ids;
}

}  // namespace plumbline::conformance
