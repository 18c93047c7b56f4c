// A subject that passes every call on to another one, and spoils some on the way.
#pragma once

#include <functional>

#include "conformance/subject/subject.hpp"

namespace plumbline::conformance {

struct Spoil {
  std::function<void(CreateRequest&)> create = nullptr;
  std::function<void(StepRequest&)> step = nullptr;
  bool forgets_on_load = false;  ///< load gives a new optimizer
  std::function<void(ClipRequest&)> clip = nullptr;
  std::function<void(ClipAnswer&)> clipped = nullptr;
  std::function<void(const ScheduleRequest&, std::vector<double>&)> rates = nullptr;
  std::function<Answer<MinimizeAnswer>(Subject&, const CreateRequest&, long, const Objective&)>
      minimize = nullptr;
};

class SpoiledSubject final : public Subject {
 public:
  SpoiledSubject(Subject& inner, Spoil spoil) : inner_(inner), spoil_(std::move(spoil)) {}

  const SubjectDescription& describe() override { return inner_.describe(); }
  Answer<CreatedOptimizer> create(const CreateRequest& request) override {
    CreateRequest spoiled = request;
    if (spoil_.create) spoil_.create(spoiled);
    return inner_.create(spoiled);
  }
  Answer<StepAnswer> step(OptimizerHandle handle, const StepRequest& request) override {
    StepRequest spoiled = request;
    if (spoil_.step) spoil_.step(spoiled);
    return inner_.step(handle, spoiled);
  }
  Answer<StateRecord> state(OptimizerHandle handle) override { return inner_.state(handle); }
  Answer<nlohmann::json> save(OptimizerHandle handle) override { return inner_.save(handle); }
  Answer<CreatedOptimizer> load(const nlohmann::json& checkpoint,
                                const CreateRequest& origin) override {
    return spoil_.forgets_on_load ? inner_.create(origin) : inner_.load(checkpoint, origin);
  }
  Ended close(OptimizerHandle handle) override { return inner_.close(handle); }
  Answer<MinimizeAnswer> minimize(const CreateRequest& request, long steps,
                                  const Objective& objective) override {
    return spoil_.minimize ? spoil_.minimize(inner_, request, steps, objective)
                           : inner_.minimize(request, steps, objective);
  }
  Answer<std::vector<double>> schedule_values(const ScheduleRequest& request) override {
    Answer<std::vector<double>> answer = inner_.schedule_values(request);
    if (spoil_.rates && answer.ok()) spoil_.rates(request, *answer);
    return answer;
  }
  Answer<ClipAnswer> clip(const ClipRequest& request) override {
    ClipRequest spoiled = request;
    if (spoil_.clip) spoil_.clip(spoiled);
    Answer<ClipAnswer> answer = inner_.clip(spoiled);
    if (spoil_.clipped && answer.ok()) spoil_.clipped(*answer);
    return answer;
  }
  Answer<std::vector<std::vector<long>>> sample(const SampleRequest& request) override {
    return inner_.sample(request);
  }
  Answer<std::vector<double>> initialize(const InitializeRequest& request) override {
    return inner_.initialize(request);
  }

 private:
  Subject& inner_;
  Spoil spoil_;
};

}  // namespace plumbline::conformance
