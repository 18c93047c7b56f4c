// How a case is made from a plan: what it varies, and its stream.
#pragma once

#include <string>
#include <vector>

#include "conformance/cases/case.hpp"
#include "conformance/cases/stream.hpp"

namespace plumbline::conformance {

/// Where parameters begin.
enum class Start { zero, one, gaussian };

struct Plan {
  std::string name;  // what the case varies; the id's last part
  std::string purpose;
  Stream stream = {};
  std::vector<double> hyperparameters;
  long steps = 6;
  Start start = Start::zero;
  std::vector<Shape> shapes = {};  // none: one that suits the rule
  std::vector<long> checkpoints = {1, 2, 6};
  bool golden = false;
};

/// The case of a plan; `seed` varies its random gradients.
Case build_case(const Rule& rule, std::uint64_t seed, const Plan& plan);

/// The cases of one rule, in the order in which they are added.
class CaseList {
 public:
  CaseList(const Rule& rule, std::uint64_t seed) : rule_(rule), seed_(seed) {}
  Case& add(const Plan& plan) {
    cases_.push_back(build_case(rule_, seed_, plan));
    return cases_.back();
  }
  const Rule& rule() const { return rule_; }
  std::vector<Case> take() { return std::move(cases_); }

 private:
  const Rule& rule_;
  std::uint64_t seed_;
  std::vector<Case> cases_;
};

}  // namespace plumbline::conformance
