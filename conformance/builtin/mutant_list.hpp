// The list that the written mutants of a rule, schedule, clipping or sampling are added to.
#pragma once

#include <utility>

#include "conformance/builtin/mutant.hpp"

namespace plumbline::conformance {

class MutantList {
 public:
  /// `entry`: its name in the catalogue.
  explicit MutantList(std::string_view entry) : entry_(entry) {}

  void add(std::string name, std::string description, std::string fault_class,
           Slip slip = Slip::none, std::size_t target = 0, std::size_t other = 0,
           double factor = 1) {
    mutants_.push_back({entry_, std::move(name), std::move(description), std::move(fault_class),
                        slip, target, other, factor});
    mutants_.back().dialect = dialect_;
  }
  /// Those added from now on go wrong in this dialect; empty: in the entry's first one.
  void set_dialect(std::string_view dialect) { dialect_ = dialect; }
  void add_rule(std::string name, std::string description, std::string other_rule) {
    add(std::move(name), std::move(description), "M8", Slip::other_rule);
    mutants_.back().other_name = std::move(other_rule);
  }
  std::vector<Mutant> take() { return std::move(mutants_); }

 private:
  std::string entry_;
  std::string dialect_;
  std::vector<Mutant> mutants_;
};

/// What goes wrong with gradients, whoever takes them.
struct GradientUse {
  bool again = true;       ///< they are taken in later steps than the first too
  bool beyond_one = true;  ///< there are elements beyond -1 and 1
};
void add_gradient_slips(MutantList& list, const GradientUse& use = {});

/// The first of the rule's dialects that has the tensor; null where none has.
const Dialect* first_dialect_with(const Rule& rule, const StateTensor& tensor);

/// State that is lost, or read late.
void add_unkept_state(MutantList& list, const std::string& name, std::size_t index);

/// What goes wrong in the loop of a rule that asks its objective.
void add_minimizer_slips(MutantList& list, const Rule& rule);

}  // namespace plumbline::conformance
