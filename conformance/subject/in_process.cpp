#include "conformance/subject/in_process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "conformance/subject/protocol_messages.hpp"
#include "reference/catalogue.hpp"
#include "reference/numbers/format.hpp"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

/// Runs a call into the adapter; whatever it throws becomes how the call ended.
template <class Body>
auto called(Body&& body) -> Answer<decltype(body())> {
  try {
    return body();
  } catch (const SubjectDeclined& declined) {
    return Ended{declined.outcome, Fault::none, declined.what()};
  } catch (const WrongAnswer& wrong) {
    return Ended{Outcome::fault, Fault::protocol, wrong.what()};
  } catch (const std::exception& failure) {
    return Ended{Outcome::subject_error, Fault::none, failure.what()};
  } catch (...) {
    return Ended{Outcome::subject_error, Fault::none, "threw what is no std::exception"};
  }
}

std::string counts_text(const std::vector<std::size_t>& counts) {
  std::string text;
  for (const std::size_t count : counts) text += (text.empty() ? "" : ", ") + std::to_string(count);
  return "[" + text + "]";
}

/// Throws WrongAnswer unless there is one tensor a parameter, each of its length.
Tensors checked(Tensors tensors, std::string_view what, const std::vector<std::size_t>& lengths) {
  std::vector<std::size_t> counts;
  for (const auto& tensor : tensors) counts.push_back(tensor.size());
  if (counts != lengths) {
    throw WrongAnswer(fmt::format("{}: {} values, where {} were asked for", what,
                                  counts_text(counts), counts_text(lengths)));
  }
  return tensors;
}

std::optional<Tensors> checked(std::optional<Tensors> tensors, std::string_view what,
                               const std::vector<std::size_t>& lengths) {
  if (!tensors) return std::nullopt;
  return checked(std::move(*tensors), what, lengths);
}

/// Throws WrongAnswer unless there is one row a name.
void require_one_row(const StateRecord& state) {
  for (const auto& [name, rows] : state) {
    if (rows.size() == 1 && rows.front()) continue;
    throw WrongAnswer(fmt::format("state {}: {} tensors where 1 was expected", name, rows.size()));
  }
}

/// JSON has no NaN and no infinity: they are spelled as in the protocol, so that a
/// checkpoint survives being sent.
json spelled(const json& value) {
  if (value.is_number_float()) return write_number(value.get<double>(), NumberStyle::decimal);
  json copy = value;
  if (value.is_structured()) {
    for (json& entry : copy) entry = spelled(entry);
  }
  return copy;
}

json unspelled(const json& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (text == "NaN" || text == "Infinity" || text == "-Infinity") return read_number(value);
  }
  json copy = value;
  if (value.is_structured()) {
    for (json& entry : copy) entry = unspelled(entry);
  }
  return copy;
}

template <class Offers>
auto& offer_for(Offers& offers, std::string_view kind, std::string_view name,
                const std::vector<std::string>& formats) {
  bool known = false;
  for (auto& offer : offers) {
    if (offer.name != name) continue;
    known = true;
    if (std::ranges::all_of(formats, [&](const std::string& format) {
          return std::ranges::find(offer.formats, format) != offer.formats.end();
        })) {
      return offer;
    }
  }
  if (!known) unsupported(fmt::format("{} {}", kind, name));
  if (formats.size() == 1) unsupported("format " + formats.front());
  unsupported("parameters of different formats");
}

/// The formats of a request's parameters, each once.
std::vector<std::string> formats_in(const CreateRequest& request) {
  std::vector<std::string> formats;
  for (const ParameterRequest& parameter : request.parameters) {
    const std::string& format = parameter.format.empty() ? request.format : parameter.format;
    if (std::ranges::find(formats, format) == formats.end()) formats.push_back(format);
  }
  if (formats.empty()) formats.push_back(request.format);
  return formats;
}

template <class Offers>
void check_formats(const Offers& offers, std::string_view name,
                   const std::vector<std::string>& formats) {
  for (const std::string& format : formats) {
    if (!find_format(format)) {
      throw std::invalid_argument(fmt::format("{}: no format \"{}\"", name, format));
    }
    for (const auto& offer : offers) {
      if (offer.name == name && std::ranges::find(offer.formats, format) != offer.formats.end()) {
        throw std::invalid_argument(fmt::format("{} is served in {} already", name, format));
      }
    }
  }
}

}  // namespace

