// The built-in subject behind the protocol: each method from params to result.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "conformance/builtin/optimizer.hpp"

namespace plumbline::conformance {

struct BuiltInSettings {
  /// "rule/dialect", or a dialect's name for every entry that has it. Empty: the first
  /// dialect of each.
  std::string dialect;
  /// "rule/mutant", or a mutant's name for every entry that has it. Empty: none.
  std::string mutant;
};

class BuiltInService {
 public:
  /// Throws std::invalid_argument for a dialect or mutant that does not exist.
  explicit BuiltInService(BuiltInSettings settings);

  /// The result of a method. Throws RequestRefused (code 1 unsupported, 2 refused,
  /// -32602 for params that are not of the method's form).
  nlohmann::json handle(const std::string& method, const nlohmann::json& params);

 private:
  BuiltInSettings settings_;
  std::map<long, std::unique_ptr<BuiltInOptimizer>> optimizers_;
  long last_handle_ = 0;

  const Mutant* mutant_for(std::string_view rule) const;
  const Dialect& dialect_for(std::string_view entry, const std::vector<Dialect>& dialects) const;
  BuiltInOptimizer& optimizer(const nlohmann::json& params);
  nlohmann::json keep(std::unique_ptr<BuiltInOptimizer> optimizer);
  std::unique_ptr<BuiltInOptimizer> make(const nlohmann::json& params) const;

  nlohmann::json create(const nlohmann::json& params);
  nlohmann::json step(const nlohmann::json& params);
  nlohmann::json save(const nlohmann::json& params);
  nlohmann::json load(const nlohmann::json& params);
  nlohmann::json schedule_values(const nlohmann::json& params) const;
  nlohmann::json clip(const nlohmann::json& params) const;
};

}  // namespace plumbline::conformance
