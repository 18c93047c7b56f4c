// A subject made of C++ types in this process: optimizers, schedules, clippings.
//
//     InProcessSubject subject("my library", "1.0");
//     subject.add<MyAdapter>("adam");
//     const auto result = run_task(subject, {Kind::rule, "adam", "binary32"}, {}, progress);
//
// or, with GoogleTest, one line (conformance/googletest.hpp); and
// `serve(subject, std::cin, std::cout)` (protocol_server.hpp) makes it a program that
// `plumbline check -- PROGRAM` checks. What an adapter is: adapter.hpp.
#pragma once

#include "conformance/subject/adapter.hpp"

namespace plumbline::conformance {

class InProcessSubject final : public Subject {
 public:
  /// Neither is empty.
  InProcessSubject(std::string name, std::string version);

  /// Serves a rule of the catalogue in the adapter's formats. A rule may be served by
  /// several adapters, each for other formats. Throws std::invalid_argument for a name
  /// that the catalogue does not have, for a format that is no format or is served
  /// already, and for claims that contradict one another.
  template <OptimizerAdapter Adapter>
  InProcessSubject& add(std::string_view rule) {
    describe_adapter<Adapter>(rule);
    add_optimizer(rule, formats_of_adapter<Adapter>(), [](const OptimizerTask& task) {
      return std::unique_ptr<AdaptedOptimizer>(std::make_unique<OptimizerOf<Adapter>>(task));
    });
    return *this;
  }
  template <OptimizerAdapter Adapter>
  requires requires { Adapter::rule; }
  InProcessSubject& add() { return add<Adapter>(Adapter::rule); }

  /// Serves `minimize` under a name, which need not be a rule's.
  template <MinimizerAdapter Adapter>
  InProcessSubject& add_minimizer(std::string_view name) {
    add_minimizer(name, formats_of_adapter<Adapter>(),
                  [](const OptimizerTask& task, long steps, const Objective& objective) {
                    Adapter adapter(task);
                    task.check_all_asked();
                    MinimizeAnswer answer{tensors_of(adapter.minimize(steps, objective))};
                    answer.state = state_of_adapter(adapter);
                    return answer;
                  });
    return *this;
  }

  /// Throws std::invalid_argument for a name that the catalogue does not have.
  template <ScheduleAdapter Adapter>
  InProcessSubject& add_schedule(std::string_view schedule) {
    claim(schedule, dialect_of_adapter<Adapter>());
    add_schedule(schedule, [](const ScheduleTask& task, const std::vector<long>& steps) {
      Adapter adapter(task);
      task.hyperparameters.check_all_asked();
      std::vector<double> values;
      long next = 0;
      for (const long step : steps) {
        // What lies between is asked for too, so that state that goes along is seen.
        while (task.access == Access::sequential && next < step) adapter.value_at(next++);
        next = step + 1;
        values.push_back(static_cast<double>(adapter.value_at(step)));
      }
      return values;
    });
    return *this;
  }

  /// Throws std::invalid_argument as `add` does.
  template <ClippingAdapter Adapter>
  InProcessSubject& add_clipping(std::string_view clipping) {
    describe_adapter<Adapter>(clipping);
    add_clipping(clipping, formats_of_adapter<Adapter>(),
                 [](const ClippingTask& task, const Tensors& gradients) {
                   ClipAnswer answer = clip_with<Adapter>(task, gradients);
                   task.hyperparameters.check_all_asked();
                   return answer;
                 });
    return *this;
  }

  /// [batch][place]: indices into the population.
  using Sampler = std::function<std::vector<std::vector<long>>(const SampleRequest&)>;
  InProcessSubject& set_sampler(Sampler sampler);

  /// The values of a tensor of weights; a function that has no place for the initialization
  /// asked for calls `unsupported`.
  using Initializer = std::function<std::vector<double>(const InitializeRequest&)>;
  InProcessSubject& set_initializer(Initializer initializer);

  /// The formats in which a rule, schedule or clipping is served, in the order of reports.
  std::vector<std::string> formats_of(std::string_view name) const;

  const SubjectDescription& describe() override { return description_; }
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
  using MakeOptimizer = std::function<std::unique_ptr<AdaptedOptimizer>(const OptimizerTask&)>;
  using Minimize = std::function<MinimizeAnswer(const OptimizerTask&, long, const Objective&)>;
  using ValuesAt =
      std::function<std::vector<double>(const ScheduleTask&, const std::vector<long>&)>;
  using Clip = std::function<ClipAnswer(const ClippingTask&, const Tensors&)>;

  /// One adapter under one name.
  template <class Function>
  struct Offer {
    std::string name;
    std::vector<std::string> formats;
    Function function;
  };
  struct Held {
    std::unique_ptr<OptimizerTask> task;
    std::unique_ptr<AdaptedOptimizer> optimizer;
    std::vector<std::size_t> lengths;
  };

  SubjectDescription description_;
  std::vector<Offer<MakeOptimizer>> optimizers_;
  std::vector<Offer<Minimize>> minimizers_;
  std::vector<Offer<ValuesAt>> schedules_;
  std::vector<Offer<Clip>> clippings_;
  Sampler sampler_;
  Initializer initializer_;
  std::map<OptimizerHandle, Held> held_;
  OptimizerHandle last_handle_ = 0;

  template <class Adapter>
  void describe_adapter(std::string_view name) {
    claim(name, dialect_of_adapter<Adapter>());
    if (adapter_flushes_subnormals<Adapter>()) description_.flushes_subnormals = true;
  }
  void claim(std::string_view name, const std::string& dialect);
  void add_optimizer(std::string_view rule, std::vector<std::string> formats, MakeOptimizer make);
  void add_minimizer(std::string_view name, std::vector<std::string> formats, Minimize minimize);
  void add_schedule(std::string_view schedule, ValuesAt values_at);
  void add_clipping(std::string_view clipping, std::vector<std::string> formats, Clip clip);

  Held make(const CreateRequest& request) const;
  CreatedOptimizer keep(Held held);
  Held& held(OptimizerHandle handle);
  template <class Body>
  auto on(OptimizerHandle handle, Body&& body);
};

}  // namespace plumbline::conformance
