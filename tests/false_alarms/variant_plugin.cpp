// The variants as a plugin. Which order and dialect an optimizer follows is chosen by
// `variant_select`, or by PLUMBLINE_VARIANT_ORDER and the first dialect of each rule.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "numerics.hpp"
#include "plumbline_subject_v1.h"

namespace {

using variant::Dialect;
using variant::Format;
using variant::Held;
using variant::Hyperparameters;
using variant::Rule;

struct Answer {
  int code;
  std::string why;
};
[[noreturn]] void unsupported(const std::string& what) {
  throw Answer{PLUMBLINE_UNSUPPORTED, what};
}

const Dialect dialects[] = {
    {.rule = "gradient_descent", .name = "coupled_decay"},
    {.rule = "gradient_descent", .name = "decoupled_decay", .decoupled = true},
    {.rule = "momentum", .name = "rate_outside"},
    {.rule = "momentum", .name = "rate_outside_undampened_start", .undampened = true},
    {.rule = "momentum", .name = "rate_inside", .rate_inside = true},
    {.rule = "momentum",
     .name = "rate_inside_decoupled_decay",
     .decoupled = true,
     .rate_inside = true},
    {.rule = "momentum", .name = "averaged", .averaged = true},
    {.rule = "momentum", .name = "polyak", .polyak = true},
    {.rule = "nesterov", .name = "shifted"},
    {.rule = "nesterov", .name = "shifted_rate_inside", .rate_inside = true},
    {.rule = "nesterov",
     .name = "shifted_rate_inside_decoupled_decay",
     .decoupled = true,
     .rate_inside = true},
    {.rule = "nesterov", .name = "look_ahead", .looks_ahead = true},
    {.rule = "nesterov",
     .name = "look_ahead_rate_inside",
     .rate_inside = true,
     .looks_ahead = true},
    {.rule = "nesterov",
     .name = "sequence_1983",
     .rate_inside = true,
     .looks_ahead = true,
     .sequence = true},
    {.rule = "nesterov",
     .name = "constant_from_condition_number",
     .rate_inside = true,
     .looks_ahead = true,
     .condition_number = true},
    {.rule = "adagrad", .name = "epsilon_outside_root"},
    {.rule = "adagrad", .name = "epsilon_inside_root", .epsilon_inside = true},
    {.rule = "adagrad",
     .name = "epsilon_inside_root_decoupled_decay",
     .decoupled = true,
     .epsilon_inside = true},
    {.rule = "adagrad", .name = "epsilon_start", .start_epsilon = true},
    {.rule = "rmsprop", .name = "epsilon_outside_root"},
    {.rule = "rmsprop", .name = "epsilon_outside_root_rate_inside", .rate_inside = true},
    {.rule = "rmsprop", .name = "epsilon_inside_root", .epsilon_inside = true},
    {.rule = "rmsprop",
     .name = "epsilon_inside_root_rate_inside",
     .rate_inside = true,
     .epsilon_inside = true},
    {.rule = "rmsprop",
     .name = "epsilon_inside_root_rate_inside_decoupled_decay",
     .decoupled = true,
     .rate_inside = true,
     .epsilon_inside = true},
    {.rule = "rmsprop",
     .name = "epsilon_inside_root_rate_inside_start_one",
     .rate_inside = true,
     .epsilon_inside = true,
     .start_one = true},
    {.rule = "adam", .name = "paper"},
    {.rule = "adam", .name = "epsilon_hat", .epsilon_hat = true},
    {.rule = "adam", .name = "epsilon_hat_decoupled_decay", .decoupled = true, .epsilon_hat = true},
    {.rule = "adam", .name = "epsilon_inside_root", .epsilon_inside = true},
    {.rule = "adam", .name = "uncorrected", .uncorrected = true},
    {.rule = "adam", .name = "onnx", .epsilon_hat = true, .corrected_late = true},
    {.rule = "adam", .name = "second_moment_corrected", .second_corrected = true},
    {.rule = "adamw", .name = "decay_before"},
    {.rule = "adamw", .name = "decay_inside", .decay_added = true},
    {.rule = "adamw", .name = "decay_after", .decay_after = true},
    {.rule = "adamw", .name = "decay_before_epsilon_hat", .epsilon_hat = true},
    {.rule = "adamw", .name = "decay_without_rate", .decay_alone = true},
    {.rule = "adamw", .name = "decay_times_schedule_multiplier", .decay_multiplier = true},
    {.rule = "adamw", .name = "decay_after_without_rate", .decay_alone = true, .decay_after = true},
    {.rule = "radam", .name = "above_four", .rectified_above = 4},
    {.rule = "radam", .name = "above_five", .rectified_above = 5},
    {.rule = "radam",
     .name = "above_five_decoupled_decay",
     .decoupled = true,
     .rectified_above = 5},
    {.rule = "radam", .name = "above_five_epsilon_hat", .epsilon_hat = true, .rectified_above = 5},
    {.rule = "radam",
     .name = "above_five_epsilon_hat_decoupled_decay",
     .decoupled = true,
     .epsilon_hat = true,
     .rectified_above = 5},
    {.rule = "radam",
     .name = "above_five_epsilon_hat_late_start",
     .decoupled = true,
     .epsilon_hat = true,
     .rectified_above = 5,
     .stays_before = true},
    {.rule = "yogi", .name = "corrected_both_started", .both_started = true},
    {.rule = "yogi",
     .name = "corrected_both_started_decoupled_decay",
     .decoupled = true,
     .both_started = true},
    {.rule = "yogi", .name = "uncorrected", .uncorrected = true},
    {.rule = "yogi",
     .name = "corrected_epsilon_hat_proximal_decay",
     .epsilon_hat = true,
     .proximal = true},
    {.rule = "adabelief", .name = "epsilon_outside_root"},
    {.rule = "adabelief", .name = "epsilon_outside_root_decoupled_decay", .decoupled = true},
    {.rule = "adabelief", .name = "epsilon_hat", .epsilon_hat = true},
    {.rule = "adabelief",
     .name = "epsilon_hat_decoupled_decay",
     .decoupled = true,
     .epsilon_hat = true},
    {.rule = "adabelief",
     .name = "one_epsilon_decoupled_decay",
     .decoupled = true,
     .one_epsilon = true},
    {.rule = "adabelief",
     .name = "rectified_epsilon_hat_decoupled_decay",
     .decoupled = true,
     .epsilon_hat = true,
     .rectified_above = 5},
    {.rule = "adabelief",
     .name = "rectified_decoupled_decay",
     .decoupled = true,
     .rectified_above = 5},
    {.rule = "adabelief",
     .name = "rectified_above_four",
     .rectified_above = 4,
     .plain_before = true},
    {.rule = "lion", .name = "decay_before", .decoupled = true},
    {.rule = "lion", .name = "decay_inside", .decay_added = true},
    {.rule = "lion", .name = "decay_coupled"},
    {.rule = "lion", .name = "decay_without_rate", .decoupled = true, .decay_alone = true},
    {.rule = "lion", .name = "new_weighted_mean", .new_weighted = true},
    {.rule = "signsgd", .name = "decoupled_decay", .decoupled = true},
    {.rule = "signsgd", .name = "decay_coupled_with_momentum", .with_momentum = true},
    {.rule = "signsgd", .name = "coupled_decay_summed", .summed = true},
    {.rule = "rprop", .name = "irprop_minus"},
    {.rule = "rprop",
     .name = "irprop_minus_first_step_bounded",
     .bounded_first = true,
     .starts_late = true},
    {.rule = "rprop", .name = "irprop_minus_bounded_on_both_sides", .bounded_both = true},
    {.rule = "rprop", .name = "rprop_plus", .goes_back = true},
    {.rule = "rprop", .name = "rprop_minus", .steps_on = true, .remembers = true},
    {.rule = "rprop", .name = "rprop_minus_forgetting", .steps_on = true},
    {.rule = "adadelta", .name = "coupled_decay"},
    {.rule = "adadelta", .name = "decoupled_decay", .decoupled = true},
    {.rule = "amsgrad", .name = "maximum_then_corrected"},
    {.rule = "amsgrad", .name = "maximum_then_corrected_decoupled_decay", .decoupled = true},
    {.rule = "amsgrad", .name = "maximum_then_corrected_epsilon_hat", .epsilon_hat = true},
    {.rule = "amsgrad",
     .name = "maximum_then_corrected_epsilon_hat_decoupled_decay",
     .decoupled = true,
     .epsilon_hat = true},
    {.rule = "amsgrad", .name = "corrected_then_maximum", .corrected_first = true},
    {.rule = "amsgrad",
     .name = "uncorrected",
     .first_uncorrected = true,
     .second_uncorrected = true},
    {.rule = "amsgrad", .name = "first_moment_corrected", .second_uncorrected = true},
    {.rule = "amsgrad",
     .name = "second_moment_corrected_then_maximum",
     .first_uncorrected = true,
     .corrected_first = true},
    {.rule = "amsgrad",
     .name = "uncorrected_epsilon_start",
     .start_epsilon = true,
     .first_uncorrected = true,
     .second_uncorrected = true},
    {.rule = "adamax", .name = "epsilon_in_maximum", .epsilon_in_max = true},
    {.rule = "adamax",
     .name = "epsilon_in_maximum_decoupled_decay",
     .decoupled = true,
     .epsilon_in_max = true},
    {.rule = "adamax", .name = "epsilon_in_divisor"},
    {.rule = "adamax", .name = "epsilon_in_divisor_decoupled_decay", .decoupled = true},
    {.rule = "adamax", .name = "uncorrected", .uncorrected = true},
    {.rule = "nadam", .name = "schedule"},
    {.rule = "nadam", .name = "schedule_decoupled_decay", .decoupled = true},
    {.rule = "nadam", .name = "schedule_epsilon_hat", .epsilon_hat = true},
    {.rule = "nadam",
     .name = "schedule_by_step_decoupled_decay",
     .decoupled = true,
     .by_step = true},
    {.rule = "nadam",
     .name = "schedule_of_moment_times_beta2",
     .moment_scheduled = true,
     .times_beta2 = true},
    {.rule = "nadam", .name = "constant", .constant = true},
    {.rule = "nadam", .name = "constant_decoupled_decay", .decoupled = true, .constant = true},
    {.rule = "nadam", .name = "constant_times_beta2", .constant = true, .times_beta2 = true},
    {.rule = "nadam",
     .name = "constant_one_correction_decoupled_decay",
     .decoupled = true,
     .constant = true,
     .one_correction = true},
    {.rule = "asgd", .name = "rate_of_last_step"},
    {.rule = "asgd", .name = "averaged_at_once", .at_once = true},
    {.rule = "constant", .name = "constant"},
    {.rule = "cosine_annealing", .name = "closed_form"},
    {.rule = "cosine_annealing", .name = "clamped", .past_end_clamped = true},
    {.rule = "cosine_annealing", .name = "recursive", .recursive = true},
    {.rule = "linear_warmup_cosine", .name = "piecewise"},
    {.rule = "linear_warmup_cosine", .name = "piecewise_clamped", .past_end_clamped = true},
    {.rule = "linear_warmup_cosine", .name = "warmup_from_one", .warmup_from_one = true},
    {.rule = "linear_warmup_cosine",
     .name = "warmup_from_one_recursive",
     .recursive = true,
     .warmup_from_one = true},
    {.rule = "linear_warmup_cosine", .name = "literal_minimum", .literal_minimum = true},
    {.rule = "global_norm", .name = "exact"},
    {.rule = "global_norm", .name = "epsilon", .plus_epsilon = true}};

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
  for (const Dialect& dialect : dialects) {
    if (std::strcmp(dialect.rule, entry) != 0) continue;
    if (selection.dialect.empty() || selection.dialect == dialect.name) return dialect;
  }
  unsupported(std::string("no ") + entry + " " + selection.dialect);
}

