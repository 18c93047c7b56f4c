// A subject in a shared library (plugin/plumbline_subject_v1.h), called in this process.
//
// At memory speed, and at the caller's own risk: what the library does to this process is
// done to the harness. A library that crashes or hangs belongs in a process of its own,
// as `plumbline subject --plugin FILE` behind a ProtocolSubject; `plumbline check
// --plugin FILE` does that by itself. What can be seen from inside is a fault: null
// pointers, wrong counts, writing past the end of an array, an exception that escapes.
#pragma once

#include <memory>

#include "conformance/subject/plugin_array.hpp"
#include "conformance/subject/plugin_call.hpp"

namespace plumbline::conformance {

class PluginSubject final : public Subject {
 public:
  /// Loads the file. Throws SubjectUnusable.
  explicit PluginSubject(const std::string& path);
  /// Several subjects, one a thread, may share a library.
  explicit PluginSubject(std::shared_ptr<PluginLibrary> library);
  ~PluginSubject() override;

  const SubjectDescription& describe() override { return caller_.description(); }
  Answer<CreatedOptimizer> create(const CreateRequest& request) override;
  Answer<StepAnswer> step(OptimizerHandle handle, const StepRequest& request) override;
  Answer<StateRecord> state(OptimizerHandle handle) override;
  Answer<nlohmann::json> save(OptimizerHandle handle) override;
  Answer<CreatedOptimizer> load(const nlohmann::json& checkpoint,
                                const CreateRequest& origin) override;
  Ended close(OptimizerHandle handle) override;
  Answer<MinimizeAnswer> minimize(const CreateRequest& request, long steps,
                                  const Objective& objective) override;
  Answer<std::vector<double>> schedule_values(const ScheduleRequest& request) override;
  Answer<ClipAnswer> clip(const ClipRequest& request) override;
  Answer<std::vector<std::vector<long>>> sample(const SampleRequest& request) override;
  Answer<std::vector<double>> initialize(const InitializeRequest& request) override;

 private:
  /// An optimizer of the plugin's, and the arrays that it is stepped with.
  struct Held {
    void* optimizer = nullptr;
    std::vector<PluginArray> parameters;
    std::vector<PluginArray> gradients;
    std::vector<PluginArray> points;
    bool looks_ahead = false;
    bool by_tensor = false;  ///< its state has sizes of its own
  };

  PluginCaller caller_;
  std::map<OptimizerHandle, Held> held_;
  OptimizerHandle last_handle_ = 0;

  template <class Make>
  CreatedOptimizer keep(std::string_view method, const CreateRequest& request, Make&& make);
  std::optional<Tensors> look_ahead(Held& held);
  Held& held(OptimizerHandle handle);
};

}  // namespace plumbline::conformance
