#include "conformance/cases/initialization_case.hpp"

namespace plumbline::conformance {
namespace {

struct Setting {
  std::string_view name;
  std::string_view purpose;
  Shape shape;
  double Hyperparameter::*value = &Hyperparameter::default_value;
  bool seed_zero = false;
};

/// Some eight thousand values show a variance that is off by an eighth, and every wrong fan.
const std::vector<Setting>& settings() {
  static const std::vector<Setting> list{
      {"tall", "M17: many rows, few columns: which side is the fan", {256, 32}},
      {"wide", "M17: few rows, many columns", {32, 256}},
      {"window-first", "M17: a convolution's window before the channels", {5, 3, 48, 12}},
      {"window-last", "M17: a convolution's window after the channels", {12, 48, 3, 5}},
      {"distinct",
       "M25: a hyperparameter that is not the default",
       {96, 80},
       &Hyperparameter::distinct},
      {"high", "M10: a hyperparameter far from the default", {80, 96}, &Hyperparameter::high},
      {"odd", "M12: sizes that fill no vector", {37, 221}},
      {"seed-zero",
       "M2: zero is a seed like any other",
       {64, 64},
       &Hyperparameter::default_value,
       true},
      {"six-values", "too little to tell a law by, but not bounds and seeds", {2, 3}},
  };
  return list;
}

}  // namespace

bool applies(const InitializationCase& test_case, const Dialect& dialect) {
  return has_place_for(dialect, test_case.initialization->hyperparameters,
                       test_case.hyperparameters);
}

std::vector<InitializationCase> initialization_cases_for(const Initialization& initialization,
                                                         std::uint64_t seed) {
  std::vector<InitializationCase> cases;
  for (const Setting& setting : settings()) {
    InitializationCase test_case{
        .initialization = &initialization,
        .id = std::string(initialization.name) + "/" + std::string(setting.name),
        .purpose = std::string(setting.purpose),
        .hyperparameters = {},
        .shape = setting.shape,
        // Seeds of their own, so that cases are independent of each other.
        .seed = setting.seed_zero ? 0 : 1000 * seed + 2 * cases.size(),
        .other_seed = 1000 * seed + 2 * cases.size() + 1};
    for (const Hyperparameter& hyperparameter : initialization.hyperparameters) {
      test_case.hyperparameters.push_back(hyperparameter.*setting.value);
    }
    cases.push_back(std::move(test_case));
  }
  return cases;
}

}  // namespace plumbline::conformance
