// The variants as a plugin. Which order and dialect an optimizer follows is chosen by
// `variant_select`, or by PLUMBLINE_VARIANT_ORDER and the first dialect of each rule.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dialects.hpp"
#include "numerics.hpp"
#include "plumbline_subject_v1.h"
#include "rule_interface.hpp"

namespace {

using variant::Dialect;
using variant::Format;
using variant::Held;
using variant::Rule;

struct Answer {
  int code;
  std::string why;
};
[[noreturn]] void unsupported(const std::string& what) {
  throw Answer{PLUMBLINE_UNSUPPORTED, what};
}

struct Selection {
  int order = -1;
  std::string dialect;
};
thread_local Selection selection;

int selected_order() {
  static const char* const chosen = std::getenv("PLUMBLINE_VARIANT_ORDER");
  if (selection.order >= 0) return selection.order;
  return chosen == nullptr ? 0 : std::clamp(std::atoi(chosen), 0, variant::order_count - 1);
}

const Dialect& dialect_of(const char* entry) {
  if (const Dialect* found = variant::find_dialect(entry, selection.dialect)) return *found;
  unsupported(std::string("no ") + entry + " " + selection.dialect);
}

Rule rule_named(const char* name) {
  if (const std::optional<Rule> found = variant::find_rule(name)) return *found;
  unsupported(std::string("no rule ") + name);
}

Format format_of(std::int32_t storage, std::int32_t arithmetic) {
  if (storage == arithmetic) {
    switch (storage) {
      case PLUMBLINE_BINARY64:
        return Format::binary64;
      case PLUMBLINE_BINARY32:
        return Format::binary32;
      case PLUMBLINE_BFLOAT16:
        return Format::bfloat16;
      case PLUMBLINE_BINARY16:
        return Format::binary16;
    }
  }
  if (arithmetic == PLUMBLINE_BINARY32) {
    if (storage == PLUMBLINE_BFLOAT16) return Format::bfloat16_binary32;
    if (storage == PLUMBLINE_BINARY16) return Format::binary16_binary32;
  }
  unsupported("no such format");
}

/// One parameter, with the memory of its state.
struct Parameter {
  Held held;
  std::vector<std::uint64_t> state[3];
};

struct Optimizer {
  std::vector<Parameter> parameters;
  std::vector<variant::StateName> state;
};

std::int32_t state_format(Format format) {
  switch (format) {
    case Format::binary64:
      return PLUMBLINE_BINARY64;
    case Format::bfloat16:
      return PLUMBLINE_BFLOAT16;
    case Format::binary16:
      return PLUMBLINE_BINARY16;
    default:
      return PLUMBLINE_BINARY32;
  }
}

template <class Body>
int answering(plumbline_error* error, Body body) {
  try {
    body();
    return PLUMBLINE_OK;
  } catch (const Answer& answer) {
    std::strncpy(error->message, answer.why.c_str(), sizeof(error->message) - 1);
    return answer.code;
  } catch (const std::exception& failure) {
    std::strncpy(error->message, failure.what(), sizeof(error->message) - 1);
    return PLUMBLINE_FAILED;
  }
}

int create(const plumbline_create_request* request, void** optimizer, plumbline_error* error) {
  return answering(error, [&] {
    const Rule rule = rule_named(request->rule);
    const Dialect& dialect = dialect_of(request->rule);
    const int order = selected_order();
    auto made = std::make_unique<Optimizer>();
    made->parameters.resize(request->parameter_count);
    for (std::size_t index = 0; index < request->parameter_count; ++index) {
      const plumbline_parameter& given = request->parameters[index];
      Parameter& parameter = made->parameters[index];
      Held& held = parameter.held;
      held.rule = rule;
      held.format = format_of(given.format, given.state_format);
      held.order = order;
      held.dialect = dialect;
      held.size = given.count;
      held.given = variant::take(request->groups[given.group], rule, dialect,
                                 order == variant::hyperparameters_in_32);
      for (int tensor = 0; tensor < 3; ++tensor) {
        parameter.state[tensor].resize(given.count + 1);
        held.state[tensor] = parameter.state[tensor].data();
      }
      variant::start(held, given.values);
    }
    if (!made->parameters.empty()) {
      made->state = variant::state_names(rule, made->parameters.front().held.dialect);
    }
    *optimizer = made.release();
  });
}

int step(void* given, const plumbline_step_request* request, plumbline_error*) {
  auto& optimizer = *static_cast<Optimizer*>(given);
  for (std::size_t index = 0; index < optimizer.parameters.size(); ++index) {
    Held& held = optimizer.parameters[index].held;
    if (request->learning_rate != nullptr) {
      held.given.learning_rate = held.order == variant::hyperparameters_in_32
                                     ? static_cast<float>(*request->learning_rate)
                                     : *request->learning_rate;
    }
    if (request->gradients[index] == nullptr) continue;
    variant::step(held, request->parameters[index], request->gradients[index]);
  }
  return PLUMBLINE_OK;
}

void close(void* optimizer) {
  delete static_cast<Optimizer*>(optimizer);
}

int look_ahead(void* given, const void* const* parameters, void* const* points, plumbline_error*) {
  auto& optimizer = *static_cast<Optimizer*>(given);
  for (std::size_t index = 0; index < optimizer.parameters.size(); ++index) {
    const Held& held = optimizer.parameters[index].held;
    if (held.rule != Rule::nesterov || !held.dialect.looks_ahead) return PLUMBLINE_UNSUPPORTED;
    variant::look_ahead(held, parameters[index], points[index]);
  }
  return optimizer.parameters.empty() ? PLUMBLINE_UNSUPPORTED : PLUMBLINE_OK;
}

int state(void* given, std::size_t index, std::size_t parameter, plumbline_state_tensor* tensor,
          plumbline_error*) {
  auto& optimizer = *static_cast<Optimizer*>(given);
  if (index >= optimizer.state.size()) return PLUMBLINE_OK;
  const Held& held = optimizer.parameters[parameter].held;
  tensor->name = optimizer.state[index].name;
  tensor->data = held.state[optimizer.state[index].tensor];
  tensor->count = held.size;
  tensor->format = state_format(held.format);
  return PLUMBLINE_OK;
}

int schedule_values(plumbline_schedule_request* request, plumbline_error* error) {
  return answering(error, [&] {
    const std::string name = request->schedule;
    const int order = selected_order();
    const Dialect& dialect = dialect_of(request->schedule);
    const plumbline_hyperparameters& given = request->hyperparameters;
    const auto read = [&](const char* hyperparameter) {
      const double value = plumbline_take(&given, hyperparameter, 0);
      return order == variant::hyperparameters_in_32 ? static_cast<float>(value) : value;
    };
    variant::Schedule schedule;
    schedule.rate = read("learning_rate");
    if (name == "constant") {
      std::fill_n(request->values, request->step_count, schedule.rate);
      return;
    }
    schedule.total = static_cast<long>(plumbline_take(&given, "total_steps", 0));
    if (!dialect.literal_minimum) schedule.minimum = read("minimum_learning_rate");
    if (name == "linear_warmup_cosine") {
      schedule.warmup = static_cast<long>(plumbline_take(&given, "warmup_steps", 0));
    }
    (name == "cosine_annealing" ? variant::cosine_annealing : variant::linear_warmup_cosine)(
        order, dialect, schedule, request->direct != 0, request->step_count, request->steps,
        request->values);
  });
}

int clip(plumbline_clip_request* request, plumbline_error* error) {
  return answering(error, [&] {
    const Dialect& dialect = dialect_of(request->clipping);
    std::vector<std::size_t> sizes;
    std::vector<void*> values;
    for (std::size_t index = 0; index < request->gradient_count; ++index) {
      sizes.push_back(request->gradients[index].count);
      values.push_back(request->gradients[index].values);
    }
    request->norm =
        variant::clip(selected_order(), dialect, format_of(request->format, request->format),
                      plumbline_take(&request->hyperparameters, "max_norm", 0), sizes.size(),
                      sizes.data(), values.data());
    request->has_norm = 1;
  });
}

}  // namespace

/// What this thread's next calls follow; `dialect` null: the first one of each rule.
extern "C" PLUMBLINE_EXPORT void variant_select(int order, const char* dialect) {
  selection = {order, dialect == nullptr ? "" : dialect};
}

const plumbline_subject_table* plumbline_subject_v1() {
  static const plumbline_subject_table table = [] {
    plumbline_subject_table made{};
    made.version = PLUMBLINE_SUBJECT_VERSION;
    made.size = sizeof(made);
    made.name = "correct variant";
    made.subject_version = "1";
    made.language = "C++";
    made.thread_safe = 1;
    made.create = create;
    made.step = step;
    made.close = close;
    made.look_ahead = look_ahead;
    made.state = state;
    made.schedule_values = schedule_values;
    made.clip = clip;
    return made;
  }();
  return &table;
}
