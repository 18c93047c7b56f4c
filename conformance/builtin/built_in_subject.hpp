// The built-in subject: the catalogue's rules, schedules and clipping on plain numbers, and
// its samplings.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "conformance/builtin/optimizer.hpp"
#include "conformance/builtin/sampler.hpp"
#include "conformance/subject/subject.hpp"

namespace plumbline::conformance {

struct BuiltInSettings {
  /// "rule/dialect", or a dialect's name for every entry that has it. Empty: the first
  /// dialect of each.
  std::string dialect = {};
  /// "rule/mutant", or a mutant's name for every entry that has it. Empty: none.
  std::string mutant = {};
};

class BuiltInSubject final : public Subject {
 public:
  /// Throws std::invalid_argument for a dialect or mutant that does not exist.
  explicit BuiltInSubject(BuiltInSettings settings = {});

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
  BuiltInSettings settings_;
  SubjectDescription description_;
  std::vector<const Mutant*> mutants_;  // those that are named
  std::map<OptimizerHandle, std::unique_ptr<BuiltInOptimizer>> optimizers_;
  OptimizerHandle last_handle_ = 0;
  std::unique_ptr<BuiltInOptimizer> last_run_;  // closed; what some mutants remember
  SamplerMemory sampler_memory_;

  const Mutant* mutant_for(std::string_view rule) const;
  const Dialect& dialect_for(std::string_view entry, const std::vector<Dialect>& dialects) const;
  BuiltInOptimizer& optimizer(OptimizerHandle handle);
  CreatedOptimizer keep(std::unique_ptr<BuiltInOptimizer> optimizer);
  std::unique_ptr<BuiltInOptimizer> make(const CreateRequest& request) const;
  MinimizeAnswer minimize_alone(const Rule& rule, const CreateRequest& request, long steps,
                                const Objective& objective) const;
};

}  // namespace plumbline::conformance
