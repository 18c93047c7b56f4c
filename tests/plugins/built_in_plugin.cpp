// The built-in subject as a plugin: every method of the interface, in every format.
//
// It goes both ways through what the harness has only one way of, so that a check of it
// must give what a check of the built-in subject gives, to the bit.
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>

#include "conformance/builtin/built_in_subject.hpp"
#include "conformance/plugin/plumbline_subject_v1.h"
#include "conformance/subject/plugin_array.hpp"

namespace {

using namespace plumbline;
using namespace plumbline::conformance;

std::string format_name(std::int32_t storage, std::int32_t arithmetic) {
  const std::map<std::int32_t, std::string> names{{PLUMBLINE_BINARY64, "binary64"},
                                                  {PLUMBLINE_BINARY32, "binary32"},
                                                  {PLUMBLINE_BFLOAT16, "bfloat16"},
                                                  {PLUMBLINE_BINARY16, "binary16"}};
  return storage == arithmetic ? names.at(storage) : names.at(storage) + "+" + names.at(arithmetic);
}

std::vector<NamedValue> take_all(const plumbline_hyperparameters& from) {
  std::vector<NamedValue> values;
  for (std::size_t index = 0; index < from.count; ++index) {
    plumbline_hyperparameter& given = from.list[index];
    given.taken = 1;
    const auto kind = given.kind == PLUMBLINE_BOOLEAN ? Hyperparameter::Kind::boolean
                      : given.kind == PLUMBLINE_COUNT ? Hyperparameter::Kind::count
                                                      : Hyperparameter::Kind::real;
    values.push_back({given.name, given.value, kind});
  }
  return values;
}

std::vector<double> elements(const void* data, std::size_t count, std::int32_t format) {
  return read_plugin_elements(data, count, format).value();
}

void put(void* target, const std::vector<double>& values, std::int32_t format) {
  PluginArray array(find_format(format_name(format, format))->storage, values);
  std::memcpy(target, array.data(), array.size_in_bytes());
}

/// What an optimizer of the built-in subject needs beside itself.
struct Optimizer {
  BuiltInSubject subject;
  OptimizerHandle handle = 0;
  std::vector<plumbline_parameter> parameters;
  std::optional<Tensors> points;
  std::vector<std::string> state_names;
  StateRecord state;
  std::string saved;
};

int answer_of(const Ended& ended, plumbline_error* error) {
  std::snprintf(error->message, sizeof(error->message), "%s", ended.message.c_str());
  switch (ended.outcome) {
    case Outcome::ran:
      return PLUMBLINE_OK;
    case Outcome::unsupported:
      return PLUMBLINE_UNSUPPORTED;
    case Outcome::refused:
      return PLUMBLINE_REFUSED;
    default:
      return PLUMBLINE_FAILED;
  }
}

/// Group 0 is what is set outside all groups, so every parameter is in one.
CreateRequest read(const plumbline_create_request* given) {
  CreateRequest request{.rule = given->rule, .format = {}, .hyperparameters = {}, .parameters = {}};
  for (std::size_t group = 0; group < given->group_count; ++group) {
    request.groups.push_back(take_all(given->groups[group]));
  }
  for (std::size_t index = 0; index < given->parameter_count; ++index) {
    const plumbline_parameter& parameter = given->parameters[index];
    request.parameters.push_back(
        {.name = parameter.name,
         .shape = {parameter.shape, parameter.shape + parameter.dimensions},
         .values = elements(parameter.values, parameter.count, parameter.format),
         .format = format_name(parameter.format, parameter.state_format),
         .group = parameter.group});
  }
  request.format = "binary64";
  request.hyperparameters = request.groups.at(0);
  return request;
}

int keep(Optimizer* made, const plumbline_create_request* request, Answer<CreatedOptimizer> created,
         void** optimizer, plumbline_error* error) {
  std::unique_ptr<Optimizer> kept(made);
  if (!created.ok()) return answer_of(created.ended(), error);
  kept->handle = created->handle;
  kept->points = created->evaluate_at;
  kept->parameters.assign(request->parameters, request->parameters + request->parameter_count);
  *optimizer = kept.release();
  return PLUMBLINE_OK;
}

int create(const plumbline_create_request* request, void** optimizer, plumbline_error* error) {
  auto* made = new Optimizer;
  return keep(made, request, made->subject.create(read(request)), optimizer, error);
}

void close(void* optimizer) {
  delete static_cast<Optimizer*>(optimizer);
}

int step(void* given, const plumbline_step_request* request, plumbline_error* error) {
  auto& optimizer = *static_cast<Optimizer*>(given);
  StepRequest typed;
  for (std::size_t index = 0; index < request->parameter_count; ++index) {
    const plumbline_parameter& parameter = optimizer.parameters[index];
    typed.gradients.emplace_back();
    if (request->gradients[index] == nullptr) continue;
    typed.gradients.back() = elements(request->gradients[index], parameter.count, parameter.format);
  }
  if (request->learning_rate != nullptr) typed.learning_rate = *request->learning_rate;
  const auto stepped = optimizer.subject.step(optimizer.handle, typed);
  if (!stepped.ok()) return answer_of(stepped.ended(), error);
  for (std::size_t index = 0; index < request->parameter_count; ++index) {
    put(request->parameters[index], stepped->parameters[index], optimizer.parameters[index].format);
  }
  optimizer.points = stepped->evaluate_at;
  return PLUMBLINE_OK;
}

int look_ahead(void* given, const void* const*, void* const* points, plumbline_error*) {
  const auto& optimizer = *static_cast<Optimizer*>(given);
  if (!optimizer.points) return PLUMBLINE_UNSUPPORTED;
  for (std::size_t index = 0; index < optimizer.parameters.size(); ++index) {
    put(points[index], (*optimizer.points)[index], optimizer.parameters[index].format);
  }
  return PLUMBLINE_OK;
}

/// As it is held: in binary64, whatever its own format.
int state(void* given, std::size_t index, std::size_t parameter, plumbline_state_tensor* tensor,
          plumbline_error* error) {
  auto& optimizer = *static_cast<Optimizer*>(given);
  const auto answer = optimizer.subject.state(optimizer.handle);
  if (!answer.ok()) return answer_of(answer.ended(), error);
  optimizer.state = *answer;
  optimizer.state_names.clear();
  for (const auto& [name, tensors] : optimizer.state) optimizer.state_names.push_back(name);
  if (index >= optimizer.state_names.size()) return PLUMBLINE_OK;
  tensor->name = optimizer.state_names[index].c_str();
  const auto& values = optimizer.state.at(optimizer.state_names[index])[parameter];
  if (!values) return PLUMBLINE_OK;
  static const double no_elements = 0;
  tensor->data = values->empty() ? &no_elements : values->data();
  tensor->count = values->size();
  tensor->format = PLUMBLINE_BINARY64;
  return PLUMBLINE_OK;
}

int save(void* given, const void** bytes, std::size_t* size, plumbline_error* error) {
  auto& optimizer = *static_cast<Optimizer*>(given);
  const auto saved = optimizer.subject.save(optimizer.handle);
  if (!saved.ok()) return answer_of(saved.ended(), error);
  optimizer.saved = saved->dump();
  *bytes = optimizer.saved.data();
  *size = optimizer.saved.size();
  return PLUMBLINE_OK;
}

int load(const plumbline_create_request* request, const void* bytes, std::size_t size,
         void** optimizer, plumbline_error* error) {
  const auto saved = nlohmann::json::parse(std::string(static_cast<const char*>(bytes), size));
  auto* made = new Optimizer;
  return keep(made, request, made->subject.load(saved, read(request)), optimizer, error);
}

std::vector<std::vector<double>> rows_of(const plumbline_wanted& wanted) {
  std::vector<std::vector<double>> rows;
  for (std::size_t row = 0; row < wanted.rows; ++row) {
    const double* first = wanted.values + row * wanted.columns;
    rows.emplace_back(first, first + wanted.columns);
  }
  return rows;
}

void show_all(const plumbline_minimize_request& request, const StateRecord& state) {
  if (state.empty()) request.show(request.context, nullptr);
  for (const auto& [name, tensors] : state) {
    const std::vector<double>& values = tensors.front().value();
    const plumbline_state_tensor tensor{.name = name.c_str(),
                                        .data = values.data(),
                                        .count = values.size(),
                                        .format = PLUMBLINE_BINARY64};
    request.show(request.context, &tensor);
  }
}

int minimize_asking(const plumbline_minimize_request* asking, plumbline_error* error) {
  const plumbline_create_request* request = asking->create;
  std::vector<PluginArray> point, gradients;
  for (std::size_t index = 0; index < request->parameter_count; ++index) {
    const plumbline_parameter& parameter = request->parameters[index];
    const auto format = find_format(format_name(parameter.format, parameter.format))->storage;
    point.emplace_back(format, parameter.count);
    gradients.emplace_back(format, parameter.count);
  }
  const auto at = constant_plugin_pointers(point);
  const auto into = plugin_pointers(gradients);
  int code = PLUMBLINE_OK;
  const auto objective = [&](const Tensors& parameters, const std::vector<std::string>& want) {
    for (std::size_t index = 0; index < point.size(); ++index) {
      point[index].write(parameters[index]);
    }
    std::vector<plumbline_wanted> wanted;
    for (const std::string& name : want) wanted.push_back({name.c_str(), 0, 0, nullptr});
    Evaluation evaluation;
    code = asking->ask(asking->context, at.data(), into.data(), &evaluation.value, wanted.data(),
                       wanted.size());
    if (code != PLUMBLINE_OK) throw std::runtime_error("the harness ended the minimization");
    evaluation.gradients = read_plugin_arrays(gradients);
    for (const plumbline_wanted& one : wanted) evaluation.wanted[one.name] = rows_of(one);
    return evaluation;
  };
  CreateRequest typed = read(request);
  // A rule that asks its objective knows of no groups, nor of formats that differ.
  typed.groups.clear();
  if (!typed.parameters.empty()) typed.format = typed.parameters.front().format;
  for (ParameterRequest& parameter : typed.parameters) parameter.group.reset();
  for (std::int64_t step = 0; asking->draw_count > 0 && step < asking->steps; ++step) {
    typed.draws.emplace_back(asking->draws[step], asking->draws[step] + asking->draw_count);
  }
  BuiltInSubject subject;
  const auto minimized = subject.minimize(typed, asking->steps, objective);
  if (code != PLUMBLINE_OK) return code;
  if (!minimized.ok()) return answer_of(minimized.ended(), error);
  for (std::size_t index = 0; index < request->parameter_count; ++index) {
    put(asking->parameters[index], minimized->parameters[index], request->parameters[index].format);
  }
  if (minimized->state) show_all(*asking, *minimized->state);
  return PLUMBLINE_OK;
}

int initialize(plumbline_initialize_request* request, plumbline_error* error) {
  BuiltInSubject subject;
  const auto values =
      subject.initialize({.initialization = request->initialization,
                          .shape = {request->shape, request->shape + request->dimensions},
                          .format = format_name(request->format, request->format),
                          .hyperparameters = take_all(request->hyperparameters),
                          .seed = request->seed});
  if (!values.ok()) return answer_of(values.ended(), error);
  put(request->values, *values, request->format);
  return PLUMBLINE_OK;
}

int schedule_values(plumbline_schedule_request* request, plumbline_error* error) {
  BuiltInSubject subject;
  const auto values = subject.schedule_values(
      {.schedule = request->schedule,
       .hyperparameters = take_all(request->hyperparameters),
       .steps = {request->steps, request->steps + request->step_count},
       .access = request->direct != 0 ? Access::direct : Access::sequential});
  if (!values.ok()) return answer_of(values.ended(), error);
  std::copy(values->begin(), values->end(), request->values);
  return PLUMBLINE_OK;
}

int clip(plumbline_clip_request* request, plumbline_error* error) {
  ClipRequest typed{.clipping = request->clipping,
                    .format = format_name(request->format, request->format),
                    .hyperparameters = take_all(request->hyperparameters),
                    .shapes = {},
                    .gradients = {}};
  for (std::size_t index = 0; index < request->gradient_count; ++index) {
    const plumbline_gradient& gradient = request->gradients[index];
    typed.shapes.emplace_back(gradient.shape, gradient.shape + gradient.dimensions);
    typed.gradients.push_back(elements(gradient.values, gradient.count, request->format));
    if (request->parameters == nullptr) continue;
    typed.parameters.push_back(
        elements(request->parameters[index], gradient.count, request->format));
  }
  BuiltInSubject subject;
  const auto clipped = subject.clip(typed);
  if (!clipped.ok()) return answer_of(clipped.ended(), error);
  for (std::size_t index = 0; index < request->gradient_count; ++index) {
    put(request->gradients[index].values, clipped->gradients[index], request->format);
  }
  request->has_norm = clipped->norm ? 1 : 0;
  request->norm = clipped->norm.value_or(0);
  return PLUMBLINE_OK;
}

/// The built-in subject draws no samples: these go round the population.
int sample(plumbline_sample_request* request, plumbline_error*) {
  for (std::int64_t batch = 0; batch < request->batches; ++batch) {
    request->sizes[batch] = request->batch_size - (batch == request->batches - 1 ? 1 : 0);
    for (std::int64_t place = 0; place < request->sizes[batch]; ++place) {
      const std::int64_t drawn = batch * request->batch_size + place;
      request->indices[drawn] = drawn % request->population;
    }
  }
  return PLUMBLINE_OK;
}

}  // namespace

const plumbline_subject_table* plumbline_subject_v1() {
  static const plumbline_subject_table table{
      .version = PLUMBLINE_SUBJECT_VERSION,
      .size = sizeof(plumbline_subject_table),
      .name = "plumbline built-in subject",
      .subject_version = "1.0.0",
      .language = "C++",
      .claims = R"({"adam": {"dialect": "paper"}})",
      .flushes_subnormals = 0,
      .thread_safe = 0,
      .create = create,
      .step = step,
      .close = close,
      .look_ahead = look_ahead,
      .state = state,
      .save = save,
      .load = load,
      .minimize = nullptr,
      .schedule_values = schedule_values,
      .clip = clip,
      .sample = sample,
      .initialize = initialize,
      .minimize_asking = minimize_asking,
  };
  return &table;
}
