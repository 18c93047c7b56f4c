// The plugin's methods that need no optimizer of the subject's: schedules, clipping, sampling,
// initialization.
#include <fmt/format.h>

#include "conformance/subject/plugin_request.hpp"
#include "conformance/subject/plugin_subject.hpp"

namespace plumbline::conformance {
namespace {

constexpr long most_samples = long{1} << 24;

}  // namespace

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
    const SubjectFormat format = format_for_plugin(request.format);
    PluginHyperparameters hyperparameters(request.hyperparameters);
    std::vector<std::vector<std::int64_t>> shapes;
    std::vector<PluginArray> arrays;
    std::vector<PluginArray> compared;
    std::vector<plumbline_gradient> gradients;
    for (std::size_t index = 0; index < request.gradients.size(); ++index) {
      shapes.emplace_back(request.shapes[index].begin(), request.shapes[index].end());
      arrays.emplace_back(format.storage, request.gradients[index]);
      gradients.push_back({shapes[index].data(), shapes[index].size(), arrays[index].count(),
                           arrays[index].data()});
    }
    for (const auto& parameter : request.parameters)
      compared.emplace_back(format.storage, parameter);
    const auto parameters = constant_plugin_pointers(compared);
    plumbline_clip_request given{.clipping = request.clipping.c_str(),
                                 .format = plugin_format(format.storage),
                                 .has_norm = 0,
                                 .norm = 0,
                                 .hyperparameters = hyperparameters.list(),
                                 .gradients = gradients.data(),
                                 .gradient_count = gradients.size(),
                                 .parameters = compared.empty() ? nullptr : parameters.data()};
    caller_.call("clip",
                 [&](plumbline_error* error) { return caller_.table().clip(&given, error); });
    require_intact(arrays, "gradients");
    require_intact(compared, "parameters");
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

Answer<std::vector<double>> PluginSubject::initialize(const InitializeRequest& request) {
  return answered_by_plugin([&] {
    require_method(caller_.table().initialize, "initialize");
    const SubjectFormat format = format_for_plugin(request.format);
    PluginHyperparameters hyperparameters(request.hyperparameters);
    const std::vector<std::int64_t> shape(request.shape.begin(), request.shape.end());
    std::vector<PluginArray> values;
    values.emplace_back(format.storage, element_count(request.shape));
    plumbline_initialize_request given{.initialization = request.initialization.c_str(),
                                       .shape = shape.data(),
                                       .dimensions = shape.size(),
                                       .count = values[0].count(),
                                       .format = plugin_format(format.storage),
                                       .seed = request.seed,
                                       .hyperparameters = hyperparameters.list(),
                                       .values = values[0].data()};
    caller_.call("initialize",
                 [&](plumbline_error* error) { return caller_.table().initialize(&given, error); });
    require_intact(values, "initial values");
    require_taken(hyperparameters);
    return values[0].read();
  });
}

}  // namespace plumbline::conformance
