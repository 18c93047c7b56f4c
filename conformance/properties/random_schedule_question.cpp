// Random questions about schedules, and questions as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "conformance/properties/random_number.hpp"
#include "conformance/properties/schedule_property.hpp"
#include "conformance/transport/number_text.hpp"

namespace plumbline::conformance {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr long most_steps = 150;

/// The value of that name; 0 where the schedule has none.
double value_of(const ScheduleQuestion& question, std::string_view name) {
  const auto index = index_of(question.schedule->hyperparameters, name);
  return index ? question.hyperparameters[*index] : 0;
}

/// Twelve significant bits, so that every format but the narrowest holds it; of counts a few
/// dozen. The rates' lower end is a share of the upper one, which comes first.
double draw(const Hyperparameter& hyperparameter, std::mt19937_64& random, double first) {
  const std::string_view name = hyperparameter.name;
  if (hyperparameter.kind == Hyperparameter::Kind::count) {
    if (name == "cycle_multiplier") return static_cast<double>(between(random, 1, 3));
    if (name == "model_width") return static_cast<double>(between(random, 1, 1024));
    const long least = std::max(1L, static_cast<long>(hyperparameter.least));
    return static_cast<double>(between(random, least, name == "total_steps" ? 50 : 20));
  }
  if (name.starts_with("minimum_")) return first * static_cast<double>(between(random, 1, 15)) / 16;
  if (name == "power") return static_cast<double>(between(random, 4, 40)) / 16;
  if (name == "inverse_decay") return static_cast<double>(between(random, 1, 40)) / 16;
  if (hyperparameter.greatest <= 1) {
    const double most = hyperparameter.greatest <= 0.5 ? 0.5 : 1;
    return most * static_cast<double>(between(random, 128, 1023)) / 1024;
  }
  if (hyperparameter.least >= 1) return 1 + static_cast<double>(between(random, 1, 200)) / 8;
  return std::ldexp(static_cast<double>(between(random, 2048, 4095)),
                    -static_cast<int>(between(random, 12, 22)));
}

/// Some way past the last of the steps that hyperparameters name.
long horizon(const ScheduleQuestion& question) {
  if (question.schedule->ends) return static_cast<long>(value_of(question, "total_steps"));
  double counts = 0;
  for (std::size_t i = 0; i < question.hyperparameters.size(); ++i) {
    const Hyperparameter& hyperparameter = question.schedule->hyperparameters[i];
    if (hyperparameter.kind == Hyperparameter::Kind::count &&
        hyperparameter.name != "model_width") {
      counts += question.hyperparameters[i];
    }
  }
  return std::clamp(3 * static_cast<long>(counts), 30L, most_steps);
}

}  // namespace

bool is_meant(const ScheduleQuestion& question) {
  const std::span<const Hyperparameter> description = question.schedule->hyperparameters;
  for (std::size_t i = 0; i < description.size(); ++i) {
    const double value = question.hyperparameters[i];
    if (!(value >= description[i].least && value <= description[i].greatest)) return false;
  }
  const auto has = [&](std::string_view name) { return index_of(description, name).has_value(); };
  const auto value = [&](std::string_view name) { return value_of(question, name); };
  const double total = value("total_steps");
  if (has("warmup_steps") && has("total_steps") &&
      value("warmup_steps") + std::max(1.0, value("decay_length")) > total) {
    return false;
  }
  if (has("first_milestone") && !(value("first_milestone") < value("second_milestone") &&
                                  value("second_milestone") < value("third_milestone"))) {
    return false;
  }
  // Phases of a step at least, and at most three with an end each.
  const double rise = value("rise_share") * total;
  if (has("rise_share") && !(rise >= 2)) return false;
  const double fall = value("fall_share") * total;
  if (has("fall_share") && !(std::floor(fall) > std::floor(rise) && std::floor(fall) < total)) {
    return false;
  }
  return question.until >= 1 && question.from >= 0 && question.from <= question.until &&
         (!question.schedule->ends || static_cast<double>(question.until) <= total);
}

ScheduleQuestion random_schedule_question(const Schedule& schedule, const Dialect& dialect,
                                          bool bare, std::mt19937_64& random) {
  for (;;) {
    ScheduleQuestion question{.schedule = &schedule};
    for (const Hyperparameter& hyperparameter : schedule.hyperparameters) {
      const bool rests =
          std::ranges::find(dialect.without, hyperparameter.name) != dialect.without.end();
      const bool may_rest = hyperparameter.neutral.has_value();
      const double first = question.hyperparameters.empty() ? 1 : question.hyperparameters.front();
      const double drawn = draw(hyperparameter, random, first);
      question.hyperparameters.push_back(may_rest && (rests || bare || between(random, 0, 3) == 0)
                                             ? *hyperparameter.neutral
                                             : drawn);
    }
    question.until = horizon(question);
    question.from = between(random, 1, std::max(1L, question.until / 2));
    if (is_meant(question)) return question;
  }
}

std::string schedule_question_text(const ScheduleQuestion& question) {
  ordered_json hyperparameters = ordered_json::object();
  for (std::size_t index = 0; index < question.hyperparameters.size(); ++index) {
    hyperparameters[std::string(question.schedule->hyperparameters[index].name)] =
        question.hyperparameters[index];
  }
  return ordered_json{{"hyperparameters", std::move(hyperparameters)},
                      {"until", question.until},
                      {"from", question.from}}
      .dump();
}

ScheduleQuestion read_schedule_question(const Schedule& schedule, const std::string& text) {
  ScheduleQuestion question{.schedule = &schedule};
  try {
    const json object = json::parse(text);
    for (const Hyperparameter& hyperparameter : schedule.hyperparameters) {
      question.hyperparameters.push_back(
          read_number(object.at("hyperparameters").at(std::string(hyperparameter.name))));
    }
    question.until = object.at("until").get<long>();
    question.from = object.at("from").get<long>();
  } catch (const json::exception& error) {
    throw std::runtime_error(fmt::format("the question: {}", error.what()));
  }
  constexpr long most = 100000;
  if (!is_meant(question) || question.until > most) {
    throw std::runtime_error("the question: no meaning, or too many steps");
  }
  return question;
}

}  // namespace plumbline::conformance
