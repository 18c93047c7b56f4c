// The plugin's methods that need no optimizer of the subject's: loops of its own, schedules,
// clipping, sampling.
#include <fmt/format.h>

#include <cstring>

#include "conformance/subject/plugin_request.hpp"
#include "conformance/subject/plugin_subject.hpp"

namespace plumbline::conformance {
namespace {

constexpr long most_samples = long{1} << 24;

/// What the plugin's callback works with while it minimizes.
struct Loop {
  const Objective& objective;
  std::vector<PluginArray> point;      // as the plugin last asked, copied
  std::vector<PluginArray> gradients;  // guarded, to be copied to where the plugin wants them
  std::fenv_t environment;             // the harness' own
  std::exception_ptr failure;
};

/// Puts a floating-point environment in place, and the former one back at its end.
class EnvironmentScope {
 public:
  explicit EnvironmentScope(const std::fenv_t& environment) {
    std::fegetenv(&saved_);
    std::fesetenv(&environment);
  }
  ~EnvironmentScope() { std::fesetenv(&saved_); }
  EnvironmentScope(const EnvironmentScope&) = delete;
  EnvironmentScope& operator=(const EnvironmentScope&) = delete;

 private:
  std::fenv_t saved_{};
};

/// plumbline_evaluate. No exception may pass through the plugin: it waits in the loop.
int evaluate_for_plugin(void* context, const void* const* parameters, void* const* gradients,
                        double* value) {
  Loop& loop = *static_cast<Loop*>(context);
  const EnvironmentScope scope(loop.environment);
  try {
    for (std::size_t index = 0; index < loop.point.size(); ++index) {
      std::memcpy(loop.point[index].data(), parameters[index], loop.point[index].size_in_bytes());
    }
    const Evaluation evaluation = loop.objective(read_plugin_arrays(loop.point));
    *value = evaluation.value;
    for (std::size_t index = 0; index < loop.point.size(); ++index) {
      loop.gradients[index].write(evaluation.gradients.at(index));
      std::memcpy(gradients[index], loop.gradients[index].data(),
                  loop.gradients[index].size_in_bytes());
    }
    return PLUMBLINE_OK;
  } catch (...) {
    loop.failure = std::current_exception();
    return PLUMBLINE_FAILED;
  }
}

}  // namespace

Answer<Tensors> PluginSubject::minimize(const CreateRequest& request, long steps,
                                        const Objective& objective) {
  return answered_by_plugin([&] {
    require_method(caller_.table().minimize, "minimize");
    PluginCreateRequest given(request);
    Loop loop{objective, {}, {}, {}, nullptr};
    std::fegetenv(&loop.environment);
    std::vector<PluginArray> parameters;
    for (std::size_t index = 0; index < request.parameters.size(); ++index) {
      const std::vector<double>& values = request.parameters[index].values;
      parameters.emplace_back(given.formats()[index], values);
      loop.point.emplace_back(given.formats()[index], values.size());
      loop.gradients.emplace_back(given.formats()[index], values.size());
    }
    const auto results = plugin_pointers(parameters);
    plumbline_error error{};
    const int code = caller_.enter("minimize", [&] {
      return caller_.table().minimize(given.get(), steps, &evaluate_for_plugin, &loop,
                                      results.data(), &error);
    });
    if (loop.failure) std::rethrow_exception(loop.failure);
    accept_plugin_answer(code, error, "minimize");
    given.check_after_call();
    require_intact(parameters, "parameters");
    return read_plugin_arrays(parameters);
  });
}

Answer<std::vector<double>> PluginSubject::schedule_values(const ScheduleRequest& request) {
  return answered_by_plugin([&] {
    require_method(caller_.table().schedule_values, "schedule_values");
    PluginHyperparameters hyperparameters(request.hyperparameters);
    const std::vector<std::int64_t> steps(request.steps.begin(), request.steps.end());
    std::vector<PluginArray> values;
    values.emplace_back(Binary64::description, steps.size());
    plumbline_schedule_request given{.schedule = request.schedule.c_str(),
                                     .hyperparameters = hyperparameters.list(),
                                     .steps = steps.data(),
                                     .step_count = steps.size(),
                                     .direct = request.access == Access::direct ? 1 : 0,
                                     .values = static_cast<double*>(values[0].data())};
    caller_.call("schedule_values", [&](plumbline_error* error) {
      return caller_.table().schedule_values(&given, error);
    });
    require_intact(values, "schedule's values");
    require_taken(hyperparameters);
    return values[0].read();
  });
}

Answer<ClipAnswer> PluginSubject::clip(const ClipRequest& request) {
  return answered_by_plugin([&] {
    require_method(caller_.table().clip, "clip");
    // The interface has no place for them.
    if (!request.parameters.empty()) {
      throw SubjectDeclined(Outcome::unsupported, "clipping by the parameters");
    }
    const SubjectFormat format = format_for_plugin(request.format);
    PluginHyperparameters hyperparameters(request.hyperparameters);
    std::vector<std::vector<std::int64_t>> shapes;
    std::vector<PluginArray> arrays;
    std::vector<plumbline_gradient> gradients;
    for (std::size_t index = 0; index < request.gradients.size(); ++index) {
      shapes.emplace_back(request.shapes[index].begin(), request.shapes[index].end());
      arrays.emplace_back(format.storage, request.gradients[index]);
      gradients.push_back({shapes[index].data(), shapes[index].size(), arrays[index].count(),
                           arrays[index].data()});
    }
    plumbline_clip_request given{.clipping = request.clipping.c_str(),
                                 .format = plugin_format(format.storage),
                                 .has_norm = 0,
                                 .norm = 0,
                                 .hyperparameters = hyperparameters.list(),
                                 .gradients = gradients.data(),
                                 .gradient_count = gradients.size()};
    caller_.call("clip",
                 [&](plumbline_error* error) { return caller_.table().clip(&given, error); });
    require_intact(arrays, "gradients");
    require_taken(hyperparameters);
    ClipAnswer answer{read_plugin_arrays(arrays)};
    if (given.has_norm != 0) answer.norm = given.norm;
    return answer;
  });
}

Answer<std::vector<std::vector<long>>> PluginSubject::sample(const SampleRequest& request) {
  return answered_by_plugin([&] {
    require_method(caller_.table().sample, "sample");
    if (request.batches < 0 || request.batch_size < 0 ||
        (request.batch_size > 0 && request.batches > most_samples / request.batch_size)) {
      throw SubjectDeclined(Outcome::unsupported, "more samples than an answer has room for");
    }
    const auto batches = static_cast<std::size_t>(request.batches);
    const auto batch_size = static_cast<std::size_t>(request.batch_size);
    // A batch more than is asked for, to see what is written beyond.
    std::vector<std::int64_t> indices((batches + 1) * batch_size + 1, -1);
    std::vector<std::int64_t> sizes(batches + 1, -1);
    plumbline_sample_request given{.population = request.population,
                                   .batch_size = request.batch_size,
                                   .batches = request.batches,
                                   .seed = request.seed,
                                   .replacement = request.replacement ? 1 : 0,
                                   .indices = indices.data(),
                                   .sizes = sizes.data()};
    caller_.call("sample",
                 [&](plumbline_error* error) { return caller_.table().sample(&given, error); });
    if (sizes[batches] != -1 || indices[batches * batch_size] != -1) {
      plugin_fault("the plugin wrote past the end of the batches");
    }
    std::vector<std::vector<long>> result;
    for (std::size_t batch = 0; batch < batches; ++batch) {
      if (sizes[batch] < 0 || sizes[batch] > request.batch_size) {
        plugin_fault(fmt::format("batch {} has {} samples where up to {} were asked for", batch,
                                 sizes[batch], request.batch_size));
      }
      const auto first = indices.begin() + static_cast<std::ptrdiff_t>(batch * batch_size);
      result.emplace_back(first, first + static_cast<std::ptrdiff_t>(sizes[batch]));
    }
    return result;
  });
}

}  // namespace plumbline::conformance