InProcessSubject::InProcessSubject(std::string name, std::string version) {
  if (name.empty() || version.empty()) {
    throw std::invalid_argument("a subject has a name and a version");
  }
  description_.name = std::move(name);
  description_.version = std::move(version);
  description_.language = "C++";
}

void InProcessSubject::claim(std::string_view name, const std::string& dialect) {
  if (dialect.empty()) return;
  json& claims = description_.claims[std::string(name)];
  if (claims.contains("dialect") && claims["dialect"] != dialect) {
    throw std::invalid_argument(fmt::format("{}: two dialects are claimed", name));
  }
  claims["dialect"] = dialect;
}

void InProcessSubject::add_optimizer(std::string_view rule, std::vector<std::string> formats,
                                     MakeOptimizer make) {
  if (find_rule(rule) == nullptr) throw std::invalid_argument(fmt::format("no rule {}", rule));
  check_formats(optimizers_, rule, formats);
  optimizers_.push_back({std::string(rule), std::move(formats), std::move(make)});
}

void InProcessSubject::add_minimizer(std::string_view name, std::vector<std::string> formats,
                                     Minimize minimize) {
  check_formats(minimizers_, name, formats);
  minimizers_.push_back({std::string(name), std::move(formats), std::move(minimize)});
}

void InProcessSubject::add_schedule(std::string_view schedule, ValuesAt values_at) {
  if (find_schedule(schedule) == nullptr) {
    throw std::invalid_argument(fmt::format("no schedule {}", schedule));
  }
  schedules_.push_back({std::string(schedule), {}, std::move(values_at)});
}

void InProcessSubject::add_clipping(std::string_view clipping, std::vector<std::string> formats,
                                    Clip clip) {
  if (find_clipping(clipping) == nullptr) {
    throw std::invalid_argument(fmt::format("no clipping {}", clipping));
  }
  check_formats(clippings_, clipping, formats);
  clippings_.push_back({std::string(clipping), std::move(formats), std::move(clip)});
}

InProcessSubject& InProcessSubject::set_sampler(Sampler sampler) {
  sampler_ = std::move(sampler);
  return *this;
}

InProcessSubject& InProcessSubject::set_initializer(Initializer initializer) {
  initializer_ = std::move(initializer);
  return *this;
}

std::vector<std::string> InProcessSubject::formats_of(std::string_view name) const {
  const auto serves = [&](const auto& offers, const std::string& format) {
    return std::ranges::any_of(offers, [&](const auto& offer) {
      return offer.name == name && std::ranges::find(offer.formats, format) != offer.formats.end();
    });
  };
  std::vector<std::string> formats;
  for (const SubjectFormat& format : subject_formats()) {
    if (serves(optimizers_, format.name) || serves(clippings_, format.name)) {
      formats.push_back(format.name);
    }
  }
  return formats;
}

InProcessSubject::Held InProcessSubject::make(const CreateRequest& request) const {
  const auto& offer = offer_for(optimizers_, "rule", request.rule, formats_in(request));
  Held held{std::make_unique<OptimizerTask>(request), nullptr, request.lengths()};
  held.optimizer = offer.function(*held.task);
  held.task->check_all_asked();
  return held;
}

CreatedOptimizer InProcessSubject::keep(Held held) {
  CreatedOptimizer created{++last_handle_,
                           checked(held.optimizer->evaluate_at(), "evaluate_at", held.lengths)};
  held_[last_handle_] = std::move(held);
  return created;
}

InProcessSubject::Held& InProcessSubject::held(OptimizerHandle handle) {
  const auto found = held_.find(handle);
  if (found == held_.end()) throw SubjectDeclined(Outcome::subject_error, "no such handle");
  return found->second;
}

/// Runs a call on one optimizer. One that failed is let go of: nobody closes it.
template <class Body>
auto InProcessSubject::on(OptimizerHandle handle, Body&& body) {
  auto answer = called([&] { return body(held(handle)); });
  const Outcome outcome = answer.ended().outcome;
  if (outcome == Outcome::subject_error || outcome == Outcome::fault) held_.erase(handle);
  return answer;
}