Rule rule_named(const char* name) {
  const char* const names[] = {"gradient_descent",
                               "momentum",
                               "nesterov",
                               "adagrad",
                               "rmsprop",
                               "adam",
                               "adamw",
                               "radam",
                               "yogi",
                               "adabelief",
                               "lion",
                               "signsgd",
                               "rprop",
                               "adadelta",
                               "amsgrad",
                               "adamax",
                               "nadam",
                               "asgd"};
  int rule = 0;
  for (const char* const known : names) {
    if (std::strcmp(known, name) == 0) return static_cast<Rule>(rule);
    ++rule;
  }
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

/// The hyperparameters that the rule and dialect have a place for; others are left.
Hyperparameters take(const plumbline_hyperparameters& from, Rule rule, const Dialect& dialect,
                     bool in_binary32) {
  Hyperparameters to;
  const auto read = [&](const char* name, double& target) {
    target = plumbline_take(&from, name, target);
    if (in_binary32) target = static_cast<float>(target);
  };
  read("learning_rate", to.learning_rate);
  if (rule != Rule::rprop && !dialect.new_weighted) read("weight_decay", to.weight_decay);
  switch (rule) {
    case Rule::gradient_descent:
      break;
    case Rule::momentum:
      read("momentum", to.momentum);
      if (!dialect.rate_inside && !dialect.averaged && !dialect.polyak) {
        read("dampening", to.dampening);
      }
      break;
    case Rule::nesterov:
      if (dialect.condition_number) {
        read("condition_number", to.condition_number);
      } else if (!dialect.sequence) {
        read("momentum", to.momentum);
      }
      break;
    case Rule::adagrad:
      read("epsilon", to.epsilon);
      read("learning_rate_decay", to.learning_rate_decay);
      if (!dialect.start_epsilon) read("initial_accumulator", to.initial_accumulator);
      break;
    case Rule::rmsprop:
      read("rho", to.rho);
      read("epsilon", to.epsilon);
      read("momentum", to.momentum);
      to.centered = plumbline_take(&from, "centered", 0) != 0;
      break;
    case Rule::yogi:
      read("initial_accumulator", to.initial_accumulator);
      [[fallthrough]];
    case Rule::adam:
    case Rule::adamw:
    case Rule::radam:
    case Rule::adabelief:
    case Rule::adadelta:
      read("rho", to.rho);
      read("epsilon", to.epsilon);
      break;
    case Rule::asgd:
      read("decay", to.decay);
      read("rate_exponent", to.rate_exponent);
      read("averaging_start", to.averaging_start);
      break;
    case Rule::nadam:
      if (!dialect.constant && !dialect.by_step) read("momentum_decay", to.momentum_decay);
      [[fallthrough]];
    case Rule::adam:
    case Rule::adamw:
    case Rule::amsgrad:
    case Rule::adamax:
      read("beta1", to.beta1);
      read("beta2", to.beta2);
      read("epsilon", to.epsilon);
      break;
    case Rule::lion:
      read("beta1", to.beta1);
      read("beta2", to.beta2);
      break;
    case Rule::signsgd:
      read("momentum", to.momentum);
      break;
    case Rule::rprop:
      read("increase_factor", to.increase_factor);
      read("decrease_factor", to.decrease_factor);
      read("minimum_step", to.minimum_step);
      read("maximum_step", to.maximum_step);
      break;
  }
  return to;
}

/// One parameter, with the memory of its state.
struct Parameter {
  Held held;
  std::vector<std::uint64_t> state[3];
};

struct Optimizer {
  std::vector<Parameter> parameters;
  std::vector<std::pair<const char*, int>> state;  // its name, and which tensor it is
};

void list_state(Optimizer& optimizer) {
  if (optimizer.parameters.empty()) return;
  const Held& first = optimizer.parameters.front().held;
  switch (first.rule) {
    case Rule::gradient_descent:
      return;
    case Rule::momentum:
      optimizer.state = {{first.dialect.polyak ? "previous_parameter" : "velocity", 0}};
      return;
    case Rule::nesterov:
      optimizer.state = {{"velocity", 0}};
      return;
    case Rule::adagrad:
      optimizer.state = {{"squared_gradient_sum", 0}};
      return;
    case Rule::rmsprop:
      optimizer.state = {{"mean_square", 0}, {"mean_gradient", 1}, {"velocity", 2}};
      return;
    case Rule::adadelta:
      optimizer.state = {{"mean_square", 0}, {"mean_square_update", 1}};
      return;
    case Rule::amsgrad:
      optimizer.state = {{"first_moment", 0}, {"second_moment", 1}, {"greatest_second_moment", 2}};
      return;
    case Rule::adamax:
      optimizer.state = {{"first_moment", 0}, {"infinity_norm", 1}};
      return;
    case Rule::asgd:
      optimizer.state = {{"average", 0}};
      return;
    case Rule::adam:
    case Rule::adamw:
    case Rule::radam:
    case Rule::yogi:
    case Rule::adabelief:
    case Rule::nadam:
      optimizer.state = {{"first_moment", 0}, {"second_moment", 1}};
      return;
    case Rule::lion:
      optimizer.state = {{"first_moment", 0}};
      return;
    case Rule::signsgd:
      optimizer.state = {{"velocity", 0}};
      return;
    case Rule::rprop:
      optimizer.state = {{"step_size", 0}, {"previous_gradient", 1}};
  }
}

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
      held.given = take(request->groups[given.group], rule, dialect,
                        order == variant::hyperparameters_in_32);
      for (int tensor = 0; tensor < 3; ++tensor) {
        parameter.state[tensor].resize(given.count + 1);
        held.state[tensor] = parameter.state[tensor].data();
      }
      variant::start(held, given.values);
    }
    list_state(*made);
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
  tensor->name = optimizer.state[index].first;
  tensor->data = held.state[optimizer.state[index].second];
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
