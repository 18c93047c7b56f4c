// A plugin's loop of its own: it asks the harness for its objective, and shows its state.
#include <cstring>

#include "conformance/subject/plugin_request.hpp"
#include "conformance/subject/plugin_subject.hpp"

namespace plumbline::conformance {
namespace {

constexpr std::size_t most_wanted = 16;

/// What the plugin's callbacks work with while it minimizes.
struct Loop {
  const Objective& objective;
  std::vector<PluginArray> point = {};      // as the plugin last asked, copied
  std::vector<PluginArray> gradients = {};  // guarded, to be copied to where the plugin wants them
  std::vector<std::vector<double>> wanted = {};  // rows of the last answer, one after the other
  std::optional<StateRecord> state = {};
  std::fenv_t environment = {};  // the harness' own
  std::exception_ptr failure = nullptr;
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

/// Runs what the plugin called for. No exception may pass through the plugin: it waits in the
/// loop.
template <class Body>
int called_by_plugin(Loop& loop, Body&& body) {
  const EnvironmentScope scope(loop.environment);
  try {
    body();
    return PLUMBLINE_OK;
  } catch (const SubjectDeclined& declined) {
    loop.failure = std::current_exception();
    return declined.outcome == Outcome::unsupported ? PLUMBLINE_UNSUPPORTED : PLUMBLINE_FAILED;
  } catch (...) {
    loop.failure = std::current_exception();
    return PLUMBLINE_FAILED;
  }
}

Objective::Wants names_of(const plumbline_wanted* wanted, std::size_t count) {
  if (count > most_wanted) plugin_fault("too much is wanted of the objective");
  Objective::Wants names;
  for (std::size_t index = 0; index < count; ++index) {
    if (wanted[index].name == nullptr) plugin_fault("what is wanted of the objective has no name");
    names.emplace_back(wanted[index].name);
  }
  return names;
}

/// plumbline_ask.
int ask_for_plugin(void* context, const void* const* parameters, void* const* gradients,
                   double* value, plumbline_wanted* wanted, std::size_t wanted_count) {
  Loop& loop = *static_cast<Loop*>(context);
  return called_by_plugin(loop, [&] {
    for (std::size_t index = 0; index < loop.point.size(); ++index) {
      std::memcpy(loop.point[index].data(), parameters[index], loop.point[index].size_in_bytes());
    }
    const Objective::Wants names = names_of(wanted, wanted_count);
    const Evaluation evaluation = loop.objective(read_plugin_arrays(loop.point), names);
    *value = evaluation.value;
    for (std::size_t index = 0; index < loop.point.size(); ++index) {
      loop.gradients[index].write(evaluation.gradients.at(index));
      std::memcpy(gradients[index], loop.gradients[index].data(),
                  loop.gradients[index].size_in_bytes());
    }
    loop.wanted.assign(wanted_count, {});
    for (std::size_t index = 0; index < wanted_count; ++index) {
      const auto& rows = evaluation.wanted.at(names[index]);
      std::vector<double>& all = loop.wanted[index];
      for (const auto& row : rows) all.insert(all.end(), row.begin(), row.end());
      wanted[index].rows = rows.size();
      wanted[index].columns = rows.empty() ? 0 : rows.front().size();
      wanted[index].values = all.data();
    }
  });
}

/// plumbline_evaluate.
int evaluate_for_plugin(void* context, const void* const* parameters, void* const* gradients,
                        double* value) {
  return ask_for_plugin(context, parameters, gradients, value, nullptr, 0);
}

/// plumbline_show.
void show_for_plugin(void* context, const plumbline_state_tensor* tensor) {
  Loop& loop = *static_cast<Loop*>(context);
  called_by_plugin(loop, [&] {
    if (!loop.state) loop.state.emplace();
    if (tensor == nullptr) return;
    if (tensor->name == nullptr) plugin_fault("a state tensor has no name");
    if (loop.state->size() == most_state_tensors) {
      plugin_fault("the plugin's state tensors do not end");
    }
    const std::string name = plugin_state_name(*tensor);
    (*loop.state)[name] = {plugin_state_values(*tensor, name)};
  });
}

}  // namespace

Answer<MinimizeAnswer> PluginSubject::minimize(const CreateRequest& request, long steps,
                                               const Objective& objective) {
  return answered_by_plugin([&] {
    const plumbline_subject_table& table = caller_.table();
    const bool asks_for_more = table.minimize_asking != nullptr;
    if (!asks_for_more) require_method(table.minimize, "minimize");
    if (!asks_for_more && !request.draws.empty()) decline_method("minimize_asking");
    PluginCreateRequest given(request);
    Loop loop{objective};
    std::fegetenv(&loop.environment);
    std::vector<PluginArray> parameters;
    for (std::size_t index = 0; index < request.parameters.size(); ++index) {
      const std::vector<double>& values = request.parameters[index].values;
      parameters.emplace_back(given.formats()[index], values);
      loop.point.emplace_back(given.formats()[index], values.size());
      loop.gradients.emplace_back(given.formats()[index], values.size());
    }
    const auto results = plugin_pointers(parameters);
    std::vector<const double*> draws;
    for (const auto& of_step : request.draws) draws.push_back(of_step.data());
    const plumbline_minimize_request asking{
        .create = given.get(),
        .steps = steps,
        .draws = draws.data(),
        .draw_count = request.draws.empty() ? 0 : request.draws.front().size(),
        .ask = &ask_for_plugin,
        .show = &show_for_plugin,
        .context = &loop,
        .parameters = results.data()};
    plumbline_error error{};
    const std::string_view method = asks_for_more ? "minimize_asking" : "minimize";
    const int code = caller_.enter(method, [&] {
      return asks_for_more ? table.minimize_asking(&asking, &error)
                           : table.minimize(given.get(), steps, &evaluate_for_plugin, &loop,
                                            results.data(), &error);
    });
    if (loop.failure) std::rethrow_exception(loop.failure);
    accept_plugin_answer(code, error, method);
    given.check_after_call();
    require_intact(parameters, "parameters");
    return MinimizeAnswer{read_plugin_arrays(parameters), std::move(loop.state)};
  });
}

}  // namespace plumbline::conformance