Answer<CreatedOptimizer> InProcessSubject::create(const CreateRequest& request) {
  return called([&] { return keep(make(request)); });
}

Answer<StepAnswer> InProcessSubject::step(OptimizerHandle handle, const StepRequest& request) {
  return on(handle, [&](Held& held) {
    held.optimizer->step(request);
    return StepAnswer{checked(held.optimizer->parameters(), "parameters", held.lengths),
                      checked(held.optimizer->evaluate_at(), "evaluate_at", held.lengths)};
  });
}

Answer<StateRecord> InProcessSubject::state(OptimizerHandle handle) {
  return on(handle, [&](Held& held) {
    StateRecord record = held.optimizer->state();
    for (const auto& [name, tensors] : record) {
      bool fits = tensors.size() == held.lengths.size();
      for (std::size_t index = 0; fits && index < tensors.size(); ++index) {
        fits = !tensors[index] || tensors[index]->size() == held.lengths[index];
      }
      if (!fits) {
        throw WrongAnswer(fmt::format("state {}: its tensors are not of the lengths {}", name,
                                      counts_text(held.lengths)));
      }
    }
    return record;
  });
}

Answer<json> InProcessSubject::save(OptimizerHandle handle) {
  return on(handle, [&](Held& held) -> json { return spelled(held.optimizer->save()); });
}

Answer<CreatedOptimizer> InProcessSubject::load(const json& checkpoint,
                                                const CreateRequest& origin) {
  return called([&] {
    Held fresh = make(origin);
    fresh.optimizer->load(unspelled(checkpoint));
    return keep(std::move(fresh));
  });
}

Ended InProcessSubject::close(OptimizerHandle handle) {
  return held_.erase(handle) == 1 ? Ended{}
                                  : Ended{Outcome::subject_error, Fault::none, "no such handle"};
}

Answer<MinimizeAnswer> InProcessSubject::minimize(const CreateRequest& request, long steps,
                                                  const Objective& objective) {
  return called([&] {
    const auto& offer = offer_for(minimizers_, "minimizing by", request.rule, formats_in(request));
    const std::vector<std::size_t> lengths = request.lengths();
    // By value: an adapter that calls it too late must not reach what is gone.
    const Objective counted = [objective, lengths](const Tensors& parameters,
                                                   const Objective::Wants& want) {
      return objective(checked(parameters, "the objective's argument", lengths), want);
    };
    const OptimizerTask task(request);
    MinimizeAnswer answer = offer.function(task, steps, counted);
    answer.parameters = checked(std::move(answer.parameters), "parameters", lengths);
    if (answer.state) require_one_row(*answer.state);
    return answer;
  });
}

Answer<std::vector<double>> InProcessSubject::schedule_values(const ScheduleRequest& request) {
  return called([&] {
    const auto& offer = offer_for(schedules_, "schedule", request.schedule, {});
    return offer.function({Hyperparameters(request.hyperparameters), request.access},
                          request.steps);
  });
}

Answer<ClipAnswer> InProcessSubject::clip(const ClipRequest& request) {
  return called([&] {
    const auto& offer = offer_for(clippings_, "clipping", request.clipping, {request.format});
    ClipAnswer answer = offer.function({Hyperparameters(request.hyperparameters), request.format,
                                        request.shapes, request.parameters},
                                       request.gradients);
    std::vector<std::size_t> lengths;
    for (const auto& gradient : request.gradients) lengths.push_back(gradient.size());
    answer.gradients = checked(std::move(answer.gradients), "gradients", lengths);
    return answer;
  });
}

Answer<std::vector<std::vector<long>>> InProcessSubject::sample(const SampleRequest& request) {
  return called([&] {
    if (!sampler_) unsupported("sampling");
    return sampler_(request);
  });
}

Answer<std::vector<double>> InProcessSubject::initialize(const InitializeRequest& request) {
  return called([&] {
    if (!initializer_) unsupported("initialization");
    return checked(Tensors{initializer_(request)}, "values", {element_count(request.shape)})[0];
  });
}

}  // namespace plumbline::conformance
